// The products of convolutions of images, with AVX2 and with AVX-512.
#pragma once

#include <stdint.h>

#include "multiply_avx2.h"
#include "multiply_avx512.h"

// Pixels of a piece of work in the gradient of the weights: what is read of them fits the L1 cache.
enum { PIECE = 128 };

// `count` neighboring pixels of 32 output channels, whose blocks lie `plane` apart.
INLINE void correlate_avx2(
    int count, int inputs, const float *x, ptrdiff_t line, ptrdiff_t source, const float *packed,
    const float *bias, float *output, ptrdiff_t plane) {
  __m256 sum[3][4];
  for (int p = 0; p < count; ++p)
    for (int o = 0; o < 4; ++o) sum[p][o] = _mm256_loadu_ps(bias + o * BLOCK);
  for (int i = 0; i < inputs; ++i, x += source)
    for (int r = 0; r < 3; ++r, packed += 3 * FILTERS) {
      const float *from = x + r * line;
      if (count == 3) {
        multiply_pair(sum, from, from + 1, packed);
        multiply_one(sum, from + 2, packed + 2 * FILTERS);
      } else {
        for (int c = 0; c < 3; ++c)
          for (int p = 0; p < count; ++p) {
            const __m256 value = _mm256_broadcast_ss(from + c + p);
            for (int o = 0; o < 4; ++o)
              sum[p][o] = _mm256_fmadd_ps(
                  value, _mm256_loadu_ps(packed + c * FILTERS + o * BLOCK), sum[p][o]);
          }
      }
    }
  for (int p = 0; p < count; ++p)
    for (int o = 0; o < 4; ++o) _mm256_storeu_ps(output + p * BLOCK + o * plane, sum[p][o]);
}

// A row of pixels of 32 output channels.
INLINE void correlate_row_avx2(
    int columns, int inputs, const float *x, ptrdiff_t line, ptrdiff_t source, const float *packed,
    const float *bias, float *output, ptrdiff_t plane) {
  int column = 0;
  for (; column + 3 <= columns; column += 3)
    correlate_avx2(
        3, inputs, x + column, line, source, packed, bias, output + column * BLOCK, plane);
  if (columns - column == 2)
    correlate_avx2(
        2, inputs, x + column, line, source, packed, bias, output + column * BLOCK, plane);
  else if (columns - column == 1)
    correlate_avx2(
        1, inputs, x + column, line, source, packed, bias, output + column * BLOCK, plane);
}

// The same. If the pixels that remain are too few, some before them are computed again.
INLINE_AVX512 void correlate_row_avx512(
    int columns, int inputs, const float *x, ptrdiff_t line, ptrdiff_t source, const float *packed,
    const float *bias, float *output, ptrdiff_t plane) {
  if (columns < 4) {
    correlate_row_avx2(columns, inputs, x, line, source, packed, bias, output, plane);
    return;
  }
  int column = 0, count = 0;
  for (; column < columns; column += count) {
    const int rest = columns - column;
    count = rest > 8 && columns >= 12 ? 12 : rest > 4 && columns >= 8 ? 8 : 4;
    if (count > rest) column = columns - count;
    const float *from = x + column;
    float *to = output + column * BLOCK;
    if (count == 12)
      multiply_window_12(from, line, source, inputs, packed, bias, to, plane);
    else if (count == 8)
      multiply_window_8(from, line, source, inputs, packed, bias, to, plane);
    else
      multiply_window_4(from, line, source, inputs, packed, bias, to, plane);
  }
}

// The pixels of a piece: where each lies in the padded input, and its output gradients of one group
// of output channels, side by side. If they were read in place, the four blocks would lie a whole
// plane apart, often a multiple of 4096 bytes, and would evict each other from the L1 cache.
typedef struct {
  int count;
  int32_t input[PIECE];
  float gradient[PIECE][FILTERS] __attribute__((aligned(64)));
} piece_t;

// Adds to three consecutive rows of packed gradients the products of three neighboring input
// values with the output gradients, over the pixels of a piece.
INLINE void accumulate_avx2(
    const float *input, const piece_t *piece, float *packed, const float *next, ptrdiff_t plane) {
  __m256 sum[3][4];
  for (int i = 0; i < 3; ++i)
    for (int o = 0; o < 4; ++o) sum[i][o] = _mm256_loadu_ps(packed + i * FILTERS + o * BLOCK);
  int p = 0;
  for (; p + 2 <= piece->count; p += 2) {
    __builtin_prefetch(next + p * BLOCK, 0, 2);
    __builtin_prefetch(next + p * BLOCK + plane, 0, 2);
    multiply_pair(
        sum, input + piece->input[p], input + piece->input[p + 1], piece->gradient[p]);
  }
  if (p < piece->count) multiply_one(sum, input + piece->input[p], piece->gradient[p]);
  for (int i = 0; i < 3; ++i)
    for (int o = 0; o < 4; ++o) _mm256_storeu_ps(packed + i * FILTERS + o * BLOCK, sum[i][o]);
}

// Adds to the nine rows of packed gradients of an input channel. Meanwhile the pixels of the next
// piece, whose four blocks lie `plane` apart, are brought into the L2 cache.
INLINE void accumulate_taps_avx2(
    const float *input, ptrdiff_t line, const piece_t *piece, float *packed, const float *next,
    ptrdiff_t plane) {
  for (int row = 0; row < 3; ++row)
    accumulate_avx2(
        input + row * line, piece, packed + row * 3 * FILTERS, next + row * plane, plane);
}

// The same.
INLINE_AVX512 void accumulate_taps_avx512(
    const float *input, ptrdiff_t line, const piece_t *piece, float *packed, const float *next,
    ptrdiff_t plane) {
  multiply_taps(
      input, line, piece->input, piece->count, piece->gradient[0], packed, next, plane);
}
