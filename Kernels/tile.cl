// How the implicit matrix products cut up their work: a work-group computes TILE_M x TILE_N results
// from tiles of the factors in local memory, a work-item ITEM_M x ITEM_N of them in registers, as
// blocks of 4 x 4, STEP_M and STEP_N apart. A micro-kernel multiplies the tiles: tile_product.cl or
// tensor_product.cl with tensor cores. Both define
//
//   ROW_M, ROW_N      how long the rows of the tiles [k][m] and [k][n] are in local memory
//   STEP_M, STEP_N    how far apart a work-item's blocks are
//   item_m, item_n    where its results begin within the tile
//   STAGED            a factor as it is staged in local memory
//   EXCHANGE          vectors of local memory that work-items exchange values through
//   add_tile_product  adds a tile's products to the sums

#ifndef TOPO_TILE_CL
#define TOPO_TILE_CL

// Which values go together, `ConvolutionTiling.isValid` says.
// TUNABLE: results of a work-group, multiples of ITEM_M and ITEM_N, and terms that it adds between
// two barriers (of gradients of weights: a multiple of 4).
#ifndef TILE_M
#define TILE_M 64
#endif
#ifndef TILE_N
#define TILE_N 64
#endif
#ifndef TILE_K
#define TILE_K 16
#endif
// TUNABLE, 4, 8, 12 or 16: results of a work-item.
#ifndef ITEM_M
#define ITEM_M 8
#endif
#ifndef ITEM_N
#define ITEM_N 8
#endif
// TUNABLE, 1 or 2: tiles of each factor in local memory. With 2, one is filled while the other is
// used.
#ifndef BUFFERS
#define BUFFERS 2
#endif
// TUNABLE, 1 to TILE_K: terms of a tile that the loop over k takes at once. More of them take more
// code and more registers.
#ifndef UNROLL
#define UNROLL 4
#endif

// Work-items of a group.
#define ITEMS (TILE_M / ITEM_M * (TILE_N / ITEM_N))
// Vectors of a work-item along M and N; STEP_M and STEP_N say how far apart they are.
#define VECTORS_M (ITEM_M / 4)
#define VECTORS_N (ITEM_N / 4)
#define DIVIDED_UP(count, by) (((count) + (by) - 1) / (by))

// SHAPE: 0, or the products of tensor cores for each product of two values: 1 rounds both values to
// TF32, 3 splits each into two of TF32, whose products are as exact as those of float32.
#ifndef TENSOR_PRODUCTS
#define TENSOR_PRODUCTS 0
#endif

#endif
