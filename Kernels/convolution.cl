// Convolution (cross-correlation) of activations [batch, channel, row, column] with weights
// [out, in, kernel row, kernel column], directly: sums stay in registers, nothing is staged in
// local memory.
//
// convolution_correlate        y[o, r, c] = bias[o] + sum over i, p, q of
//                              w[o, i, p, q] x[i, r S + p - P, c S + q - P]
//                              ROTATED: dx from dy for stride 1, the same sum with the roles of
//                              the channels exchanged, the filters rotated by 180 degrees and
//                              padding K - 1 - P
// convolution_input_gradient   dx[i, r, c] = sum over o, p, q of w[o, i, p, q] dy[o, (r + P - p)
//                              / S, (c + P - q) / S] if the divisions leave no remainder
// convolution_weight_gradient  dw[o, i, p, q] = sum over images, r, c of
//                              dy[o, r, c] x[i, r S + p - P, c S + q - P], images in chunks that
//                              convolution_weight_sum adds up
//
// A work-item holds LANES neighboring columns as one vector, for several channels. Vector loads may
// reach beyond a row by less than the storage's guard; what they load there is masked, not
// multiplied by zero, because it may be NaN.

#include "common.cl"
#include "convolution_shape.cl"

// TUNABLE, 4 or 8: columns of a vector.
#ifndef LANES
#define LANES 8
#endif
#include "vectors.cl"

// TUNABLE, at least 1: output channels of a work-item, in correlate and input_gradient, and in
// weight_gradient.
#ifndef CHANNELS_PER_ITEM
#define CHANNELS_PER_ITEM 8
#endif
#ifndef FILTERS_PER_ITEM
#define FILTERS_PER_ITEM 4
#endif
// TUNABLE, 1 to BATCH: chunks that weight_gradient splits the images into.
#ifndef CHUNKS
#define CHUNKS 1
#endif

// Vectors across a row of the target.
#define COLUMN_TILES ((TARGET_COLUMNS + LANES - 1) / LANES)

// Which lanes see a column of the source through the window's column q, when the first lane is
// the target's column `column`.
integers source_mask(int column, int q) {
  const integers x = (LANE_NUMBERS + column) * STRIDE_COLUMNS + (q - PADDING_COLUMNS);
  return (x >= 0) & (x < SOURCE_COLUMNS);
}

// What they see, and 0 in the other lanes.
floats source_lanes(global const float *line, int column, int q, integers valid) {
#if STRIDE_COLUMNS == 1
  return AS_FLOATS(AS_INTEGERS(LOAD_FLOATS(line + (column + q - PADDING_COLUMNS))) & valid);
#else
  float values[LANES];
  for (int i = 0; i < LANES; ++i) {
    const int x = (column + i) * STRIDE_COLUMNS + q - PADDING_COLUMNS;
    values[i] = x >= 0 && x < SOURCE_COLUMNS ? line[x] : 0.0f;
  }
  floats result;
  result = LOAD_FLOATS(values);
  return result;
#endif
}

// Dimension 0: rows times column tiles of the target's images. Dimension 1: tiles of its channels.
// Dimension 2: members.
kernel void convolution_correlate(
    global const float *source, const ulong2 source_place,
    global const float *weight, const ulong2 weight_place,
#if !ROTATED
    global const float *bias, const ulong2 bias_place,
#endif
    global float *target, const ulong2 target_place) {
  const int index = get_global_id(0), first = get_global_id(1) * CHANNELS_PER_ITEM;
  const int image = index / (TARGET_ROWS * COLUMN_TILES), member = get_global_id(2);
  if (image >= BATCH) return;
  const int row = index / COLUMN_TILES % TARGET_ROWS, column = index % COLUMN_TILES * LANES;
  source = MEMBER(source, source_place, member) + image * (SOURCE_CHANNELS * SOURCE_PIXELS);
  weight = MEMBER(weight, weight_place, member);
  target = MEMBER(target, target_place, member) + image * (TARGET_CHANNELS * TARGET_PIXELS);

  integers valid[KERNEL_COLUMNS];
#pragma unroll
  for (int q = 0; q < KERNEL_COLUMNS; ++q) valid[q] = source_mask(column, q);
  // A tile that sticks out computes the last channel again, and does not store it.
  global const float *filters[CHANNELS_PER_ITEM];
  floats sum[CHANNELS_PER_ITEM];
#pragma unroll
  for (int o = 0; o < CHANNELS_PER_ITEM; ++o) {
    const int channel = min(first + o, TARGET_CHANNELS - 1);
#if ROTATED
    filters[o] = weight + channel * KERNEL_SIZE + (KERNEL_SIZE - 1);
    sum[o] = 0;
#else
    filters[o] = weight + channel * (SOURCE_CHANNELS * KERNEL_SIZE);
    sum[o] = MEMBER(bias, bias_place, member)[channel];
#endif
  }
  for (int i = 0; i < SOURCE_CHANNELS; ++i)
    for (int p = 0; p < KERNEL_ROWS; ++p) {
      const int y = row * STRIDE_ROWS + p - PADDING_ROWS;
      if (y < 0 || y >= SOURCE_ROWS) continue;
      global const float *line = source + i * SOURCE_PIXELS + y * SOURCE_COLUMNS;
#pragma unroll
      for (int q = 0; q < KERNEL_COLUMNS; ++q) {
        const floats x = source_lanes(line, column, q, valid[q]);
#if ROTATED
        const int at = i * (TARGET_CHANNELS * KERNEL_SIZE) - (p * KERNEL_COLUMNS + q);
#else
        const int at = i * KERNEL_SIZE + p * KERNEL_COLUMNS + q;
#endif
#pragma unroll
        for (int o = 0; o < CHANNELS_PER_ITEM; ++o) sum[o] = mad(x, filters[o][at], sum[o]);
      }
    }
#pragma unroll
  for (int o = 0; o < CHANNELS_PER_ITEM; ++o)
    if (first + o < TARGET_CHANNELS) {
      global float *to =
          target + (first + o) * TARGET_PIXELS + row * TARGET_COLUMNS + column;
      if (column + LANES <= TARGET_COLUMNS) {
        STORE_FLOATS(sum[o], to);
      } else {
        float values[LANES];
        STORE_FLOATS(sum[o], values);
        for (int lane = 0; lane < TARGET_COLUMNS - column; ++lane) to[lane] = values[lane];
      }
    }
}

// Dimension 0: pixels of the source's images. Dimension 1: tiles of its channels. Dimension 2:
// members.
kernel void convolution_input_gradient(
    global const float *target_gradient, const ulong2 target_gradient_place,
    global const float *weight, const ulong2 weight_place,
    global float *source_gradient, const ulong2 source_gradient_place) {
  const int index = get_global_id(0), first = get_global_id(1) * CHANNELS_PER_ITEM;
  const int image = index / SOURCE_PIXELS, pixel = index % SOURCE_PIXELS;
  const int member = get_global_id(2);
  if (image >= BATCH) return;
  const int row = pixel / SOURCE_COLUMNS, column = pixel % SOURCE_COLUMNS;
  target_gradient = MEMBER(target_gradient, target_gradient_place, member)
      + image * (TARGET_CHANNELS * TARGET_PIXELS);
  weight = MEMBER(weight, weight_place, member);
  source_gradient = MEMBER(source_gradient, source_gradient_place, member)
      + image * (SOURCE_CHANNELS * SOURCE_PIXELS) + pixel;
  float sum[CHANNELS_PER_ITEM];
  for (int i = 0; i < CHANNELS_PER_ITEM; ++i) sum[i] = 0;
  for (int o = 0; o < TARGET_CHANNELS; ++o)
    for (int p = 0; p < KERNEL_ROWS; ++p) {
      const int y = row + PADDING_ROWS - p;
      if (y < 0 || y % STRIDE_ROWS != 0 || y / STRIDE_ROWS >= TARGET_ROWS) continue;
      for (int q = 0; q < KERNEL_COLUMNS; ++q) {
        const int x = column + PADDING_COLUMNS - q;
        if (x < 0 || x % STRIDE_COLUMNS != 0 || x / STRIDE_COLUMNS >= TARGET_COLUMNS) continue;
        const float gradient = target_gradient[
            o * TARGET_PIXELS + y / STRIDE_ROWS * TARGET_COLUMNS + x / STRIDE_COLUMNS];
        for (int i = 0; i < CHANNELS_PER_ITEM; ++i) {
          const int channel = min(first + i, SOURCE_CHANNELS - 1);
          sum[i] = mad(
              gradient,
              weight[(o * SOURCE_CHANNELS + channel) * KERNEL_SIZE + p * KERNEL_COLUMNS + q],
              sum[i]);
        }
      }
    }
  for (int i = 0; i < CHANNELS_PER_ITEM; ++i)
    if (first + i < SOURCE_CHANNELS) source_gradient[(first + i) * SOURCE_PIXELS] = sum[i];
}

// Dimension 0: source channels times kernel rows. Dimension 1: tiles of target channels in chunks.
// Dimension 2: members. `partial` is [chunk, out, in, kernel row, kernel column].
kernel void convolution_weight_gradient(
    global const float *source, const ulong2 source_place,
    global const float *target_gradient, const ulong2 target_gradient_place,
    global float *partial, const ulong2 partial_place) {
  const int tiles = (TARGET_CHANNELS + FILTERS_PER_ITEM - 1) / FILTERS_PER_ITEM;
  const int line_index = get_global_id(0), first = get_global_id(1) % tiles * FILTERS_PER_ITEM;
  const int chunk = get_global_id(1) / tiles, member = get_global_id(2);
  if (line_index >= SOURCE_CHANNELS * KERNEL_ROWS) return;
  const int i = line_index / KERNEL_ROWS, p = line_index % KERNEL_ROWS;
  source = MEMBER(source, source_place, member) + i * SOURCE_PIXELS;
  target_gradient = MEMBER(target_gradient, target_gradient_place, member);

  floats sum[FILTERS_PER_ITEM][KERNEL_COLUMNS];
  int planes[FILTERS_PER_ITEM];
#pragma unroll
  for (int o = 0; o < FILTERS_PER_ITEM; ++o) {
    planes[o] = min(first + o, TARGET_CHANNELS - 1) * TARGET_PIXELS;
#pragma unroll
    for (int q = 0; q < KERNEL_COLUMNS; ++q) sum[o][q] = 0;
  }
  const int begin = chunk * BATCH / CHUNKS, end = (chunk + 1) * BATCH / CHUNKS;
  for (int column = 0; column < TARGET_COLUMNS; column += LANES) {
    integers valid[KERNEL_COLUMNS];
    const integers inside = LANE_NUMBERS + column < TARGET_COLUMNS;
#pragma unroll
    for (int q = 0; q < KERNEL_COLUMNS; ++q) valid[q] = source_mask(column, q) & inside;
    for (int image = begin; image < end; ++image)
      for (int row = 0; row < TARGET_ROWS; ++row) {
        const int y = row * STRIDE_ROWS + p - PADDING_ROWS;
        if (y < 0 || y >= SOURCE_ROWS) continue;
        global const float *line =
            source + image * (SOURCE_CHANNELS * SOURCE_PIXELS) + y * SOURCE_COLUMNS;
        global const float *gradients = target_gradient
            + image * (TARGET_CHANNELS * TARGET_PIXELS) + row * TARGET_COLUMNS + column;
        floats x[KERNEL_COLUMNS];
#pragma unroll
        for (int q = 0; q < KERNEL_COLUMNS; ++q)
          x[q] = source_lanes(line, column, q, valid[q]);
#pragma unroll
        for (int o = 0; o < FILTERS_PER_ITEM; ++o) {
          const floats gradient =
              AS_FLOATS(AS_INTEGERS(LOAD_FLOATS(gradients + planes[o])) & inside);
#pragma unroll
          for (int q = 0; q < KERNEL_COLUMNS; ++q) sum[o][q] = mad(gradient, x[q], sum[o][q]);
        }
      }
  }
  partial = MEMBER(partial, partial_place, member)
      + chunk * (TARGET_CHANNELS * SOURCE_CHANNELS * KERNEL_SIZE);
#pragma unroll
  for (int o = 0; o < FILTERS_PER_ITEM; ++o)
#pragma unroll
    for (int q = 0; q < KERNEL_COLUMNS; ++q)
      if (first + o < TARGET_CHANNELS)
        partial[((first + o) * SOURCE_CHANNELS + i) * KERNEL_SIZE + p * KERNEL_COLUMNS + q] =
            sum_of_lanes(sum[o][q]);
}
