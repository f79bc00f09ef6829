// Convolutions by 3 x 3 windows, stride 1, padding 1, with fewer multiplications: Winograd's
// minimal filtering F(2 x 2, 3 x 3) (Lavin and Gray, arXiv 1509.09308), 16 instead of 36 for each
// tile of 2 x 2 outputs and pair of channels. All three passes work in the transformed domain,
// where a convolution is sixteen matrix products, one for each position in a 4 x 4 tile.
//
// For CPUs with AVX2 and FMA. Activations are in blocks of eight channels
// (`[image][channel / 8][row][column][8]`); inputs have a multiple of 8, outputs of 32. Transformed
// weights are `[output / 32][position][input][output % 32]`, with gaps between positions.
#pragma once

#include <stddef.h>

#include "instructions.h"
#include "shape.h"

// Floats of workspace, 64-byte aligned, that one call of a pass below needs.
size_t topo_winograd_forward_scratch(topo_convolution_t shape);
size_t topo_winograd_weight_scratch(topo_convolution_t shape);

// Floats of transformed weights.
size_t topo_winograd_weights(topo_convolution_t shape);

// Transforms weights `[output][input][3][3]`: the blocks of 8 x 8 channels `first ..< last` of
// `outputs / 8 * inputs / 8`.
void topo_winograd_pack(
    topo_convolution_t shape, const float *weight, float *packed, int first, int last);

// The same of `[input][output][3][3]` with the filters rotated by 180 degrees, as for the gradient
// with respect to a convolution's input.
void topo_winograd_pack_rotated(
    topo_convolution_t shape, const float *weight, float *packed, int first, int last);

// Cross-correlation with bias, NULL for none.
void topo_winograd_forward(
    topo_instructions_t instructions, topo_convolution_t shape, const float *input,
    const float *packed, const float *bias, float *output, float *scratch);

// Gradients of the transformed weights and of the bias: of the output channels from `first` to
// before `end`, multiples of 32.
void topo_winograd_weight_gradient(
    topo_instructions_t instructions, topo_convolution_t shape, int first, int end,
    const float *input, const float *output_gradient, float *packed, float *bias, float *scratch);

// Adds up `count` gradients of transformed weights that lie `stride` floats apart, in order, and
// transforms the sum into a gradient `[output][input][3][3]`: the blocks `first ..< last`.
void topo_winograd_unpack(
    topo_convolution_t shape, const float *packed, int count, size_t stride, float *weight,
    int first, int last);
