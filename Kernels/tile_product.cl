// The heart of the implicit matrix products: a work-group computes TILE_M x TILE_N results from
// tiles of the factors in local memory, a work-item ITEM_M x ITEM_N of them in registers.
//
// A work-item's results lie in blocks of 4 x 4, so that it reads both tiles in vectors, and
// neighbouring items neighbouring vectors: no two of a hardware group meet in a bank of local
// memory. All loops have constant bounds and are unrolled: only then do the sums stay in
// registers.

// Results of a work-group, and terms that it adds between two barriers.
#ifndef TILE_M
#define TILE_M 64
#endif
#ifndef TILE_N
#define TILE_N 64
#endif
#ifndef TILE_K
#define TILE_K 16
#endif
// Results of a work-item: multiples of 4.
#ifndef ITEM_M
#define ITEM_M 8
#endif
#ifndef ITEM_N
#define ITEM_N 4
#endif
// Tiles of each factor in local memory: with 2, one is filled while the other is used.
#ifndef BUFFERS
#define BUFFERS 2
#endif

// Terms of a tile that the loop over k takes at once: all of them is more code and more registers.
#ifndef UNROLL
#define UNROLL 4
#endif

// Work-items of a group.
#define ITEMS (TILE_M / ITEM_M * (TILE_N / ITEM_N))
// Vectors of a work-item along M and N, and how far apart they are.
#define VECTORS_M (ITEM_M / 4)
#define VECTORS_N (ITEM_N / 4)
#define STEP_M (TILE_M / VECTORS_M)
#define STEP_N (TILE_N / VECTORS_N)
#define DIVIDED_UP(count, by) (((count) + (by) - 1) / (by))

// Where the results of a work-item begin within the tile.
int item_m(int item) { return item / (TILE_N / ITEM_N) * 4; }
int item_n(int item) { return item % (TILE_N / ITEM_N) * 4; }

// Adds a [k][m] times b [k][n] to the sums [m][n]; a_row and b_row are the rows' lengths in
// vectors.
void add_tile_product(
    local const float4 *a, const int a_row, local const float4 *b, const int b_row,
    float4 sum[ITEM_M][VECTORS_N]) {
#pragma unroll UNROLL
  for (int k = 0; k < TILE_K; ++k) {
    float4 n[VECTORS_N];
#pragma unroll
    for (int v = 0; v < VECTORS_N; ++v) n[v] = b[k * b_row + v * (STEP_N / 4)];
#pragma unroll
    for (int u = 0; u < VECTORS_M; ++u) {
      const float4 m = a[k * a_row + u * (STEP_M / 4)];
#pragma unroll
      for (int v = 0; v < VECTORS_N; ++v) {
        sum[4 * u][v] = mad(m.x, n[v], sum[4 * u][v]);
        sum[4 * u + 1][v] = mad(m.y, n[v], sum[4 * u + 1][v]);
        sum[4 * u + 2][v] = mad(m.z, n[v], sum[4 * u + 2][v]);
        sum[4 * u + 3][v] = mad(m.w, n[v], sum[4 * u + 3][v]);
      }
    }
  }
}
