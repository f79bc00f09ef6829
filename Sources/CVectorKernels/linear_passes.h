// Fully connected layers with one instruction set. Included once for each, after `LANES` is
// defined. A pair of vectors holds one panel of 16 outputs with AVX2, and two with AVX-512.
#include "lanes.h"

// Outputs `first` and behind of `count` rows; `width` of them exist, in at most `vectors` vectors.
INLINED void NAME(tile)(
    const int count, const int vectors, int inputs, int outputs, const float *x,
    const float *panel, const float *bias, float *y, int width) {
  // All loops over rows are unrolled: the sums must stay in registers.
  VECTOR sum[12][2];
  // From a vector's weights to the other's, and to those of the next input.
  const ptrdiff_t other = LANES == PANEL ? (ptrdiff_t)PANEL * inputs : LANES;
#pragma clang loop unroll(full)
  for (int r = 0; r < count; ++r) sum[r][0] = sum[r][1] = ZERO;
  for (int k = 0; k < inputs; ++k, panel += PANEL) {
    const VECTOR low = LOAD(panel), high = vectors == 2 ? LOAD(panel + other) : ZERO;
#pragma clang loop unroll(full)
    for (int r = 0; r < count; ++r) {
      const VECTOR value = BROADCAST(x[(size_t)r * inputs + k]);
      sum[r][0] = MULTIPLY_ADD(value, low, sum[r][0]);
      if (vectors == 2) sum[r][1] = MULTIPLY_ADD(value, high, sum[r][1]);
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < count; ++r, y += outputs) {
    sum[r][0] += LOAD(bias);
    if (vectors == 2) sum[r][1] += LOAD(bias + LANES);
    if (width == vectors * LANES) {
      STORE(y, sum[r][0]);
      if (vectors == 2) STORE(y + LANES, sum[r][1]);
    } else {
      float values[2 * LANES];
      STORE(values, sum[r][0]);
      if (vectors == 2) STORE(values + LANES, sum[r][1]);
      memcpy(y, values, width * sizeof(float));
    }
  }
}

// All rows of up to `vectors` vectors of outputs.
INLINED void NAME(columns)(
    const int vectors, int rows, int inputs, int outputs, const float *x, const float *panel,
    const float *bias, float *y, int width) {
  enum { MOST = LANES == 16 ? 12 : 6 };
  int row = 0;
  for (; row + MOST <= rows; row += MOST)
    NAME(tile)(
        MOST, vectors, inputs, outputs, x + (size_t)row * inputs, panel, bias,
        y + (size_t)row * outputs, width);
#if LANES == 16
  for (; row + 4 <= rows; row += 4)
    NAME(tile)(
        4, vectors, inputs, outputs, x + (size_t)row * inputs, panel, bias,
        y + (size_t)row * outputs, width);
#endif
  for (; row < rows; ++row)
    NAME(tile)(
        1, vectors, inputs, outputs, x + (size_t)row * inputs, panel, bias,
        y + (size_t)row * outputs, width);
}

TARGET static void NAME(linear)(
    int rows, int inputs, int outputs, const float *x, const float *packed, const float *bias,
    float *y) {
  enum { COLUMNS = 2 * LANES };
  for (int first = 0; first < outputs; first += COLUMNS) {
    const int width = outputs - first < COLUMNS ? outputs - first : COLUMNS;
    float padded[COLUMNS] = {0};
    memcpy(padded, bias + first, width * sizeof(float));
    const float *panel = packed + (size_t)first * inputs;
    // Of two panels the second may be missing.
    if (LANES == PANEL && width <= PANEL)
      NAME(columns)(1, rows, inputs, outputs, x, panel, padded, y + first, width);
    else
      NAME(columns)(2, rows, inputs, outputs, x, panel, padded, y + first, width);
  }
}
