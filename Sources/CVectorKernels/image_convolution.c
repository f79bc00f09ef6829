#include "image_convolution.h"

#include <stdint.h>
#include <string.h>

enum { BLOCK = 8, TAPS = 9, FILTERS = 32 };

// Pixels of a piece of work in the gradient of the weights: what is read of them fits the L1 cache.
enum { PIECE = 128 };

static size_t padded_plane(topo_convolution_t shape) {
  return (size_t)(shape.rows + 2) * (shape.columns + 2);
}

size_t topo_image_scratch(topo_convolution_t shape) { return shape.inputs * padded_plane(shape); }

void topo_image_pack(topo_convolution_t shape, const float *weight, float *packed) {
  const int taps = shape.inputs * TAPS;
  for (int o = 0; o < shape.outputs; ++o)
    for (int k = 0; k < taps; ++k)
      packed[(o / FILTERS * taps + k) * FILTERS + o % FILTERS] = weight[o * taps + k];
}

void topo_image_unpack(
    topo_convolution_t shape, const float *packed, int count, size_t stride, float *weight) {
  const int taps = shape.inputs * TAPS;
  for (int o = 0; o < shape.outputs; ++o)
    for (int k = 0; k < taps; ++k) {
      const float *from = packed + (o / FILTERS * taps + k) * FILTERS + o % FILTERS;
      float sum = *from;
      for (int n = 1; n < count; ++n) sum += from[n * stride];
      weight[o * taps + k] = sum;
    }
}

#if defined(__x86_64__)

#include "multiply.h"

bool topo_convolutions_supported(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

// Copies an image's planes into ones with a border of zeros.
static void pad(topo_convolution_t shape, const float *from, float *to) {
  const size_t columns = shape.columns;
  for (int n = 0; n < shape.inputs; ++n) {
    // The border above, and the first of the row below it.
    memset(to, 0, (columns + 3) * sizeof(float));
    to += columns + 3;
    for (int r = 0; r < shape.rows; ++r, from += columns, to += columns + 2) {
      memcpy(to, from, columns * sizeof(float));
      to[columns] = to[columns + 1] = 0;
    }
    memset(to, 0, (columns + 1) * sizeof(float));
    to += columns + 1;
  }
}

// `count` neighboring pixels of 32 output channels, whose blocks lie `plane` apart.
INLINE void correlate(
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

VECTORS void topo_image_forward(
    topo_convolution_t shape, const float *input, const float *packed, const float *bias,
    float *output, float *scratch) {
  const ptrdiff_t line = shape.columns + 2, source = padded_plane(shape);
  const ptrdiff_t pixels = (ptrdiff_t)shape.rows * shape.columns, plane = pixels * BLOCK;
  for (int image = 0; image < shape.images; ++image) {
    pad(shape, input + image * shape.inputs * pixels, scratch);
    for (int filter = 0; filter < shape.outputs; filter += FILTERS) {
      const float *weights = packed + (ptrdiff_t)filter * shape.inputs * TAPS;
      float *to = output + ((ptrdiff_t)image * (shape.outputs / BLOCK) + filter / BLOCK) * plane;
      for (int row = 0; row < shape.rows; ++row) {
        const float *x = scratch + row * line;
        int column = 0;
        for (; column + 3 <= shape.columns; column += 3, to += 3 * BLOCK)
          correlate(3, shape.inputs, x + column, line, source, weights, bias + filter, to, plane);
        if (shape.columns - column == 2)
          correlate(2, shape.inputs, x + column, line, source, weights, bias + filter, to, plane);
        else if (shape.columns - column == 1)
          correlate(1, shape.inputs, x + column, line, source, weights, bias + filter, to, plane);
        to += (shape.columns - column) * BLOCK;
      }
    }
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
INLINE void accumulate(const float *input, const piece_t *piece, float *packed) {
  __m256 sum[3][4];
  for (int i = 0; i < 3; ++i)
    for (int o = 0; o < 4; ++o) sum[i][o] = _mm256_loadu_ps(packed + i * FILTERS + o * BLOCK);
  int p = 0;
  for (; p + 2 <= piece->count; p += 2)
    multiply_pair(
        sum, input + piece->input[p], input + piece->input[p + 1], piece->gradient[p]);
  if (p < piece->count) multiply_one(sum, input + piece->input[p], piece->gradient[p]);
  for (int i = 0; i < 3; ++i)
    for (int o = 0; o < 4; ++o) _mm256_storeu_ps(packed + i * FILTERS + o * BLOCK, sum[i][o]);
}

// Gathers a piece's output gradients of one group of output channels, whose blocks lie `plane`
// apart, and adds them to the gradients of the biases.
INLINE void gather(const float *gradient, ptrdiff_t plane, piece_t *piece, float *bias) {
  __m256 sum[4];
  for (int o = 0; o < 4; ++o) sum[o] = _mm256_setzero_ps();
  for (int p = 0; p < piece->count; ++p)
    for (int o = 0; o < 4; ++o) {
      const __m256 values = _mm256_loadu_ps(gradient + p * BLOCK + o * plane);
      _mm256_store_ps(piece->gradient[p] + o * BLOCK, values);
      sum[o] = _mm256_add_ps(sum[o], values);
    }
  for (int o = 0; o < 4; ++o)
    _mm256_storeu_ps(
        bias + o * BLOCK, _mm256_add_ps(_mm256_loadu_ps(bias + o * BLOCK), sum[o]));
}

VECTORS void topo_image_weight_gradient(
    topo_convolution_t shape, const float *input, const float *output_gradient, float *packed,
    float *bias, float *scratch) {
  const int taps = shape.inputs * TAPS, pixels = shape.rows * shape.columns;
  const ptrdiff_t line = shape.columns + 2, source = padded_plane(shape);
  const ptrdiff_t plane = (ptrdiff_t)pixels * BLOCK;
  memset(packed, 0, (size_t)shape.outputs * taps * sizeof(float));
  memset(bias, 0, (size_t)shape.outputs * sizeof(float));

  piece_t piece;
  for (int image = 0; image < shape.images; ++image) {
    pad(shape, input + (ptrdiff_t)image * shape.inputs * pixels, scratch);
    for (int first = 0; first < pixels; first += piece.count) {
      piece.count = pixels - first < PIECE ? pixels - first : PIECE;
      for (int p = 0; p < piece.count; ++p)
        piece.input[p] = (int32_t)(
            (first + p) / shape.columns * line + (first + p) % shape.columns);
      for (int filter = 0; filter < shape.outputs; filter += FILTERS) {
        const float *gradient =
            output_gradient
            + ((ptrdiff_t)image * (shape.outputs / BLOCK) + filter / BLOCK) * plane
            + first * BLOCK;
        gather(gradient, plane, &piece, bias + filter);
        float *target = packed + (ptrdiff_t)filter * taps;
        for (int i = 0; i < shape.inputs; ++i)
          for (int row = 0; row < 3; ++row, target += 3 * FILTERS)
            accumulate(scratch + i * source + row * line, &piece, target);
      }
    }
  }
}

#else

bool topo_convolutions_supported(void) { return false; }

void topo_image_forward(
    topo_convolution_t shape, const float *input, const float *packed, const float *bias,
    float *output, float *scratch) {}

void topo_image_weight_gradient(
    topo_convolution_t shape, const float *input, const float *output_gradient, float *packed,
    float *bias, float *scratch) {}

#endif
