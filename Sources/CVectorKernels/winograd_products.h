// The matrix products in the transformed domain, with AVX2 and with AVX-512.
#pragma once

#include "multiply_avx2.h"
#include "multiply_avx512.h"
#include "winograd_geometry.h"

// Products of `count` rows of inputs with one group of output channels.
INLINE void product_rows_avx2(
    int count, const float *x, ptrdiff_t row, int inputs, const float *packed, float *to) {
  __m256 sum[3][4];
  for (int p = 0; p < count; ++p)
    for (int o = 0; o < 4; ++o) sum[p][o] = _mm256_setzero_ps();
  for (int i = 0; i < inputs; i += BLOCK, x += BLOCK, packed += BLOCK * FILTERS) {
    if (count == 3) {
      multiply_block(sum, x, x + row, x + 2 * row, packed);
    } else {
      for (int c = 0; c < BLOCK; ++c)
        for (int p = 0; p < count; ++p) {
          const __m256 value = _mm256_broadcast_ss(x + p * row + c);
          for (int o = 0; o < 4; ++o)
            sum[p][o] = _mm256_fmadd_ps(
                value, _mm256_loadu_ps(packed + c * FILTERS + o * BLOCK), sum[p][o]);
        }
    }
  }
  for (int p = 0; p < count; ++p)
    for (int o = 0; o < 4; ++o) _mm256_storeu_ps(to + p * FILTERS + o * BLOCK, sum[p][o]);
}

// Products of `count` tiles' rows of inputs with one group of output channels, for one position.
INLINE void products_avx2(
    int count, const float *x, ptrdiff_t row, int inputs, const float *packed, float *to) {
  int t = 0;
  for (; t + 3 <= count; t += 3)
    product_rows_avx2(3, x + t * row, row, inputs, packed, to + t * FILTERS);
  if (count - t == 2)
    product_rows_avx2(2, x + t * row, row, inputs, packed, to + t * FILTERS);
  else if (count - t == 1)
    product_rows_avx2(1, x + t * row, row, inputs, packed, to + t * FILTERS);
}

// The same. Up to three rows behind the last are computed too: they have no meaning, but lie
// within the workspace, which has room for whole dozens.
INLINE_AVX512 void products_avx512(
    int count, const float *x, ptrdiff_t row, int inputs, const float *packed, float *to) {
  int t = 0;
  for (; count - t > 8; t += 12)
    multiply_rows_12(x + t * row, row, inputs, packed, to + t * FILTERS);
  if (count - t > 4)
    multiply_rows_8(x + t * row, row, inputs, packed, to + t * FILTERS);
  else if (count - t > 0)
    multiply_rows_4(x + t * row, row, inputs, packed, to + t * FILTERS);
}

// Adds to `count` rows of a gradient the products of as many input channels with the gradients of
// one group of output channels, over `tiles` tiles.
INLINE void product_sum_avx2(
    int count, const float *x, ptrdiff_t row, const float *z, int tiles, bool begins,
    float *packed) {
  __m256 sum[3][4];
  for (int i = 0; i < count; ++i)
    for (int o = 0; o < 4; ++o)
      sum[i][o] =
          begins ? _mm256_setzero_ps() : _mm256_loadu_ps(packed + i * FILTERS + o * BLOCK);
  int t = 0;
  if (count == 3)
    for (; t + 2 <= tiles; t += 2)
      multiply_pair(sum, x + t * row, x + (t + 1) * row, z + t * FILTERS);
  for (; t < tiles; ++t)
    for (int i = 0; i < count; ++i) {
      const __m256 value = _mm256_broadcast_ss(x + t * row + i);
      for (int o = 0; o < 4; ++o)
        sum[i][o] =
            _mm256_fmadd_ps(value, _mm256_loadu_ps(z + t * FILTERS + o * BLOCK), sum[i][o]);
    }
  for (int i = 0; i < count; ++i)
    for (int o = 0; o < 4; ++o) _mm256_storeu_ps(packed + i * FILTERS + o * BLOCK, sum[i][o]);
}

// Adds to the gradients of one position, of `inputs` input channels and one group of output
// channels, the products over `tiles` tiles. If the sum begins here, it begins with zero.
INLINE void product_sums_avx2(
    int inputs, const float *x, ptrdiff_t row, const float *z, int tiles, bool begins,
    float *packed) {
  int i = 0;
  for (; i + 3 <= inputs; i += 3, packed += 3 * FILTERS)
    product_sum_avx2(3, x + i, row, z, tiles, begins, packed);
  if (inputs - i == 2)
    product_sum_avx2(2, x + i, row, z, tiles, begins, packed);
  else if (inputs - i == 1)
    product_sum_avx2(1, x + i, row, z, tiles, begins, packed);
}

// The same.
INLINE_AVX512 void product_sums_avx512(
    int inputs, const float *x, ptrdiff_t row, const float *z, int tiles, bool begins,
    float *packed) {
  for (int i = 0; i < inputs; i += BLOCK, packed += BLOCK * FILTERS)
    if (begins)
      multiply_steps_begin(x + i, row, tiles, z, packed);
    else
      multiply_steps_add(x + i, row, tiles, z, packed);
}
