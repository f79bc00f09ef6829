// The micro-kernel of the implicit matrix products that multiplies in float32 (tile.cl).
//
// A work-item's results lie in blocks of 4 x 4, STEP_M and STEP_N apart, so that it reads both
// tiles as vectors of four, and neighboring items read neighboring vectors: no two items of a
// hardware group meet in a bank of local memory. With tiles of 16 x 16 and 8 x 8 results of an
// item, items 0 to 3 compute these blocks:
//
//                     n = 0    4    8    12
//                       .----.----.----.----.
//                 m = 0 | 0  | 1  | 0  | 1  |    each block: 4 results along m, and a vector of 4
//                       |----|----|----|----|    along n; item 0 begins at item_m = item_n = 0,
//                     4 | 2  | 3  | 2  | 3  |    item 3 at item_m = item_n = 4
//                       |----|----|----|----|
//                     8 | 0  | 1  | 0  | 1  |    VECTORS_M = VECTORS_N = 2
//                       |----|----|----|----|    STEP_M = STEP_N = 8
//                    12 | 2  | 3  | 2  | 3  |
//                       '----'----'----'----'
//
// All loops have constant bounds and are unrolled: only then do the sums stay in registers.

#ifndef TOPO_TILE_PRODUCT_CL
#define TOPO_TILE_PRODUCT_CL

#include "tile.cl"

// TUNABLE, a multiple of 4: floats by which rows in local memory are longer than the tile.
#ifndef ROW_PADDING
#define ROW_PADDING 0
#endif

#define ROW_M (TILE_M + ROW_PADDING)
#define ROW_N (TILE_N + ROW_PADDING)
#define STEP_M (TILE_M / VECTORS_M)
#define STEP_N (TILE_N / VECTORS_N)
// A factor as it is staged in local memory.
#define STAGED(value) (value)
// Local memory that work-items exchange values through: none.
#define EXCHANGE 1

// Where the results of a work-item begin within the tile.
int item_m(int item) { return item / (TILE_N / ITEM_N) * 4; }
int item_n(int item) { return item % (TILE_N / ITEM_N) * 4; }

// Adds a [k][m] times b [k][n] to the sums [m][n]; a_row and b_row are the rows' lengths in
// vectors.
void add_tile_product(
    local const float4 *a, const int a_row, local const float4 *b, const int b_row,
    float4 sum[ITEM_M][VECTORS_N], local float4 *exchange) {
  (void)exchange;
  const int item = get_local_id(0);
  a += item_m(item) / 4;
  b += item_n(item) / 4;
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

#endif
