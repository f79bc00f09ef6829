// Max pooling by 2 x 2 windows that tile a plane of eight interleaved channels. Planes may be part
// of larger blocks: `block` floats lie between neighbouring pixels.
#pragma once

#include <stdint.h>

// Pools to `rows` x `columns`; `places` (with the output's layout) tells where in its window each
// maximum was, `2 * row + column`: the first on ties, a NaN before all numbers.
void topo_pool_pairs(
    const float *input, int block, int rows, int columns, float *output, uint8_t *places);

// Sends gradients to those places, and zero elsewhere.
void topo_pool_pairs_backward(
    const float *output_gradient, const uint8_t *places, int block, int rows, int columns,
    float *input_gradient);
