// Max pooling by 2 x 2 windows that tile a plane of eight interleaved channels, alone and with the
// batch normalisation before it. Planes may be part
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

// Batch normalisation, ReLU and pooling of such a plane: `(x - mean) * factor + shift` with eight
// channels' values each.
void topo_pool_normalized(
    const float *input, int block, int rows, int columns, const float *mean, const float *factor,
    const float *shift, float *output, uint8_t *places);

// Its gradients' sums, of eight channels each: of `gradient` where `output` is positive, and of the
// same times `x - mean` at the places.
void topo_pool_normalized_sums(
    const float *input, const float *output, const uint8_t *places, const float *gradient,
    int block, int rows, int columns, const float *mean, float *sum, float *product);

// `(g - gradient_mean - (x - mean) * slope) * factor` for every value of the plane, where g is the
// gradient at the places and zero elsewhere.
void topo_pool_normalized_backward(
    const float *input, const float *output, const uint8_t *places, const float *gradient,
    int block, int rows, int columns, const float *mean, const float *gradient_mean,
    const float *slope, const float *factor, float *input_gradient);
