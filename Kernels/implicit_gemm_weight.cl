// Gradient of a convolution's weights as a matrix product whose right factor, the unrolled windows,
// is never stored: dw[o, n] = sum over k of dy[o, k] x[n, k]. n counts the weights of a filter, k
// the pixels of all images, in chunks that convolution_weight_sum adds up in order. Windows have at
// most 16 rows and 15 columns.

#include "common.cl"
#include "convolution_shape.cl"
// Both tiles are transposed while they are stored, and without padding the stores of neighboring
// work-items would meet in one bank.
#ifndef ROW_PADDING
#define ROW_PADDING 4
#endif
#include "tile.cl"
#if TENSOR_PRODUCTS
#include "tensor_product.cl"
#else
#include "tile_product.cl"
#endif

// TUNABLE, at least 1: chunks that the pixels are split into.
#ifndef CHUNKS
#define CHUNKS 1
#endif
// SHAPE, 0 or 1: whether four pixels of the target, counted from a multiple of four, are an aligned
// vector.
#ifndef ALIGNED
#define ALIGNED 1
#endif

// Extents of the product.
#define FILTER (SOURCE_CHANNELS * KERNEL_SIZE)
#define PIXELS (BATCH * TARGET_PIXELS)
#define TILES_M DIVIDED_UP(TARGET_CHANNELS, TILE_M)
#define TILES_K DIVIDED_UP(PIXELS, TILE_K)

// A tile of dy: a work-item always loads the same vector of pixels (one pixel unless ALIGNED), of
// every A_STEP-th channel.
#define LOAD_WIDTH (ALIGNED ? 4 : 1)
#define A_STEP (ITEMS / (TILE_K / LOAD_WIDTH))
#define A_LOADS DIVIDED_UP(TILE_M, A_STEP)
// A tile of x: a work-item always loads what the same pixel sees at every B_STEP-th weight of the
// filter.
#define B_STEP (ITEMS / TILE_K)
#define B_LOADS DIVIDED_UP(TILE_N, B_STEP)

// Dimension 0: one work-group per tile of the product. Dimension 1: chunks. Dimension 2: members.
// `partial` is [chunk, out, in, kernel row, kernel column].
kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1))) void implicit_gemm_weight_gradient(
    global const float *source, const ulong2 source_place,
    global const float *target_gradient, const ulong2 target_gradient_place,
    global float *partial, const ulong2 partial_place) {
  local float4 a[BUFFERS][TILE_K * ROW_M / 4];
  local float4 b[BUFFERS][TILE_K * ROW_N / 4];
  local float4 exchange[EXCHANGE];
  const int item = get_local_id(0), group = get_group_id(0), chunk = get_group_id(1);
  const int member = get_global_id(2);
  const int first_m = group % TILES_M * TILE_M, first_n = group / TILES_M * TILE_N;
  source = MEMBER(source, source_place, member);
  target_gradient = MEMBER(target_gradient, target_gradient_place, member);
  partial = MEMBER(partial, partial_place, member) + chunk * (TARGET_CHANNELS * FILTER);

  // The channels and weights of the filter that the work-item loads for. Beyond the last channel it
  // loads the last one again, for sums that are not stored. A weight is a distance from where the
  // window begins in the source, and two bits, one for its kernel row (0 to 15) and one for its
  // kernel column (16 to 30). `inside` below has the bits of the rows and columns that lie in the
  // image, so that two operations check both. Bit 31 is never inside: it marks weights beyond the
  // last one.
  const int a_pixel = item % (TILE_K / LOAD_WIDTH) * LOAD_WIDTH;
  const int a_row = item / (TILE_K / LOAD_WIDTH), b_pixel = item % TILE_K, b_row = item / TILE_K;
  int distance[B_LOADS];
  uint bits[B_LOADS];
#pragma unroll
  for (int s = 0; s < B_LOADS; ++s) {
    const int n = first_n + b_row + s * B_STEP, i = n / KERNEL_SIZE;
    const int p = n % KERNEL_SIZE / KERNEL_COLUMNS, q = n % KERNEL_COLUMNS;
    distance[s] = i * SOURCE_PIXELS + p * SOURCE_COLUMNS + q;
    bits[s] = n < FILTER ? 1u << p | 1u << (16 + q) : 1u << 31;
  }

  float4 sum[ITEM_M][VECTORS_N];
#pragma unroll
  for (int m = 0; m < ITEM_M; ++m)
#pragma unroll
    for (int v = 0; v < VECTORS_N; ++v) sum[m][v] = 0;

  // A tile is loaded into registers while the one before is multiplied.
  const int begin = chunk * TILES_K / CHUNKS, end = (chunk + 1) * TILES_K / CHUNKS;
  for (int tile = begin; tile <= end; ++tile) {
#if ALIGNED
    float4 next_a[A_LOADS];
#else
    float next_a[A_LOADS];
#endif
    float next_b[B_LOADS];
    if (tile < end) {
      const int k = tile * TILE_K + a_pixel;
      global const float *gradients = target_gradient
          + k / TARGET_PIXELS * (TARGET_CHANNELS * TARGET_PIXELS) + k % TARGET_PIXELS;
#pragma unroll
      for (int s = 0; s < A_LOADS; ++s) {
        const int channel = min(first_m + a_row + s * A_STEP, TARGET_CHANNELS - 1);
#if ALIGNED
        next_a[s] = 0;
        if (PIXELS % TILE_K == 0 || k < PIXELS)
          next_a[s] = *(global const float4 *)(gradients + channel * TARGET_PIXELS);
#else
        next_a[s] = k < PIXELS ? gradients[channel * TARGET_PIXELS] : 0.0f;
#endif
      }
      const int n = tile * TILE_K + b_pixel, pixel = n % TARGET_PIXELS;
      const int row = pixel / TARGET_COLUMNS * STRIDE_ROWS - PADDING_ROWS;
      const int column = pixel % TARGET_COLUMNS * STRIDE_COLUMNS - PADDING_COLUMNS;
      const int start = n / TARGET_PIXELS * (SOURCE_CHANNELS * SOURCE_PIXELS)
          + row * SOURCE_COLUMNS + column;
      uint inside = 0;
#pragma unroll
      for (int p = 0; p < KERNEL_ROWS; ++p)
        if ((uint)(row + p) < (uint)SOURCE_ROWS) inside |= 1u << p;
#pragma unroll
      for (int q = 0; q < KERNEL_COLUMNS; ++q)
        if ((uint)(column + q) < (uint)SOURCE_COLUMNS) inside |= 1u << (16 + q);
      if (n >= PIXELS) inside = 0;
#pragma unroll
      for (int s = 0; s < B_LOADS; ++s)
        next_b[s] = (inside & bits[s]) == bits[s] ? source[start + distance[s]] : 0.0f;
    }
    if (tile > begin)
      add_tile_product(
          a[(tile - 1) % BUFFERS], ROW_M / 4, b[(tile - 1) % BUFFERS], ROW_N / 4, sum, exchange);
    if (BUFFERS == 1) barrier(CLK_LOCAL_MEM_FENCE);
    if (tile < end) {
      local float *gradients = (local float *)a[tile % BUFFERS] + a_pixel * ROW_M + a_row;
#pragma unroll
      for (int s = 0; s < A_LOADS; ++s)
        if (TILE_M % A_STEP == 0 || a_row + s * A_STEP < TILE_M) {
#if ALIGNED
          gradients[s * A_STEP] = STAGED(next_a[s].x);
          gradients[s * A_STEP + ROW_M] = STAGED(next_a[s].y);
          gradients[s * A_STEP + 2 * ROW_M] = STAGED(next_a[s].z);
          gradients[s * A_STEP + 3 * ROW_M] = STAGED(next_a[s].w);
#else
          gradients[s * A_STEP] = STAGED(next_a[s]);
#endif
        }
      local float *pixels = (local float *)b[tile % BUFFERS] + b_pixel * ROW_N + b_row;
#pragma unroll
      for (int s = 0; s < B_LOADS; ++s)
        if (TILE_N % B_STEP == 0 || b_row + s * B_STEP < TILE_N)
          pixels[s * B_STEP] = STAGED(next_b[s]);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }

#pragma unroll
  for (int m = 0; m < ITEM_M; ++m) {
    const int channel = first_m + m / 4 * STEP_M + item_m(item) + m % 4;
#pragma unroll
    for (int v = 0; v < VECTORS_N; ++v) {
      const int n = first_n + v * STEP_N + item_n(item);
      if (channel < TARGET_CHANNELS) {
        global float *weights = partial + channel * FILTER + n;
        if (n < FILTER) weights[0] = sum[m][v].x;
        if (n + 1 < FILTER) weights[1] = sum[m][v].y;
        if (n + 2 < FILTER) weights[2] = sum[m][v].z;
        if (n + 3 < FILTER) weights[3] = sum[m][v].w;
      }
    }
  }
}
