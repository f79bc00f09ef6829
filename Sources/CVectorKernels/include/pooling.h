// Max pooling by 2 x 2 windows that tile a plane of eight interleaved channels, alone and with the
// batch normalization before it. Planes may be part of larger blocks: `block` floats lie between
// neighboring pixels. `argmax`, laid out as the output, is each maximum's position in its window,
// `2 * row + column`: the first on ties, the first NaN before all numbers.
#pragma once

#include <stdint.h>

// Pools to `rows` x `columns`.
void topo_pool_pairs(
    const float *input, int block, int rows, int columns, float *output, uint8_t *argmax);

// The gradient at the positions that `argmax` names, and zero elsewhere.
void topo_pool_pairs_backward(
    const float *output_gradient, const uint8_t *argmax, int block, int rows, int columns,
    float *input_gradient);

// Batch normalization, ReLU and pooling of such a plane: `(x - mean) * factor + beta` with eight
// channels' values each.
void topo_pool_normalized(
    const float *input, int block, int rows, int columns, const float *mean, const float *factor,
    const float *beta, float *output, uint8_t *argmax);

// Its gradients' sums, of eight channels each: of `gradient` if `output` is positive, and of the
// same times `x - mean` at the position of the maximum.
void topo_pool_normalized_sums(
    const float *input, const float *output, const uint8_t *argmax, const float *gradient,
    int block, int rows, int columns, const float *mean, float *sum, float *product);

// `(g - gradient_mean - (x - mean) * slope) * factor` for every value of the plane. g is the
// gradient at the positions of the maxima, and zero elsewhere.
void topo_pool_normalized_backward(
    const float *input, const float *output, const uint8_t *argmax, const float *gradient,
    int block, int rows, int columns, const float *mean, const float *gradient_mean,
    const float *slope, const float *factor, float *input_gradient);
