#include "winograd_geometry.h"

#include "winograd.h"

size_t topo_winograd_weights(topo_convolution_t shape) {
  return shape.outputs / FILTERS * weight_group(shape);
}

#if defined(__x86_64__)

#include "multiply_avx2.h"

// Transposes an 8 x 8 matrix of eight vectors.
INLINE void transpose(__m256 v[8]) {
  __m256 pairs[8], fours[8];
  for (int i = 0; i < 8; i += 2) {
    pairs[i] = _mm256_unpacklo_ps(v[i], v[i + 1]);
    pairs[i + 1] = _mm256_unpackhi_ps(v[i], v[i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    fours[i] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
    fours[i + 1] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0xEE);
    fours[i + 2] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
    fours[i + 3] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xEE);
  }
  for (int i = 0; i < 4; ++i) {
    v[i] = _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x20);
    v[i + 4] = _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x31);
  }
}

// U = G g G' for eight output channels.
INLINE void transform_weights(const __m256 g[TAPS], float *packed, ptrdiff_t step) {
  const __m256 half = _mm256_set1_ps(0.5f);
  __m256 rows[4][3];
  for (int c = 0; c < 3; ++c) {
    const __m256 even = _mm256_mul_ps(_mm256_add_ps(g[c], g[6 + c]), half);
    const __m256 odd = _mm256_mul_ps(g[3 + c], half);
    rows[0][c] = g[c];
    rows[1][c] = _mm256_add_ps(even, odd);
    rows[2][c] = _mm256_sub_ps(even, odd);
    rows[3][c] = g[6 + c];
  }
  for (int r = 0; r < 4; ++r) {
    const __m256 even = _mm256_mul_ps(_mm256_add_ps(rows[r][0], rows[r][2]), half);
    const __m256 odd = _mm256_mul_ps(rows[r][1], half);
    const __m256 u[4] = {
        rows[r][0], _mm256_add_ps(even, odd), _mm256_sub_ps(even, odd), rows[r][2]};
    for (int c = 0; c < 4; ++c) _mm256_storeu_ps(packed + (4 * r + c) * step, u[c]);
  }
}

// g' = G' U G: the gradient with respect to weights from that with respect to transformed weights.
INLINE void transform_back(const __m256 u[POSITIONS], __m256 g[TAPS]) {
  const __m256 half = _mm256_set1_ps(0.5f);
  __m256 rows[3][4];
  for (int c = 0; c < 4; ++c) {
    const __m256 sum = _mm256_mul_ps(_mm256_add_ps(u[4 + c], u[8 + c]), half);
    rows[0][c] = _mm256_add_ps(u[c], sum);
    rows[1][c] = _mm256_mul_ps(_mm256_sub_ps(u[4 + c], u[8 + c]), half);
    rows[2][c] = _mm256_add_ps(sum, u[12 + c]);
  }
  for (int r = 0; r < 3; ++r) {
    const __m256 sum = _mm256_mul_ps(_mm256_add_ps(rows[r][1], rows[r][2]), half);
    g[3 * r] = _mm256_add_ps(rows[r][0], sum);
    g[3 * r + 1] = _mm256_mul_ps(_mm256_sub_ps(rows[r][1], rows[r][2]), half);
    g[3 * r + 2] = _mm256_add_ps(sum, rows[r][3]);
  }
}

// First output and input channel of a block of weights.
static int block_output(topo_convolution_t shape, int n) {
  return n / (shape.inputs / BLOCK) * BLOCK;
}
static int block_input(topo_convolution_t shape, int n) {
  return n % (shape.inputs / BLOCK) * BLOCK;
}

// Offset of eight output channels of an input channel among transformed weights.
static ptrdiff_t packed_offset(topo_convolution_t shape, int output, int input) {
  return output / FILTERS * weight_group(shape) + (ptrdiff_t)input * FILTERS + output % FILTERS;
}

VECTORS void topo_winograd_pack(
    topo_convolution_t shape, const float *weight, float *packed, int first, int last) {
  const ptrdiff_t filter = (ptrdiff_t)shape.inputs * TAPS;
  for (int n = first; n < last; ++n) {
    const int output = block_output(shape, n), input = block_input(shape, n);
    const float *from = weight + output * filter + input * TAPS;
    // Eight input channels' nine taps, one after the other.
    __m256 g[TAPS * BLOCK];
    for (int k = 0; k < TAPS * BLOCK; k += 8) {
      for (int o = 0; o < BLOCK; ++o) g[k + o] = _mm256_loadu_ps(from + o * filter + k);
      transpose(g + k);
    }
    for (int i = 0; i < BLOCK; ++i)
      transform_weights(
          g + i * TAPS, packed + packed_offset(shape, output, input + i), weight_step(shape));
  }
}

VECTORS void topo_winograd_pack_rotated(
    topo_convolution_t shape, const float *weight, float *packed, int first, int last) {
  for (int n = first; n < last; ++n) {
    const int output = block_output(shape, n), input = block_input(shape, n);
    for (int i = input; i < input + BLOCK; ++i) {
      const float *from = weight + ((ptrdiff_t)i * shape.outputs + output) * TAPS;
      __m256 taps[8], g[TAPS];
      for (int o = 0; o < BLOCK; ++o) taps[o] = _mm256_loadu_ps(from + o * TAPS);
      transpose(taps);
      for (int t = 0; t < 8; ++t) g[8 - t] = taps[t];
      g[0] = _mm256_setr_ps(
          from[8], from[17], from[26], from[35], from[44], from[53], from[62], from[71]);
      transform_weights(g, packed + packed_offset(shape, output, i), weight_step(shape));
    }
  }
}

VECTORS void topo_winograd_unpack(
    topo_convolution_t shape, const float *packed, int count, size_t stride, float *weight,
    int first, int last) {
  const ptrdiff_t filter = (ptrdiff_t)shape.inputs * TAPS, step = weight_step(shape);
  for (int n = first; n < last; ++n) {
    const int output = block_output(shape, n), input = block_input(shape, n);
    __m256 g[TAPS * BLOCK];
    for (int i = 0; i < BLOCK; ++i) {
      const float *from = packed + packed_offset(shape, output, input + i);
      __m256 u[POSITIONS];
      for (int p = 0; p < POSITIONS; ++p) {
        u[p] = _mm256_loadu_ps(from + p * step);
        for (int k = 1; k < count; ++k)
          u[p] = _mm256_add_ps(u[p], _mm256_loadu_ps(from + k * stride + p * step));
      }
      transform_back(u, g + i * TAPS);
    }
    float *to = weight + output * filter + input * TAPS;
    for (int k = 0; k < TAPS * BLOCK; k += 8) {
      transpose(g + k);
      for (int o = 0; o < BLOCK; ++o) _mm256_storeu_ps(to + o * filter + k, g[k + o]);
    }
  }
}

#else

void topo_winograd_pack(
    topo_convolution_t shape, const float *weight, float *packed, int first, int last) {}

void topo_winograd_pack_rotated(
    topo_convolution_t shape, const float *weight, float *packed, int first, int last) {}

void topo_winograd_unpack(
    topo_convolution_t shape, const float *packed, int count, size_t stride, float *weight,
    int first, int last) {}

#endif
