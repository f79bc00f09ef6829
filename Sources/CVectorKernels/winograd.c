#include "winograd.h"

#include <string.h>

#include "winograd_geometry.h"

size_t topo_winograd_forward_scratch(topo_convolution_t shape) {
  const int tiles = forward_tiles(shape);
  return POSITIONS * (input_step(shape, tiles) + output_step(tiles));
}

size_t topo_winograd_weight_scratch(topo_convolution_t shape) {
  const int tiles = weight_tiles(shape);
  return POSITIONS
         * (input_step(shape, tiles) + shape.outputs / FILTERS * output_step(tiles));
}

#if defined(__x86_64__)

#include "winograd_products.h"

#define LANES 8
#include "winograd_passes.h"
#undef LANES
#define LANES 16
#include "winograd_passes.h"
#undef LANES

void topo_winograd_forward(
    topo_instructions_t instructions, topo_convolution_t shape, const float *input,
    const float *packed, const float *bias, float *output, float *scratch) {
  (instructions == topo_avx512 ? forward_avx512 : forward_avx2)(
      shape, input, packed, bias, output, scratch);
}

void topo_winograd_weight_gradient(
    topo_instructions_t instructions, topo_convolution_t shape, int first, int end,
    const float *input, const float *output_gradient, float *packed, float *bias, float *scratch) {
  (instructions == topo_avx512 ? weight_gradient_avx512 : weight_gradient_avx2)(
      shape, first, end, input, output_gradient, packed, bias, scratch);
}

#else

void topo_winograd_forward(
    topo_instructions_t instructions, topo_convolution_t shape, const float *input,
    const float *packed, const float *bias, float *output, float *scratch) {}

void topo_winograd_weight_gradient(
    topo_instructions_t instructions, topo_convolution_t shape, int first, int end,
    const float *input, const float *output_gradient, float *packed, float *bias, float *scratch) {}

#endif
