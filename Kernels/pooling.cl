// Max pooling and global average pooling over activations [batch, channel, row, column].
//
// max_pooling              y = largest of the window, the first on ties, a NaN before numbers;
//                          indices = its place in the window, row * KERNEL_COLUMNS + column
// max_pooling_backward     dx = sum of dy over the windows whose index names this place
// average_pooling          y[b, c] = mean over rows and columns
// average_pooling_backward dx = dy / (rows * columns)
//
// Dimension 0 is the value of the tensor that is written (unsigned: cheaper to divide), dimension 1
// the member. The backward kernel gathers, so no two work-items add to one place.
//
// max_pooling_pairs, max_pooling_pairs_backward: the same for windows of 2 x 2 that cover the input
// without rest or overlap. ROW_ITEMS work-items share a row of outputs, VECTOR (1 or 4) at a time:
// on a GPU one for each output, on a processor one for the row.

#ifndef MEMBER
#include "common.cl"
#endif

// Batch times channels.
#ifndef PLANES
#define PLANES 64
#endif
// Extents of the input and the output.
#ifndef INPUT_ROWS
#define INPUT_ROWS 28
#endif
#ifndef INPUT_COLUMNS
#define INPUT_COLUMNS 28
#endif
#ifndef OUTPUT_ROWS
#define OUTPUT_ROWS 14
#endif
#ifndef OUTPUT_COLUMNS
#define OUTPUT_COLUMNS 14
#endif
// The window.
#ifndef KERNEL_ROWS
#define KERNEL_ROWS 2
#endif
#ifndef KERNEL_COLUMNS
#define KERNEL_COLUMNS 2
#endif
#ifndef STRIDE_ROWS
#define STRIDE_ROWS 2
#endif
#ifndef STRIDE_COLUMNS
#define STRIDE_COLUMNS 2
#endif
#ifndef PADDING_ROWS
#define PADDING_ROWS 0
#endif
#ifndef PADDING_COLUMNS
#define PADDING_COLUMNS 0
#endif
// Work-items to a row of outputs in max_pooling_pairs; VECTOR is as in common.cl.
#ifndef ROW_ITEMS
#define ROW_ITEMS OUTPUT_COLUMNS
#endif

kernel void max_pooling(
    global const float *input, const ulong2 input_place,
    global float *output, const ulong2 output_place,
    global uchar *indices, const ulong2 indices_place) {
  const uint index = get_global_id(0);
  const int member = get_global_id(1);
  if (index >= PLANES * OUTPUT_ROWS * OUTPUT_COLUMNS) return;
  const int column = index % OUTPUT_COLUMNS, row = index / OUTPUT_COLUMNS % OUTPUT_ROWS;
  const int plane = index / (OUTPUT_ROWS * OUTPUT_COLUMNS);
  input = MEMBER(input, input_place, member) + plane * (INPUT_ROWS * INPUT_COLUMNS);
  const int first_y = row * STRIDE_ROWS - PADDING_ROWS;
  const int first_x = column * STRIDE_COLUMNS - PADDING_COLUMNS;
  // The window's first value inside the image: the one that wins if all are minus infinity.
  int argmax = max(-first_y, 0) * KERNEL_COLUMNS + max(-first_x, 0);
  float largest = -INFINITY;
  for (int i = 0; i < KERNEL_ROWS; ++i) {
    const int y = first_y + i;
    for (int j = 0; j < KERNEL_COLUMNS; ++j) {
      const int x = first_x + j;
      const int inside = (y >= 0) & (y < INPUT_ROWS) & (x >= 0) & (x < INPUT_COLUMNS);
      const float nearest =
          input[clamp(y, 0, INPUT_ROWS - 1) * INPUT_COLUMNS + clamp(x, 0, INPUT_COLUMNS - 1)];
      const float value = inside ? nearest : -INFINITY;
      KEEP_LARGEST(int, largest, argmax, value, i * KERNEL_COLUMNS + j);
    }
  }
  MEMBER(output, output_place, member)[index] = largest;
  MEMBER(indices, indices_place, member)[index] = (uchar)argmax;
}

kernel void max_pooling_backward(
    global const float *output_gradient, const ulong2 output_gradient_place,
    global const uchar *indices, const ulong2 indices_place,
    global float *input_gradient, const ulong2 input_gradient_place) {
  const uint index = get_global_id(0);
  const int member = get_global_id(1);
  if (index >= PLANES * INPUT_ROWS * INPUT_COLUMNS) return;
  const int column = index % INPUT_COLUMNS, row = index / INPUT_COLUMNS % INPUT_ROWS;
  const int plane = index / (INPUT_ROWS * INPUT_COLUMNS) * (OUTPUT_ROWS * OUTPUT_COLUMNS);
  output_gradient = MEMBER(output_gradient, output_gradient_place, member) + plane;
  indices = MEMBER(indices, indices_place, member) + plane;
  // The windows that may cover this place; for windows that do not overlap it is one.
  const int y = row + PADDING_ROWS, x = column + PADDING_COLUMNS;
  float sum = 0;
  for (int m = 0; m < (KERNEL_ROWS + STRIDE_ROWS - 1) / STRIDE_ROWS; ++m) {
    const int i = y / STRIDE_ROWS - m, p = y - i * STRIDE_ROWS;
    for (int n = 0; n < (KERNEL_COLUMNS + STRIDE_COLUMNS - 1) / STRIDE_COLUMNS; ++n) {
      const int j = x / STRIDE_COLUMNS - n, q = x - j * STRIDE_COLUMNS;
      const int covers = (i >= 0) & (i < OUTPUT_ROWS) & (p < KERNEL_ROWS) & (j >= 0)
          & (j < OUTPUT_COLUMNS) & (q < KERNEL_COLUMNS);
      const int window = covers ? i * OUTPUT_COLUMNS + j : 0;
      const float gradient = output_gradient[window];
      const int named = indices[window] == p * KERNEL_COLUMNS + q;
      sum += (covers & named) ? gradient : 0.0f;
    }
  }
  MEMBER(input_gradient, input_gradient_place, member)[index] = sum;
}

// Lanes of two outputs' row: the even ones are the left column of each window.
#if VECTOR == 1
#define LANES float
#define MASK int
#define PAIRS float2
#define LOAD_PAIRS vload2
#define STORE_PAIRS vstore2
#define LOAD(from) (*(from))
#define LOAD_PLACES(from) ((int)*(from))
#define STORE(value, to) (*(to) = (value))
#define STORE_PLACES(value, to) (*(to) = (uchar)(value))
#else
// Wider ones would take vectors of 16, which compilers warn of where the processor has none.
#define LANES float4
#define MASK int4
#define PAIRS float8
#define LOAD_PAIRS vload8
#define STORE_PAIRS vstore8
#define LOAD(from) vload4(0, from)
#define LOAD_PLACES(from) convert_int4(vload4(0, from))
#define STORE(value, to) vstore4(value, 0, to)
#define STORE_PLACES(value, to) vstore4(convert_uchar4(value), 0, to)
#endif

kernel void max_pooling_pairs(
    global const float *input, const ulong2 input_place,
    global float *output, const ulong2 output_place,
    global uchar *indices, const ulong2 indices_place) {
  const uint item = get_global_id(0);
  const int member = get_global_id(1);
  if (item >= PLANES * OUTPUT_ROWS * ROW_ITEMS) return;
  // Over all planes: the input has twice as many rows.
  const uint row = item / ROW_ITEMS;
  input = MEMBER(input, input_place, member) + row * (2 * INPUT_COLUMNS);
  output = MEMBER(output, output_place, member) + row * OUTPUT_COLUMNS;
  indices = MEMBER(indices, indices_place, member) + row * OUTPUT_COLUMNS;
  for (uint chunk = item % ROW_ITEMS; chunk * VECTOR < OUTPUT_COLUMNS; chunk += ROW_ITEMS) {
    // The last chunk may cover some of the one before it again.
    const uint column = min(chunk * VECTOR, (uint)(OUTPUT_COLUMNS - VECTOR));
    const PAIRS top = LOAD_PAIRS(0, input + 2 * column);
    const PAIRS bottom = LOAD_PAIRS(0, input + INPUT_COLUMNS + 2 * column);
    LANES largest = top.even;
    MASK argmax = 0;
    KEEP_LARGEST(MASK, largest, argmax, top.odd, 1);
    KEEP_LARGEST(MASK, largest, argmax, bottom.even, 2);
    KEEP_LARGEST(MASK, largest, argmax, bottom.odd, 3);
    STORE(largest, output + column);
    STORE_PLACES(argmax, indices + column);
  }
}

kernel void max_pooling_pairs_backward(
    global const float *output_gradient, const ulong2 output_gradient_place,
    global const uchar *indices, const ulong2 indices_place,
    global float *input_gradient, const ulong2 input_gradient_place) {
  const uint item = get_global_id(0);
  const int member = get_global_id(1);
  if (item >= PLANES * OUTPUT_ROWS * ROW_ITEMS) return;
  const uint row = item / ROW_ITEMS;
  output_gradient =
      MEMBER(output_gradient, output_gradient_place, member) + row * OUTPUT_COLUMNS;
  indices = MEMBER(indices, indices_place, member) + row * OUTPUT_COLUMNS;
  input_gradient =
      MEMBER(input_gradient, input_gradient_place, member) + row * (2 * INPUT_COLUMNS);
  const LANES none = 0;
  for (uint chunk = item % ROW_ITEMS; chunk * VECTOR < OUTPUT_COLUMNS; chunk += ROW_ITEMS) {
    const uint column = min(chunk * VECTOR, (uint)(OUTPUT_COLUMNS - VECTOR));
    const LANES gradient = LOAD(output_gradient + column);
    const MASK place = LOAD_PLACES(indices + column);
    PAIRS top, bottom;
    top.even = select(none, gradient, place == 0);
    top.odd = select(none, gradient, place == 1);
    bottom.even = select(none, gradient, place == 2);
    bottom.odd = select(none, gradient, place == 3);
    STORE_PAIRS(top, 0, input_gradient + 2 * column);
    STORE_PAIRS(bottom, 0, input_gradient + INPUT_COLUMNS + 2 * column);
  }
}

kernel void average_pooling(
    global const float *input, const ulong2 input_place,
    global float *output, const ulong2 output_place) {
  const int plane = get_global_id(0), member = get_global_id(1);
  if (plane >= PLANES) return;
  input = MEMBER(input, input_place, member) + plane * (INPUT_ROWS * INPUT_COLUMNS);
  float sum = 0;
  for (int row = 0; row < INPUT_ROWS; ++row) {
    // A sum of row sums rounds less than one long sum.
    float row_sum = 0;
    for (int column = 0; column < INPUT_COLUMNS; ++column)
      row_sum += input[row * INPUT_COLUMNS + column];
    sum += row_sum;
  }
  MEMBER(output, output_place, member)[plane] = sum / (INPUT_ROWS * INPUT_COLUMNS);
}

kernel void average_pooling_backward(
    global const float *output_gradient, const ulong2 output_gradient_place,
    global float *input_gradient, const ulong2 input_gradient_place) {
  const uint index = get_global_id(0);
  const int member = get_global_id(1);
  if (index >= PLANES * INPUT_ROWS * INPUT_COLUMNS) return;
  const int plane = index / (INPUT_ROWS * INPUT_COLUMNS);
  MEMBER(input_gradient, input_gradient_place, member)[index] =
      MEMBER(output_gradient, output_gradient_place, member)[plane] / (INPUT_ROWS * INPUT_COLUMNS);
}
