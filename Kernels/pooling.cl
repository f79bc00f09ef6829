// Max pooling and global average pooling over activations [batch, channel, row, column].
//
// max_pooling              y = largest of the window, the first on ties, the first NaN before
//                          numbers; argmax = its position in the window,
//                          row * KERNEL_COLUMNS + column
// max_pooling_backward     dx = sum of dy over the windows whose argmax is this value
// average_pooling          y[b, c] = mean over rows and columns
// average_pooling_backward dx = dy / (rows * columns)
//
// Dimension 0 is the value of the tensor that is written (unsigned: cheaper to divide), dimension 1
// the member. The backward kernel gathers, so no two work-items add to one value.
//
// max_pooling_pairs, max_pooling_pairs_backward: the same for windows of 2 x 2 that tile the input
// exactly. ROW_ITEMS work-items share a row of outputs, LANES at a time: on a GPU one work-item for
// each output, on a CPU one for the row.
//
// The source is the input, the target the output.

#include "common.cl"
#include "largest.cl"
#include "window.cl"

// SHAPE, at least 1: batch times channels.
#ifndef PLANES
#define PLANES 64
#endif
// TUNABLE, 1 to TARGET_COLUMNS: work-items of a row of outputs in max_pooling_pairs.
#ifndef ROW_ITEMS
#define ROW_ITEMS TARGET_COLUMNS
#endif
// TUNABLE, 1 or 4 (at most TARGET_COLUMNS): outputs that max_pooling_pairs computes at a time. With
// 8 the inputs would be vectors of 16, which compilers warn about on CPUs without registers of that
// size.
#ifndef LANES
#define LANES 1
#endif
#include "vectors.cl"

kernel void max_pooling(
    global const float *input, const ulong2 input_place,
    global float *output, const ulong2 output_place,
    global uchar *argmaxes, const ulong2 argmaxes_place) {
  const uint index = get_global_id(0);
  const int member = get_global_id(1);
  if (index >= PLANES * TARGET_PIXELS) return;
  const int column = index % TARGET_COLUMNS, row = index / TARGET_COLUMNS % TARGET_ROWS;
  const int plane = index / TARGET_PIXELS;
  input = MEMBER(input, input_place, member) + plane * SOURCE_PIXELS;
  const int first_y = row * STRIDE_ROWS - PADDING_ROWS;
  const int first_x = column * STRIDE_COLUMNS - PADDING_COLUMNS;
  // The window's first value inside the image: the one that wins if all are minus infinity.
  int argmax = max(-first_y, 0) * KERNEL_COLUMNS + max(-first_x, 0);
  float largest = -INFINITY;
  for (int i = 0; i < KERNEL_ROWS; ++i) {
    const int y = first_y + i;
    for (int j = 0; j < KERNEL_COLUMNS; ++j) {
      const int x = first_x + j;
      const int inside = (y >= 0) & (y < SOURCE_ROWS) & (x >= 0) & (x < SOURCE_COLUMNS);
      const float nearest =
          input[clamp(y, 0, SOURCE_ROWS - 1) * SOURCE_COLUMNS + clamp(x, 0, SOURCE_COLUMNS - 1)];
      const float value = inside ? nearest : -INFINITY;
      KEEP_LARGEST(int, largest, argmax, value, i * KERNEL_COLUMNS + j);
    }
  }
  MEMBER(output, output_place, member)[index] = largest;
  MEMBER(argmaxes, argmaxes_place, member)[index] = (uchar)argmax;
}

kernel void max_pooling_backward(
    global const float *output_gradient, const ulong2 output_gradient_place,
    global const uchar *argmaxes, const ulong2 argmaxes_place,
    global float *input_gradient, const ulong2 input_gradient_place) {
  const uint index = get_global_id(0);
  const int member = get_global_id(1);
  if (index >= PLANES * SOURCE_PIXELS) return;
  const int column = index % SOURCE_COLUMNS, row = index / SOURCE_COLUMNS % SOURCE_ROWS;
  const int plane = index / SOURCE_PIXELS * TARGET_PIXELS;
  output_gradient = MEMBER(output_gradient, output_gradient_place, member) + plane;
  argmaxes = MEMBER(argmaxes, argmaxes_place, member) + plane;
  // The windows that may cover this value; only one if windows do not overlap.
  const int y = row + PADDING_ROWS, x = column + PADDING_COLUMNS;
  float sum = 0;
  for (int m = 0; m < (KERNEL_ROWS + STRIDE_ROWS - 1) / STRIDE_ROWS; ++m) {
    const int i = y / STRIDE_ROWS - m, p = y - i * STRIDE_ROWS;
    for (int n = 0; n < (KERNEL_COLUMNS + STRIDE_COLUMNS - 1) / STRIDE_COLUMNS; ++n) {
      const int j = x / STRIDE_COLUMNS - n, q = x - j * STRIDE_COLUMNS;
      const int covers = (i >= 0) & (i < TARGET_ROWS) & (p < KERNEL_ROWS) & (j >= 0)
          & (j < TARGET_COLUMNS) & (q < KERNEL_COLUMNS);
      const int window = covers ? i * TARGET_COLUMNS + j : 0;
      const float gradient = output_gradient[window];
      const int named = argmaxes[window] == p * KERNEL_COLUMNS + q;
      sum += (covers & named) ? gradient : 0.0f;
    }
  }
  MEMBER(input_gradient, input_gradient_place, member)[index] = sum;
}

// The inputs of LANES outputs from one row: even lanes are the windows' left columns, odd lanes
// their right columns.
#if LANES == 1
#define PAIRS float2
#define LOAD_PAIRS(pointer) vload2(0, pointer)
#define STORE_PAIRS(values, pointer) vstore2(values, 0, pointer)
#define LOAD_ARGMAX(pointer) ((int)*(pointer))
#define STORE_ARGMAX(values, pointer) (*(pointer) = (uchar)(values))
#else
#define PAIRS float8
#define LOAD_PAIRS(pointer) vload8(0, pointer)
#define STORE_PAIRS(values, pointer) vstore8(values, 0, pointer)
#define LOAD_ARGMAX(pointer) convert_int4(vload4(0, pointer))
#define STORE_ARGMAX(values, pointer) vstore4(convert_uchar4(values), 0, pointer)
#endif

kernel void max_pooling_pairs(
    global const float *input, const ulong2 input_place,
    global float *output, const ulong2 output_place,
    global uchar *argmaxes, const ulong2 argmaxes_place) {
  const uint item = get_global_id(0);
  const int member = get_global_id(1);
  if (item >= PLANES * TARGET_ROWS * ROW_ITEMS) return;
  // Counted over all planes; the input has twice as many rows.
  const uint row = item / ROW_ITEMS;
  input = MEMBER(input, input_place, member) + row * (2 * SOURCE_COLUMNS);
  output = MEMBER(output, output_place, member) + row * TARGET_COLUMNS;
  argmaxes = MEMBER(argmaxes, argmaxes_place, member) + row * TARGET_COLUMNS;
  for (uint chunk = item % ROW_ITEMS; chunk * LANES < TARGET_COLUMNS; chunk += ROW_ITEMS) {
    // The last chunk may cover some of the one before it again.
    const uint column = min(chunk * LANES, (uint)(TARGET_COLUMNS - LANES));
    const PAIRS top = LOAD_PAIRS(input + 2 * column);
    const PAIRS bottom = LOAD_PAIRS(input + SOURCE_COLUMNS + 2 * column);
    floats largest = top.even;
    integers argmax = 0;
    KEEP_LARGEST(integers, largest, argmax, top.odd, 1);
    KEEP_LARGEST(integers, largest, argmax, bottom.even, 2);
    KEEP_LARGEST(integers, largest, argmax, bottom.odd, 3);
    STORE_FLOATS(largest, output + column);
    STORE_ARGMAX(argmax, argmaxes + column);
  }
}

kernel void max_pooling_pairs_backward(
    global const float *output_gradient, const ulong2 output_gradient_place,
    global const uchar *argmaxes, const ulong2 argmaxes_place,
    global float *input_gradient, const ulong2 input_gradient_place) {
  const uint item = get_global_id(0);
  const int member = get_global_id(1);
  if (item >= PLANES * TARGET_ROWS * ROW_ITEMS) return;
  const uint row = item / ROW_ITEMS;
  output_gradient =
      MEMBER(output_gradient, output_gradient_place, member) + row * TARGET_COLUMNS;
  argmaxes = MEMBER(argmaxes, argmaxes_place, member) + row * TARGET_COLUMNS;
  input_gradient =
      MEMBER(input_gradient, input_gradient_place, member) + row * (2 * SOURCE_COLUMNS);
  const floats none = 0;
  for (uint chunk = item % ROW_ITEMS; chunk * LANES < TARGET_COLUMNS; chunk += ROW_ITEMS) {
    const uint column = min(chunk * LANES, (uint)(TARGET_COLUMNS - LANES));
    const floats gradient = LOAD_FLOATS(output_gradient + column);
    const integers argmax = LOAD_ARGMAX(argmaxes + column);
    PAIRS top, bottom;
    top.even = select(none, gradient, argmax == 0);
    top.odd = select(none, gradient, argmax == 1);
    bottom.even = select(none, gradient, argmax == 2);
    bottom.odd = select(none, gradient, argmax == 3);
    STORE_PAIRS(top, input_gradient + 2 * column);
    STORE_PAIRS(bottom, input_gradient + SOURCE_COLUMNS + 2 * column);
  }
}

kernel void average_pooling(
    global const float *input, const ulong2 input_place,
    global float *output, const ulong2 output_place) {
  const int plane = get_global_id(0), member = get_global_id(1);
  if (plane >= PLANES) return;
  input = MEMBER(input, input_place, member) + plane * SOURCE_PIXELS;
  float sum = 0;
  for (int row = 0; row < SOURCE_ROWS; ++row) {
    // A sum of row sums rounds less than one long sum.
    float row_sum = 0;
    for (int column = 0; column < SOURCE_COLUMNS; ++column)
      row_sum += input[row * SOURCE_COLUMNS + column];
    sum += row_sum;
  }
  MEMBER(output, output_place, member)[plane] = sum / SOURCE_PIXELS;
}

kernel void average_pooling_backward(
    global const float *output_gradient, const ulong2 output_gradient_place,
    global float *input_gradient, const ulong2 input_gradient_place) {
  const uint index = get_global_id(0);
  const int member = get_global_id(1);
  if (index >= PLANES * SOURCE_PIXELS) return;
  const int plane = index / SOURCE_PIXELS;
  MEMBER(input_gradient, input_gradient_place, member)[index] =
      MEMBER(output_gradient, output_gradient_place, member)[plane] / SOURCE_PIXELS;
}
