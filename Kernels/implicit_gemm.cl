// Convolution (cross-correlation) as a matrix product whose right factor, the unrolled windows, is
// never stored: y[o, n] = bias[o] + sum over k of w[o, k] x[k, n]. n counts the pixels of all
// images, k the pairs of a source channel and a tap.
//
// implicit_gemm_pack       w in the order of the product: [k][o], with zeros up to whole tiles
// implicit_gemm_correlate  the product, for the arguments and results of convolution_correlate
//
// Both take ROTATED (convolution_shape.cl).
//
// The order of k is a choice. With TAPS_INNER 0, all terms of a tile are at one tap, so that a
// work-item finds out once per tile whether its pixel sees the source there; channels are padded to
// whole tiles. With TAPS_INNER 1, the taps of a channel follow each other and nothing is padded:
// for one or three channels.

#include "common.cl"
#include "convolution_shape.cl"
#include "tile.cl"
#if TENSOR_PRODUCTS
#include "tensor_product.cl"
#else
#include "tile_product.cl"
#endif

// TUNABLE, 0 or 1: the order of k; see above.
#ifndef TAPS_INNER
#define TAPS_INNER 0
#endif
// SHAPE, 0 or 1: whether four pixels of the target, counted from a multiple of four, are an aligned
// vector.
#ifndef ALIGNED
#define ALIGNED 1
#endif

// Extents of the product.
#define PIXELS (BATCH * TARGET_PIXELS)
#define TILES_M DIVIDED_UP(TARGET_CHANNELS, TILE_M)
#define PACKED_M (TILES_M * TILE_M)
#define CHANNEL_TILES DIVIDED_UP(SOURCE_CHANNELS, TILE_K)
#if TAPS_INNER
#define TILES_K DIVIDED_UP(SOURCE_CHANNELS * KERNEL_SIZE, TILE_K)
#else
#define TILES_K (KERNEL_SIZE * CHANNEL_TILES)
#endif

// Dimension 0: values of `packed` [k][o]. Dimension 1: members.
kernel void implicit_gemm_pack(
    global const float *weight, const ulong2 weight_place,
    global float *packed, const ulong2 packed_place) {
  const int index = get_global_id(0), member = get_global_id(1);
  if (index >= TILES_K * TILE_K * PACKED_M) return;
  const int k = index / PACKED_M, o = index % PACKED_M;
#if TAPS_INNER
  const int i = k / KERNEL_SIZE, tap = k % KERNEL_SIZE;
#else
  const int i = k % (CHANNEL_TILES * TILE_K), tap = k / (CHANNEL_TILES * TILE_K);
#endif
#if ROTATED
  const int at = (i * TARGET_CHANNELS + o) * KERNEL_SIZE + (KERNEL_SIZE - 1 - tap);
#else
  const int at = (o * SOURCE_CHANNELS + i) * KERNEL_SIZE + tap;
#endif
  const bool is_weight = i < SOURCE_CHANNELS && o < TARGET_CHANNELS;
  MEMBER(packed, packed_place, member)[index] =
      is_weight ? STAGED(MEMBER(weight, weight_place, member)[at]) : 0.0f;
}

// A tile of weights: vectors that a work-item loads.
#define A_VECTORS (TILE_K * TILE_M / 4)
#define A_LOADS DIVIDED_UP(A_VECTORS, ITEMS)
// A tile of pixels: a work-item always loads the same few of them, and every ROW_STEP-th row.
#if ITEMS >= TILE_N
#define ITEM_PIXELS 1
#define ROW_STEP (ITEMS / TILE_N)
#else
#define ITEM_PIXELS (TILE_N / ITEMS)
#define ROW_STEP 1
#endif
#define B_LOADS DIVIDED_UP(TILE_K, ROW_STEP)
// Whether every row that a work-item moves is a channel.
#define WHOLE_TILES (SOURCE_CHANNELS % TILE_K == 0 && TILE_K % ROW_STEP == 0 ? 1 : 0)

// Dimension 0: one work-group per tile of the product, tiles of channels next to each
// other, because they read the same pixels. Dimension 2: members.
kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1))) void implicit_gemm_correlate(
    global const float *source, const ulong2 source_place,
    global const float *packed, const ulong2 packed_place,
#if !ROTATED
    global const float *bias, const ulong2 bias_place,
#endif
    global float *target, const ulong2 target_place) {
  local float4 a[BUFFERS][TILE_K * ROW_M / 4];
  local float4 b[BUFFERS][TILE_K * ROW_N / 4];
  local float4 exchange[EXCHANGE];
  const int item = get_local_id(0), group = get_group_id(0), member = get_global_id(2);
  const int first_m = group % TILES_M * TILE_M, first_n = group / TILES_M * TILE_N;
  source = MEMBER(source, source_place, member);
  packed = MEMBER(packed, packed_place, member) + first_m;
  target = MEMBER(target, target_place, member);

  // Where the windows of the pixels that the work-item loads begin. The window of a pixel beyond
  // the last one is far outside.
  const int load_row = item / TILE_N;
  int image_start[ITEM_PIXELS], window_row[ITEM_PIXELS], window_column[ITEM_PIXELS];
#pragma unroll
  for (int v = 0; v < ITEM_PIXELS; ++v) {
    const int n = first_n + item % TILE_N + v * ITEMS, pixel = n % TARGET_PIXELS;
    image_start[v] = n / TARGET_PIXELS * (SOURCE_CHANNELS * SOURCE_PIXELS);
    window_row[v] =
        n < PIXELS ? pixel / TARGET_COLUMNS * STRIDE_ROWS - PADDING_ROWS : INT_MIN / 2;
    window_column[v] = pixel % TARGET_COLUMNS * STRIDE_COLUMNS - PADDING_COLUMNS;
  }

  float4 sum[ITEM_M][VECTORS_N];
#pragma unroll
  for (int m = 0; m < ITEM_M; ++m)
#pragma unroll
    for (int v = 0; v < VECTORS_N; ++v) {
#if ROTATED
      sum[m][v] = 0;
#else
      const int channel = first_m + m / 4 * STEP_M + item_m(item) + m % 4;
      sum[m][v] = MEMBER(bias, bias_place, member)[min(channel, TARGET_CHANNELS - 1)];
#endif
    }

  // A tile is loaded into registers while the one before is multiplied.
  for (int tile = 0; tile <= TILES_K; ++tile) {
    float4 next_a[A_LOADS];
    float next_b[ITEM_PIXELS][B_LOADS];
    if (tile < TILES_K) {
#pragma unroll
      for (int s = 0; s < A_LOADS; ++s) {
        const int vector = item + s * ITEMS;
        if (A_VECTORS % ITEMS == 0 || vector < A_VECTORS)
          next_a[s] = *(global const float4 *)(
              packed + (tile * TILE_K + vector / (TILE_M / 4)) * PACKED_M
              + vector % (TILE_M / 4) * 4);
      }
#if !TAPS_INNER
      const int tap = tile / CHANNEL_TILES, first_channel = tile % CHANNEL_TILES * TILE_K;
      const int p = tap / KERNEL_COLUMNS, q = tap % KERNEL_COLUMNS;
#endif
#pragma unroll
      for (int v = 0; v < ITEM_PIXELS; ++v) {
#if !TAPS_INNER
        const int row = window_row[v] + p, column = window_column[v] + q;
        const bool inside =
            (uint)row < (uint)SOURCE_ROWS && (uint)column < (uint)SOURCE_COLUMNS;
        const int start = image_start[v] + (first_channel + load_row) * SOURCE_PIXELS
            + row * SOURCE_COLUMNS + column;
#endif
#pragma unroll
        for (int s = 0; s < B_LOADS; ++s) {
#if TAPS_INNER
          const int k = tile * TILE_K + load_row + s * ROW_STEP;
          const int i = k / KERNEL_SIZE, p = k % KERNEL_SIZE / KERNEL_COLUMNS;
          const int row = window_row[v] + p, column = window_column[v] + k % KERNEL_COLUMNS;
          const bool inside = k < SOURCE_CHANNELS * KERNEL_SIZE
              && (uint)row < (uint)SOURCE_ROWS && (uint)column < (uint)SOURCE_COLUMNS;
          const int at = image_start[v] + i * SOURCE_PIXELS + row * SOURCE_COLUMNS + column;
          next_b[v][s] = inside ? source[at] : 0.0f;
#else
          const bool is_channel = WHOLE_TILES
              || first_channel + load_row + s * ROW_STEP < SOURCE_CHANNELS;
          next_b[v][s] =
              inside && is_channel ? source[start + s * (ROW_STEP * SOURCE_PIXELS)] : 0.0f;
#endif
        }
      }
    }
    if (tile > 0)
      add_tile_product(
          a[(tile - 1) % BUFFERS], ROW_M / 4, b[(tile - 1) % BUFFERS], ROW_N / 4, sum, exchange);
    if (BUFFERS == 1) barrier(CLK_LOCAL_MEM_FENCE);
    if (tile < TILES_K) {
#pragma unroll
      for (int s = 0; s < A_LOADS; ++s) {
        const int vector = item + s * ITEMS;
        if (A_VECTORS % ITEMS == 0 || vector < A_VECTORS)
          a[tile % BUFFERS][vector / (TILE_M / 4) * (ROW_M / 4) + vector % (TILE_M / 4)] =
              next_a[s];
      }
      local float *pixels = (local float *)b[tile % BUFFERS] + item % TILE_N;
#pragma unroll
      for (int v = 0; v < ITEM_PIXELS; ++v)
#pragma unroll
        for (int s = 0; s < B_LOADS; ++s)
          if (TILE_K % ROW_STEP == 0 || load_row + s * ROW_STEP < TILE_K)
            pixels[(load_row + s * ROW_STEP) * ROW_N + v * ITEMS] = STAGED(next_b[v][s]);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }

#pragma unroll
  for (int v = 0; v < VECTORS_N; ++v) {
    const int n = first_n + v * STEP_N + item_n(item);
#pragma unroll
    for (int lane = 0; lane < (ALIGNED ? 1 : 4); ++lane) {
      const int image = (n + lane) / TARGET_PIXELS, pixel = (n + lane) % TARGET_PIXELS;
      global float *plane = target + image * (TARGET_CHANNELS * TARGET_PIXELS) + pixel;
#pragma unroll
      for (int m = 0; m < ITEM_M; ++m) {
        const int channel = first_m + m / 4 * STEP_M + item_m(item) + m % 4;
        if (n + lane < PIXELS && channel < TARGET_CHANNELS) {
#if ALIGNED
          *(global float4 *)(plane + channel * TARGET_PIXELS) = sum[m][v];
#else
          const float4 values = sum[m][v];
          plane[channel * TARGET_PIXELS] =
              lane == 0 ? values.x : lane == 1 ? values.y : lane == 2 ? values.z : values.w;
#endif
        }
      }
    }
  }
}
