// Convolutions of images, which have few channels, by 3 x 3 windows, stride 1, padding 1, for
// CPUs with AVX2 and FMA: a network's first layer. Inputs are dense
// (`[image][channel][row][column]`), outputs in blocks of eight channels
// (`[image][channel / 8][row][column][8]`).
//
// Packed weights are `[output / 32][input][tap][output % 32]`; a tap is
// `3 * kernel row + kernel column`.
#pragma once

#include <stddef.h>

#include "instructions.h"
#include "shape.h"

// Floats of workspace, 64-byte aligned, that one call of a pass below needs.
size_t topo_image_scratch(topo_convolution_t shape);

// Packs weights `[output][input][3][3]`.
void topo_image_pack(topo_convolution_t shape, const float *weight, float *packed);

// Cross-correlation with bias.
void topo_image_forward(
    topo_instructions_t instructions, topo_convolution_t shape, const float *input,
    const float *packed, const float *bias, float *output, float *scratch);

// Gradients of the packed weights and of the bias: of the output channels from `first` to before
// `end`, multiples of 32.
void topo_image_weight_gradient(
    topo_instructions_t instructions, topo_convolution_t shape, int first, int end,
    const float *input, const float *output_gradient, float *packed, float *bias, float *scratch);

// Adds up `count` packed gradients that lie `stride` floats apart, in order, into a gradient
// `[output][input][3][3]`.
void topo_image_unpack(
    topo_convolution_t shape, const float *packed, int count, size_t stride, float *weight);
