// The passes of Winograd's algorithm with one instruction set. Included once for each, after
// `LANES` is defined. A transform works on LANES channels at a time: one block, or two.
#include "lanes.h"

// One row of four pixels, of which `valid` (a bit each) are in the image, times B.
INLINED void NAME(filter_row)(const float *x, ptrdiff_t plane, unsigned valid, VECTOR h[4]) {
  const VECTOR d0 = valid & 1 ? LOAD_BLOCKS(x, plane) : ZERO;
  const VECTOR d1 = valid & 2 ? LOAD_BLOCKS(x + BLOCK, plane) : ZERO;
  const VECTOR d2 = valid & 4 ? LOAD_BLOCKS(x + 2 * BLOCK, plane) : ZERO;
  const VECTOR d3 = valid & 8 ? LOAD_BLOCKS(x + 3 * BLOCK, plane) : ZERO;
  h[0] = d0 - d2;
  h[1] = d1 + d2;
  h[2] = d2 - d1;
  h[3] = d1 - d3;
}

INLINED void NAME(store_row)(float *to, ptrdiff_t step, const VECTOR v[4]) {
  for (int c = 0; c < 4; ++c) STORE(to + c * step, v[c]);
}

// V = B' d B of the blocks of a tile whose first pixel (up and left of its outputs) is at `x`;
// `valid` has four bits a row.
INLINED void NAME(transform_tile)(
    const float *x, ptrdiff_t line, ptrdiff_t plane, unsigned valid, float *to, ptrdiff_t step) {
  VECTOR one[4], two[4], other[4], v[4];
  NAME(filter_row)(x + line, plane, valid >> 4, one);
  NAME(filter_row)(x + 2 * line, plane, valid >> 8, two);
  for (int c = 0; c < 4; ++c) v[c] = one[c] + two[c];
  NAME(store_row)(to + 4 * step, step, v);
  for (int c = 0; c < 4; ++c) v[c] = two[c] - one[c];
  NAME(store_row)(to + 8 * step, step, v);
  NAME(filter_row)(x, plane, valid, other);
  for (int c = 0; c < 4; ++c) v[c] = other[c] - two[c];
  NAME(store_row)(to, step, v);
  NAME(filter_row)(x + 3 * line, plane, valid >> 12, other);
  for (int c = 0; c < 4; ++c) v[c] = one[c] - other[c];
  NAME(store_row)(to + 12 * step, step, v);
}

// The same of all of a tile's blocks. If their number is odd, the last goes alone.
INLINED void NAME(transform_blocks)(
    int blocks, const float *x, ptrdiff_t line, ptrdiff_t plane, unsigned valid, float *to,
    ptrdiff_t step) {
  int b = 0;
  for (; b + LANES / BLOCK <= blocks; b += LANES / BLOCK)
    NAME(transform_tile)(x + b * plane, line, plane, valid, to + b * BLOCK, step);
#if LANES == 16
  if (b < blocks) transform_tile_avx2(x + b * plane, line, plane, valid, to + b * BLOCK, step);
#endif
}

// Transforms of `count` tiles from `first` on: `[position][tile][channel]`.
INLINED void NAME(transform_input)(
    topo_convolution_t shape, const float *input, tile_t tile, int count, float *to,
    ptrdiff_t step) {
  const ptrdiff_t line = (ptrdiff_t)shape.columns * BLOCK, plane = line * shape.rows;
  const int blocks = shape.inputs / BLOCK;
  for (int t = 0; t < count; ++t, tile = next_tile(shape, tile), to += shape.inputs + SKEW) {
    unsigned in_row = 0, valid = 0;
    for (int c = 0; c < 4; ++c)
      in_row |= (unsigned)(tile.column + c > 0 && tile.column + c <= shape.columns) << c;
    for (int r = 0; r < 4; ++r)
      if (tile.row + r > 0 && tile.row + r <= shape.rows) valid |= in_row << 4 * r;
    const float *x = input + (ptrdiff_t)tile.image * blocks * plane + (tile.row - 1) * line
                     + (tile.column - 1) * BLOCK;
    if (valid == 0xFFFF)
      NAME(transform_blocks)(blocks, x, line, plane, 0xFFFF, to, step);
    else
      NAME(transform_blocks)(blocks, x, line, plane, valid, to, step);
  }
}

// Y = A' M A of some of a tile's channels.
INLINED void NAME(transform_product)(const float *m, ptrdiff_t step, VECTOR y[2][2]) {
  for (int r = 0; r < 4; ++r, m += 4 * step) {
    const VECTOR m0 = LOAD(m), m1 = LOAD(m + step);
    const VECTOR m2 = LOAD(m + 2 * step), m3 = LOAD(m + 3 * step);
    const VECTOR left = m0 + (m1 + m2);
    const VECTOR right = m1 - m2 - m3;
    if (r == 0) {
      y[0][0] = left;
      y[0][1] = right;
    } else if (r == 1) {
      y[0][0] += left;
      y[0][1] += right;
      y[1][0] = left;
      y[1][1] = right;
    } else {
      if (r == 2) {
        y[0][0] += left;
        y[0][1] += right;
      }
      y[1][0] -= left;
      y[1][1] -= right;
    }
  }
}

// Stores the outputs of one group of output channels of `count` tiles.
INLINED void NAME(write_output)(
    topo_convolution_t shape, const float *product, ptrdiff_t step, tile_t tile, int count,
    const float *bias, int filter, float *output) {
  const ptrdiff_t line = (ptrdiff_t)shape.columns * BLOCK, plane = line * shape.rows;
  for (int t = 0; t < count; ++t, tile = next_tile(shape, tile), product += FILTERS) {
    float *to = output + ((ptrdiff_t)tile.image * (shape.outputs / BLOCK) + filter / BLOCK) * plane
                + tile.row * line + tile.column * BLOCK;
    const bool below = tile.row + 1 < shape.rows, beside = tile.column + 1 < shape.columns;
    for (int o = 0; o < FILTERS; o += LANES, to += LANES / BLOCK * plane) {
      VECTOR y[2][2];
      NAME(transform_product)(product + o, step, y);
      const VECTOR b = bias ? LOAD(bias + filter + o) : ZERO;
      STORE_BLOCKS(to, plane, y[0][0] + b);
      if (beside) STORE_BLOCKS(to + BLOCK, plane, y[0][1] + b);
      if (below) STORE_BLOCKS(to + line, plane, y[1][0] + b);
      if (beside && below) STORE_BLOCKS(to + line + BLOCK, plane, y[1][1] + b);
    }
  }
}

TARGET static void NAME(forward)(
    topo_convolution_t shape, const float *input, const float *packed, const float *bias,
    float *output, float *scratch) {
  const int all = tiles_of(shape), most = forward_tiles(shape);
  const ptrdiff_t step = input_step(shape, most), product_step = output_step(most);
  const ptrdiff_t row = shape.inputs + SKEW;
  const ptrdiff_t plane = (ptrdiff_t)shape.rows * shape.columns * BLOCK;
  float *product = scratch + POSITIONS * step;
  for (int first = 0; first < all; first += most) {
    const int count = all - first < most ? all - first : most;
    const tile_t tile = tile_at(shape, first);
    NAME(transform_input)(shape, input, tile, count, scratch, step);
    // What the next tiles' transforms read, and what these outputs overwrite.
    ahead_t inputs = {
        input, shape.inputs / BLOCK, shape.inputs / BLOCK, most, tile_at(shape, first + count), 0};
    int done = 0;
    for (int filter = 0; filter < shape.outputs; filter += FILTERS) {
      const float *weights = packed + filter / FILTERS * weight_group(shape);
      ahead_t outputs = {
          output + filter / BLOCK * plane, shape.outputs / BLOCK, FILTERS / BLOCK, count, tile, 0};
      for (int position = 0; position < POSITIONS; ++position, weights += weight_step(shape)) {
        prefetch(shape, &inputs, ++done, shape.outputs / FILTERS * POSITIONS);
        prefetch(shape, &outputs, position + 1, POSITIONS);
        NAME(products)(
            count, scratch + position * step, row, shape.inputs, weights,
            product + position * product_step);
      }
      NAME(write_output)(shape, product, product_step, tile, count, bias, filter, output);
    }
  }
}

// Z = A dy A' of one group of output channels of `count` tiles, `[position][tile][32]`; adds the
// gradients to those of the biases.
INLINED void NAME(transform_gradient)(
    topo_convolution_t shape, const float *gradient, tile_t tile, int count, int filter, float *to,
    ptrdiff_t step, float *bias) {
  enum { VECTORS_OF_GROUP = FILTERS / LANES };
  const ptrdiff_t line = (ptrdiff_t)shape.columns * BLOCK, plane = line * shape.rows;
  VECTOR sum[VECTORS_OF_GROUP];
  for (int o = 0; o < VECTORS_OF_GROUP; ++o) sum[o] = LOAD(bias + filter + o * LANES);
  for (int t = 0; t < count; ++t, tile = next_tile(shape, tile), to += FILTERS) {
    const float *dy = gradient
                      + ((ptrdiff_t)tile.image * (shape.outputs / BLOCK) + filter / BLOCK) * plane
                      + tile.row * line + tile.column * BLOCK;
    const bool below = tile.row + 1 < shape.rows, beside = tile.column + 1 < shape.columns;
    for (int o = 0; o < VECTORS_OF_GROUP; ++o, dy += LANES / BLOCK * plane) {
      const VECTOR a = LOAD_BLOCKS(dy, plane);
      const VECTOR b = beside ? LOAD_BLOCKS(dy + BLOCK, plane) : ZERO;
      const VECTOR c = below ? LOAD_BLOCKS(dy + line, plane) : ZERO;
      const VECTOR d = beside && below ? LOAD_BLOCKS(dy + line + BLOCK, plane) : ZERO;
      sum[o] += (a + b) + (c + d);
      const VECTOR rows[4][2] = {{a, b}, {a + c, b + d}, {a - c, b - d}, {ZERO - c, ZERO - d}};
      for (int r = 0; r < 4; ++r) {
        const VECTOR z[4] = {
            rows[r][0], rows[r][0] + rows[r][1], rows[r][0] - rows[r][1], ZERO - rows[r][1]};
        NAME(store_row)(to + 4 * r * step + o * LANES, step, z);
      }
    }
  }
  for (int o = 0; o < VECTORS_OF_GROUP; ++o) STORE(bias + filter + o * LANES, sum[o]);
}

TARGET static void NAME(weight_gradient)(
    topo_convolution_t shape, int begin, int end, const float *input,
    const float *output_gradient, float *packed, float *bias, float *scratch) {
  const int all = tiles_of(shape), most = weight_tiles(shape);
  const ptrdiff_t step = input_step(shape, most), gradient_step = output_step(most);
  const ptrdiff_t row = shape.inputs + SKEW;
  float *gradients = scratch + POSITIONS * step;
  const ptrdiff_t plane = (ptrdiff_t)shape.rows * shape.columns * BLOCK;
  const int steps = (end - begin) / FILTERS * POSITIONS;
  memset(bias + begin, 0, (size_t)(end - begin) * sizeof(float));
  for (int first = 0; first < all; first += most) {
    const int count = all - first < most ? all - first : most;
    const tile_t tile = tile_at(shape, first);
    NAME(transform_input)(shape, input, tile, count, scratch, step);
    // What the next tiles' transforms read.
    const tile_t behind = tile_at(shape, first + count);
    ahead_t inputs = {input, shape.inputs / BLOCK, shape.inputs / BLOCK, most, behind, 0};
    ahead_t outputs = {
        output_gradient + begin / BLOCK * plane, shape.outputs / BLOCK, (end - begin) / BLOCK, most,
        behind, 0};
    int done = 0;
    for (int filter = begin; filter < end; filter += FILTERS) {
      float *filter_gradients = gradients + (filter - begin) / FILTERS * POSITIONS * gradient_step;
      NAME(transform_gradient)(
          shape, output_gradient, tile, count, filter, filter_gradients, gradient_step, bias);
      for (int position = 0; position < POSITIONS; ++position) {
        ++done;
        prefetch(shape, &inputs, done, steps);
        prefetch(shape, &outputs, done, steps);
        NAME(product_sums)(
            shape.inputs, scratch + position * step, row,
            filter_gradients + position * gradient_step, count, first == 0,
            packed + filter / FILTERS * weight_group(shape) + position * weight_step(shape));
      }
    }
  }
}
