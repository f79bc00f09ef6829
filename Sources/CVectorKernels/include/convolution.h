// Convolutions by 3 x 3 windows, stride 1, padding 1, for processors with AVX2 and FMA. Outputs are
// in blocks of eight channels (`[image][channel / 8][row][column][8]`), inputs too, but for the
// weights' gradient they may also be dense (blocks of one), as images are.
//
// Sums stay in twelve registers: three pixels times four blocks of output channels forward, three
// weights times four blocks backward. Output channels are a multiple of 32.
//
// Packed weights are `[output / 32][input / block][tap][input % block][output % 32]`; a tap is
// `3 * kernel row + kernel column`.
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  int images;
  int block;    // channels of an input block: 8 or 1
  int inputs;   // channels, a multiple of `block`
  int outputs;  // channels, a multiple of 32
  int rows;
  int columns;
} topo_tiles_t;

// Whether this processor has the instructions; nothing below may be called where it has not.
bool topo_tiles_supported(void);

// Floats of memory to work in, 64-byte aligned, that one call below needs.
size_t topo_tiles_scratch(topo_tiles_t shape);

// Packs weights `[output][input][3][3]`: the blocks `first ..< last` of `outputs / 32 * inputs /
// block`.
void topo_tiles_pack(
    topo_tiles_t shape, const float *weight, float *packed, int first, int last);

// The same of `[input][output][3][3]` with the window turned by 180 degrees: a convolution's weights
// for the gradient with respect to its input, which is the convolution of the output's gradient.
void topo_tiles_pack_rotated(
    topo_tiles_t shape, const float *weight, float *packed, int first, int last);

// Cross-correlation with bias, NULL for none; input blocks of 8.
void topo_tiles_forward(
    topo_tiles_t shape, const float *input, const float *packed, const float *bias, float *output,
    float *scratch);

// Gradients of the packed weights and of the bias.
void topo_tiles_weight_gradient(
    topo_tiles_t shape, const float *input, const float *output_gradient, float *packed,
    float *bias, float *scratch);

// Adds up `count` packed gradients that lie `stride` floats apart, in order, into a gradient
// `[output][input][3][3]`: the blocks `first ..< last`.
void topo_tiles_unpack(
    topo_tiles_t shape, const float *packed, int count, size_t stride, float *weight, int first,
    int last);
