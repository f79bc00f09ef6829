#include "image_convolution.h"

#include <stdint.h>
#include <string.h>

enum { BLOCK = 8, TAPS = 9, FILTERS = 32 };

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

#include "image_products.h"

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

#define LANES 8
#include "image_passes.h"
#undef LANES
#define LANES 16
#include "image_passes.h"
#undef LANES

void topo_image_forward(
    topo_instructions_t instructions, topo_convolution_t shape, const float *input,
    const float *packed, const float *bias, float *output, float *scratch) {
  (instructions == topo_avx512 ? image_forward_avx512 : image_forward_avx2)(
      shape, input, packed, bias, output, scratch);
}

void topo_image_weight_gradient(
    topo_instructions_t instructions, topo_convolution_t shape, int first, int end,
    const float *input, const float *output_gradient, float *packed, float *bias, float *scratch) {
  (instructions == topo_avx512 ? image_weight_gradient_avx512 : image_weight_gradient_avx2)(
      shape, first, end, input, output_gradient, packed, bias, scratch);
}

#else

void topo_image_forward(
    topo_instructions_t instructions, topo_convolution_t shape, const float *input,
    const float *packed, const float *bias, float *output, float *scratch) {}

void topo_image_weight_gradient(
    topo_instructions_t instructions, topo_convolution_t shape, int first, int end,
    const float *input, const float *output_gradient, float *packed, float *bias, float *scratch) {}

#endif
