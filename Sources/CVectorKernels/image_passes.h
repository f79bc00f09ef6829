// The passes of convolutions of images with one instruction set. Included once for each, after
// `LANES` is defined.
#include "lanes.h"

TARGET static void NAME(image_forward)(
    topo_convolution_t shape, const float *input, const float *packed, const float *bias,
    float *output, float *scratch) {
  const ptrdiff_t line = shape.columns + 2, source = padded_plane(shape);
  const ptrdiff_t pixels = (ptrdiff_t)shape.rows * shape.columns, plane = pixels * BLOCK;
  for (int image = 0; image < shape.images; ++image) {
    pad(shape, input + image * shape.inputs * pixels, scratch);
    for (int filter = 0; filter < shape.outputs; filter += FILTERS) {
      const float *weights = packed + (ptrdiff_t)filter * shape.inputs * TAPS;
      float *to = output + ((ptrdiff_t)image * (shape.outputs / BLOCK) + filter / BLOCK) * plane;
      for (int row = 0; row < shape.rows; ++row)
        NAME(correlate_row)(
            shape.columns, shape.inputs, scratch + row * line, line, source, weights,
            bias + filter, to + (ptrdiff_t)row * shape.columns * BLOCK, plane);
    }
  }
}

// Gathers a piece's output gradients of one group of output channels, whose blocks lie `plane`
// apart, and adds them to the gradients of the biases.
INLINED void NAME(gather)(
    const float *gradient, ptrdiff_t plane, piece_t *piece, float *bias) {
  VECTOR sum[FILTERS / LANES];
  for (int o = 0; o < FILTERS / LANES; ++o) sum[o] = ZERO;
  for (int p = 0; p < piece->count; ++p)
    for (int o = 0; o < FILTERS / LANES; ++o) {
      const VECTOR values =
          LOAD_BLOCKS(gradient + p * BLOCK + o * (LANES / BLOCK) * plane, plane);
      STORE(piece->gradient[p] + o * LANES, values);
      sum[o] += values;
    }
  for (int o = 0; o < FILTERS / LANES; ++o)
    STORE(bias + o * LANES, LOAD(bias + o * LANES) + sum[o]);
}

TARGET static void NAME(image_weight_gradient)(
    topo_convolution_t shape, int begin, int end, const float *input,
    const float *output_gradient, float *packed, float *bias, float *scratch) {
  const int taps = shape.inputs * TAPS, pixels = shape.rows * shape.columns;
  const ptrdiff_t line = shape.columns + 2, source = padded_plane(shape);
  const ptrdiff_t plane = (ptrdiff_t)pixels * BLOCK;
  memset(packed + (ptrdiff_t)begin * taps, 0, (size_t)(end - begin) * taps * sizeof(float));
  memset(bias + begin, 0, (size_t)(end - begin) * sizeof(float));

  piece_t piece;
  for (int image = 0; image < shape.images; ++image) {
    pad(shape, input + (ptrdiff_t)image * shape.inputs * pixels, scratch);
    for (int first = 0; first < pixels; first += piece.count) {
      piece.count = pixels - first < PIECE ? pixels - first : PIECE;
      for (int p = 0; p < piece.count; ++p)
        piece.input[p] = (int32_t)(
            (first + p) / shape.columns * line + (first + p) % shape.columns);
      for (int filter = begin; filter < end; filter += FILTERS) {
        const float *gradient =
            output_gradient
            + ((ptrdiff_t)image * (shape.outputs / BLOCK) + filter / BLOCK) * plane
            + first * BLOCK;
        NAME(gather)(gradient, plane, &piece, bias + filter);
        // The next piece is of this image or of the next.
        const float *next = first + piece.count < pixels
                                ? gradient + piece.count * BLOCK
                                : gradient + shape.outputs / BLOCK * plane - first * BLOCK;
        for (int i = 0; i < shape.inputs; ++i)
          NAME(accumulate_taps)(
              scratch + i * source, line, &piece,
              packed + ((ptrdiff_t)filter * shape.inputs + i * FILTERS) * TAPS, next, plane);
      }
    }
  }
}
