#include "linear.h"

#include <stdlib.h>
#include <string.h>

enum { PANEL = 16, ROWS = 6 };

size_t topo_linear_packed(int inputs, int outputs) {
  return (size_t)(outputs + PANEL - 1) / PANEL * PANEL * inputs;
}

void topo_linear_pack(
    int inputs, int outputs, const float *weight, float *packed, int first, int end) {
  for (int panel = first; panel < end; ++panel) {
    float *to = packed + (size_t)panel * PANEL * inputs;
    for (int lane = 0; lane < PANEL; ++lane) {
      const int output = panel * PANEL + lane;
      if (output < outputs) {
        const float *from = weight + (size_t)output * inputs;
        for (int k = 0; k < inputs; ++k) to[k * PANEL + lane] = from[k];
      } else {
        for (int k = 0; k < inputs; ++k) to[k * PANEL + lane] = 0;
      }
    }
  }
}

#if defined(__x86_64__)

#include "multiply.h"

// `count` rows of a panel; the sums stay in registers.
INLINE void tile(
    const int count, int inputs, int outputs, const float *x, const float *panel,
    const float *bias, float *y, int width) {
  __m256 sum[ROWS][2];
  for (int r = 0; r < count; ++r) sum[r][0] = sum[r][1] = _mm256_setzero_ps();
  for (int k = 0; k < inputs; ++k) {
    const __m256 low = _mm256_loadu_ps(panel + k * PANEL);
    const __m256 high = _mm256_loadu_ps(panel + k * PANEL + 8);
    for (int r = 0; r < count; ++r) {
      const __m256 value = _mm256_broadcast_ss(x + (size_t)r * inputs + k);
      sum[r][0] = _mm256_fmadd_ps(value, low, sum[r][0]);
      sum[r][1] = _mm256_fmadd_ps(value, high, sum[r][1]);
    }
  }
  for (int r = 0; r < count; ++r) {
    float *row = y + (size_t)r * outputs;
    sum[r][0] = _mm256_add_ps(sum[r][0], _mm256_loadu_ps(bias));
    sum[r][1] = _mm256_add_ps(sum[r][1], _mm256_loadu_ps(bias + 8));
    if (width == PANEL) {
      _mm256_storeu_ps(row, sum[r][0]);
      _mm256_storeu_ps(row + 8, sum[r][1]);
    } else {
      float values[PANEL];
      _mm256_storeu_ps(values, sum[r][0]);
      _mm256_storeu_ps(values + 8, sum[r][1]);
      memcpy(row, values, width * sizeof(float));
    }
  }
}

VECTORS void topo_linear_forward(
    int rows, int inputs, int outputs, const float *x, const float *packed, const float *bias,
    float *y) {
  for (int first = 0; first < outputs; first += PANEL) {
    const int width = outputs - first < PANEL ? outputs - first : PANEL;
    const float *panel = packed + (size_t)first * inputs;
    float padded_bias[PANEL] = {0};
    memcpy(padded_bias, bias + first, width * sizeof(float));
    int row = 0;
    for (; row + ROWS <= rows; row += ROWS)
      tile(
          ROWS, inputs, outputs, x + (size_t)row * inputs, panel, padded_bias,
          y + (size_t)row * outputs + first, width);
    for (; row < rows; ++row)
      tile(
          1, inputs, outputs, x + (size_t)row * inputs, panel, padded_bias,
          y + (size_t)row * outputs + first, width);
  }
}

#else

// Never called: these CPUs have no AVX2.
void topo_linear_forward(
    int rows, int inputs, int outputs, const float *x, const float *packed, const float *bias,
    float *y) {
  abort();
}

#endif
