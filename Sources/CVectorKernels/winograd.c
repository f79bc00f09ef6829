#include "winograd.h"

#include <string.h>

// A tile is 2 x 2 outputs and the 4 x 4 inputs that they depend on. In the transformed domain it
// has sixteen positions, numbered row by row:
//
//      . . . .        outputs are marked o; the inputs of a         0  1  2  3
//      . o o .        neighboring tile overlap by two columns       4  5  6  7
//      . o o .        or rows                                       8  9 10 11
//      . . . .                                                     12 13 14 15
//
// Each position is a separate matrix product, [tile][input channel] times [input channel][output
// channel]. In memory, with `inputs` + SKEW floats per tile:
//
//      input     [position][tile][input channel]      input_step() apart
//      weights   [output / 32][position][input channel][32]   weight_step(), weight_group() apart
//      product   [position][tile][32]                 output_step() apart
//
// The names are those of the paper: U = G g G' of weights g, V = B' d B of inputs d, and outputs
// Y = A' M A of the product M.

enum { BLOCK = 8, FILTERS = 32, POSITIONS = 16, TAPS = 9 };

// Floats between rows, and between the sixteen positions of a tile, which would otherwise lie a
// power of two apart and evict each other from the caches.
enum { GAP = 16, SKEW = 8 };

// Bytes of transformed tiles that are worked on together. Forward they should stay in the L2 cache;
// for the gradient of the weights more is faster, because its sums are read and written once for
// all of them.
enum { FORWARD_BYTES = 256 << 10, WEIGHT_BYTES = 1 << 20 };

static int tiles_of(topo_convolution_t shape) {
  return shape.images * ((shape.rows + 1) / 2) * ((shape.columns + 1) / 2);
}

// Tiles that are worked on together, in whole triples: their transforms take about `bytes`.
static int tiles_at_once(topo_convolution_t shape, int channels, int bytes) {
  const int most = (tiles_of(shape) + 2) / 3 * 3;
  int tiles = bytes / (POSITIONS * (int)sizeof(float) * channels) / 3 * 3;
  if (tiles < 12) tiles = 12;
  return tiles < most ? tiles : most;
}

static int forward_tiles(topo_convolution_t shape) {
  return tiles_at_once(shape, shape.inputs + FILTERS, FORWARD_BYTES);
}

static int weight_tiles(topo_convolution_t shape) {
  return tiles_at_once(shape, shape.inputs + shape.outputs, WEIGHT_BYTES);
}

// From a position's transform to the next position's.
static ptrdiff_t input_step(topo_convolution_t shape, int tiles) {
  return (ptrdiff_t)tiles * (shape.inputs + SKEW) + GAP;
}

static ptrdiff_t output_step(int tiles) { return (ptrdiff_t)tiles * FILTERS + GAP; }

// From a position's weights for 32 output channels to the next position's, and to the next 32
// channels'.
static ptrdiff_t weight_step(topo_convolution_t shape) {
  return (ptrdiff_t)shape.inputs * FILTERS + GAP;
}
static ptrdiff_t weight_group(topo_convolution_t shape) { return POSITIONS * weight_step(shape); }

size_t topo_winograd_weights(topo_convolution_t shape) {
  return shape.outputs / FILTERS * weight_group(shape);
}

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

#include "multiply.h"

// Transposes an 8 x 8 matrix of eight vectors.
INLINE void transpose(__m256 v[8]) {
  __m256 pairs[8], fours[8];
  for (int i = 0; i < 8; i += 2) {
    pairs[i] = _mm256_unpacklo_ps(v[i], v[i + 1]);
    pairs[i + 1] = _mm256_unpackhi_ps(v[i], v[i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    fours[i] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
    fours[i + 1] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0xEE);
    fours[i + 2] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
    fours[i + 3] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xEE);
  }
  for (int i = 0; i < 4; ++i) {
    v[i] = _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x20);
    v[i + 4] = _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x31);
  }
}

// U = G g G' for eight output channels.
INLINE void transform_weights(const __m256 g[TAPS], float *packed, ptrdiff_t step) {
  const __m256 half = _mm256_set1_ps(0.5f);
  __m256 rows[4][3];
  for (int c = 0; c < 3; ++c) {
    const __m256 even = _mm256_mul_ps(_mm256_add_ps(g[c], g[6 + c]), half);
    const __m256 odd = _mm256_mul_ps(g[3 + c], half);
    rows[0][c] = g[c];
    rows[1][c] = _mm256_add_ps(even, odd);
    rows[2][c] = _mm256_sub_ps(even, odd);
    rows[3][c] = g[6 + c];
  }
  for (int r = 0; r < 4; ++r) {
    const __m256 even = _mm256_mul_ps(_mm256_add_ps(rows[r][0], rows[r][2]), half);
    const __m256 odd = _mm256_mul_ps(rows[r][1], half);
    const __m256 u[4] = {
        rows[r][0], _mm256_add_ps(even, odd), _mm256_sub_ps(even, odd), rows[r][2]};
    for (int c = 0; c < 4; ++c) _mm256_storeu_ps(packed + (4 * r + c) * step, u[c]);
  }
}

// g' = G' U G: the gradient with respect to weights from that with respect to transformed weights.
INLINE void transform_back(const __m256 u[POSITIONS], __m256 g[TAPS]) {
  const __m256 half = _mm256_set1_ps(0.5f);
  __m256 rows[3][4];
  for (int c = 0; c < 4; ++c) {
    const __m256 sum = _mm256_mul_ps(_mm256_add_ps(u[4 + c], u[8 + c]), half);
    rows[0][c] = _mm256_add_ps(u[c], sum);
    rows[1][c] = _mm256_mul_ps(_mm256_sub_ps(u[4 + c], u[8 + c]), half);
    rows[2][c] = _mm256_add_ps(sum, u[12 + c]);
  }
  for (int r = 0; r < 3; ++r) {
    const __m256 sum = _mm256_mul_ps(_mm256_add_ps(rows[r][1], rows[r][2]), half);
    g[3 * r] = _mm256_add_ps(rows[r][0], sum);
    g[3 * r + 1] = _mm256_mul_ps(_mm256_sub_ps(rows[r][1], rows[r][2]), half);
    g[3 * r + 2] = _mm256_add_ps(sum, rows[r][3]);
  }
}

// First output and input channel of a block of weights.
static int block_output(topo_convolution_t shape, int n) {
  return n / (shape.inputs / BLOCK) * BLOCK;
}
static int block_input(topo_convolution_t shape, int n) {
  return n % (shape.inputs / BLOCK) * BLOCK;
}

// Offset of eight output channels of an input channel among transformed weights.
static ptrdiff_t packed_offset(topo_convolution_t shape, int output, int input) {
  return output / FILTERS * weight_group(shape) + (ptrdiff_t)input * FILTERS + output % FILTERS;
}

VECTORS void topo_winograd_pack(
    topo_convolution_t shape, const float *weight, float *packed, int first, int last) {
  const ptrdiff_t filter = (ptrdiff_t)shape.inputs * TAPS;
  for (int n = first; n < last; ++n) {
    const int output = block_output(shape, n), input = block_input(shape, n);
    const float *from = weight + output * filter + input * TAPS;
    // Eight input channels' nine taps, one after the other.
    __m256 g[TAPS * BLOCK];
    for (int k = 0; k < TAPS * BLOCK; k += 8) {
      for (int o = 0; o < BLOCK; ++o) g[k + o] = _mm256_loadu_ps(from + o * filter + k);
      transpose(g + k);
    }
    for (int i = 0; i < BLOCK; ++i)
      transform_weights(
          g + i * TAPS, packed + packed_offset(shape, output, input + i), weight_step(shape));
  }
}

VECTORS void topo_winograd_pack_rotated(
    topo_convolution_t shape, const float *weight, float *packed, int first, int last) {
  for (int n = first; n < last; ++n) {
    const int output = block_output(shape, n), input = block_input(shape, n);
    for (int i = input; i < input + BLOCK; ++i) {
      const float *from = weight + ((ptrdiff_t)i * shape.outputs + output) * TAPS;
      __m256 taps[8], g[TAPS];
      for (int o = 0; o < BLOCK; ++o) taps[o] = _mm256_loadu_ps(from + o * TAPS);
      transpose(taps);
      for (int t = 0; t < 8; ++t) g[8 - t] = taps[t];
      g[0] = _mm256_setr_ps(
          from[8], from[17], from[26], from[35], from[44], from[53], from[62], from[71]);
      transform_weights(g, packed + packed_offset(shape, output, i), weight_step(shape));
    }
  }
}

VECTORS void topo_winograd_unpack(
    topo_convolution_t shape, const float *packed, int count, size_t stride, float *weight,
    int first, int last) {
  const ptrdiff_t filter = (ptrdiff_t)shape.inputs * TAPS, step = weight_step(shape);
  for (int n = first; n < last; ++n) {
    const int output = block_output(shape, n), input = block_input(shape, n);
    __m256 g[TAPS * BLOCK];
    for (int i = 0; i < BLOCK; ++i) {
      const float *from = packed + packed_offset(shape, output, input + i);
      __m256 u[POSITIONS];
      for (int p = 0; p < POSITIONS; ++p) {
        u[p] = _mm256_loadu_ps(from + p * step);
        for (int k = 1; k < count; ++k)
          u[p] = _mm256_add_ps(u[p], _mm256_loadu_ps(from + k * stride + p * step));
      }
      transform_back(u, g + i * TAPS);
    }
    float *to = weight + output * filter + input * TAPS;
    for (int k = 0; k < TAPS * BLOCK; k += 8) {
      transpose(g + k);
      for (int o = 0; o < BLOCK; ++o) _mm256_storeu_ps(to + o * filter + k, g[k + o]);
    }
  }
}

// A tile's image, and the row and column of its first output.
typedef struct {
  int image, row, column;
} tile_t;

INLINE tile_t tile_at(topo_convolution_t shape, int index) {
  const int columns = (shape.columns + 1) / 2, rows = (shape.rows + 1) / 2;
  return (tile_t){index / (rows * columns), index / columns % rows * 2, index % columns * 2};
}

INLINE tile_t next_tile(topo_convolution_t shape, tile_t tile) {
  tile.column += 2;
  if (tile.column < shape.columns) return tile;
  tile.column = 0;
  tile.row += 2;
  if (tile.row < shape.rows) return tile;
  tile.row = 0;
  ++tile.image;
  return tile;
}

// One row of four pixels, of which `valid` (a bit each) are in the image, times B.
INLINE void filter_row(const float *x, unsigned valid, __m256 h[4]) {
  const __m256 zero = _mm256_setzero_ps();
  const __m256 d0 = valid & 1 ? _mm256_loadu_ps(x) : zero;
  const __m256 d1 = valid & 2 ? _mm256_loadu_ps(x + BLOCK) : zero;
  const __m256 d2 = valid & 4 ? _mm256_loadu_ps(x + 2 * BLOCK) : zero;
  const __m256 d3 = valid & 8 ? _mm256_loadu_ps(x + 3 * BLOCK) : zero;
  h[0] = _mm256_sub_ps(d0, d2);
  h[1] = _mm256_add_ps(d1, d2);
  h[2] = _mm256_sub_ps(d2, d1);
  h[3] = _mm256_sub_ps(d1, d3);
}

INLINE void store_row(float *to, ptrdiff_t step, const __m256 v[4]) {
  for (int c = 0; c < 4; ++c) _mm256_storeu_ps(to + c * step, v[c]);
}

// V = B' d B of one block of a tile whose first pixel (up and left of its outputs) is at `x`;
// `valid` has four bits a row.
INLINE void transform_tile(
    const float *x, ptrdiff_t line, unsigned valid, float *to, ptrdiff_t step) {
  __m256 one[4], two[4], other[4], v[4];
  filter_row(x + line, valid >> 4, one);
  filter_row(x + 2 * line, valid >> 8, two);
  for (int c = 0; c < 4; ++c) v[c] = _mm256_add_ps(one[c], two[c]);
  store_row(to + 4 * step, step, v);
  for (int c = 0; c < 4; ++c) v[c] = _mm256_sub_ps(two[c], one[c]);
  store_row(to + 8 * step, step, v);
  filter_row(x, valid, other);
  for (int c = 0; c < 4; ++c) v[c] = _mm256_sub_ps(other[c], two[c]);
  store_row(to, step, v);
  filter_row(x + 3 * line, valid >> 12, other);
  for (int c = 0; c < 4; ++c) v[c] = _mm256_sub_ps(one[c], other[c]);
  store_row(to + 12 * step, step, v);
}

// Transforms of `count` tiles from `first` on: `[position][tile][channel]`.
INLINE void transform_input(
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
      for (int b = 0; b < blocks; ++b)
        transform_tile(x + b * plane, line, 0xFFFF, to + b * BLOCK, step);
    else
      for (int b = 0; b < blocks; ++b)
        transform_tile(x + b * plane, line, valid, to + b * BLOCK, step);
  }
}

// Y = A' M A of a tile's eight channels.
INLINE void transform_product(const float *m, ptrdiff_t step, __m256 y[2][2]) {
  for (int r = 0; r < 4; ++r, m += 4 * step) {
    const __m256 m0 = _mm256_loadu_ps(m), m1 = _mm256_loadu_ps(m + step);
    const __m256 m2 = _mm256_loadu_ps(m + 2 * step), m3 = _mm256_loadu_ps(m + 3 * step);
    const __m256 left = _mm256_add_ps(m0, _mm256_add_ps(m1, m2));
    const __m256 right = _mm256_sub_ps(_mm256_sub_ps(m1, m2), m3);
    if (r == 0) {
      y[0][0] = left;
      y[0][1] = right;
    } else if (r == 1) {
      y[0][0] = _mm256_add_ps(y[0][0], left);
      y[0][1] = _mm256_add_ps(y[0][1], right);
      y[1][0] = left;
      y[1][1] = right;
    } else {
      if (r == 2) {
        y[0][0] = _mm256_add_ps(y[0][0], left);
        y[0][1] = _mm256_add_ps(y[0][1], right);
      }
      y[1][0] = _mm256_sub_ps(y[1][0], left);
      y[1][1] = _mm256_sub_ps(y[1][1], right);
    }
  }
}

// Stores the outputs of one group of output channels of `count` tiles.
INLINE void write_output(
    topo_convolution_t shape, const float *product, ptrdiff_t step, tile_t tile, int count,
    const float *bias, int filter, float *output) {
  const ptrdiff_t line = (ptrdiff_t)shape.columns * BLOCK, plane = line * shape.rows;
  for (int t = 0; t < count; ++t, tile = next_tile(shape, tile), product += FILTERS) {
    float *to = output + ((ptrdiff_t)tile.image * (shape.outputs / BLOCK) + filter / BLOCK) * plane
                + tile.row * line + tile.column * BLOCK;
    const bool below = tile.row + 1 < shape.rows, beside = tile.column + 1 < shape.columns;
    for (int o = 0; o < FILTERS; o += BLOCK, to += plane) {
      __m256 y[2][2];
      transform_product(product + o, step, y);
      const __m256 b = bias ? _mm256_loadu_ps(bias + filter + o) : _mm256_setzero_ps();
      _mm256_storeu_ps(to, _mm256_add_ps(y[0][0], b));
      if (beside) _mm256_storeu_ps(to + BLOCK, _mm256_add_ps(y[0][1], b));
      if (below) _mm256_storeu_ps(to + line, _mm256_add_ps(y[1][0], b));
      if (beside && below) _mm256_storeu_ps(to + line + BLOCK, _mm256_add_ps(y[1][1], b));
    }
  }
}

// Products of `count` rows of inputs with one group of output channels.
INLINE void product_rows(
    int count, const float *x, ptrdiff_t row, int inputs, const float *packed, float *to) {
  __m256 sum[3][4];
  for (int p = 0; p < count; ++p)
    for (int o = 0; o < 4; ++o) sum[p][o] = _mm256_setzero_ps();
  for (int i = 0; i < inputs; i += BLOCK, x += BLOCK, packed += BLOCK * FILTERS) {
    if (count == 3) {
      multiply_block(sum, x, x + row, x + 2 * row, packed);
    } else {
      for (int c = 0; c < BLOCK; ++c)
        for (int p = 0; p < count; ++p) {
          const __m256 value = _mm256_broadcast_ss(x + p * row + c);
          for (int o = 0; o < 4; ++o)
            sum[p][o] = _mm256_fmadd_ps(
                value, _mm256_loadu_ps(packed + c * FILTERS + o * BLOCK), sum[p][o]);
        }
    }
  }
  for (int p = 0; p < count; ++p)
    for (int o = 0; o < 4; ++o) _mm256_storeu_ps(to + p * FILTERS + o * BLOCK, sum[p][o]);
}

VECTORS void topo_winograd_forward(
    topo_convolution_t shape, const float *input, const float *packed, const float *bias,
    float *output, float *scratch) {
  const int all = tiles_of(shape), most = forward_tiles(shape);
  const ptrdiff_t step = input_step(shape, most), product_step = output_step(most);
  const ptrdiff_t row = shape.inputs + SKEW;
  float *product = scratch + POSITIONS * step;
  for (int first = 0; first < all; first += most) {
    const int count = all - first < most ? all - first : most;
    const tile_t tile = tile_at(shape, first);
    transform_input(shape, input, tile, count, scratch, step);
    for (int filter = 0; filter < shape.outputs; filter += FILTERS) {
      const float *weights = packed + filter / FILTERS * weight_group(shape);
      for (int position = 0; position < POSITIONS; ++position, weights += weight_step(shape)) {
        const float *x = scratch + position * step;
        float *to = product + position * product_step;
        int t = 0;
        for (; t + 3 <= count; t += 3)
          product_rows(3, x + t * row, row, shape.inputs, weights, to + t * FILTERS);
        if (count - t == 2)
          product_rows(2, x + t * row, row, shape.inputs, weights, to + t * FILTERS);
        else if (count - t == 1)
          product_rows(1, x + t * row, row, shape.inputs, weights, to + t * FILTERS);
      }
      write_output(shape, product, product_step, tile, count, bias, filter, output);
    }
  }
}

// Z = A dy A' of one group of output channels of `count` tiles, `[position][tile][32]`; adds the
// gradients to those of the biases.
INLINE void transform_gradient(
    topo_convolution_t shape, const float *gradient, tile_t tile, int count, int filter, float *to,
    ptrdiff_t step, float *bias) {
  const ptrdiff_t line = (ptrdiff_t)shape.columns * BLOCK, plane = line * shape.rows;
  __m256 sum[4];
  for (int o = 0; o < 4; ++o) sum[o] = _mm256_loadu_ps(bias + filter + o * BLOCK);
  for (int t = 0; t < count; ++t, tile = next_tile(shape, tile), to += FILTERS) {
    const float *dy = gradient
                      + ((ptrdiff_t)tile.image * (shape.outputs / BLOCK) + filter / BLOCK) * plane
                      + tile.row * line + tile.column * BLOCK;
    const bool below = tile.row + 1 < shape.rows, beside = tile.column + 1 < shape.columns;
    for (int o = 0; o < 4; ++o, dy += plane) {
      const __m256 zero = _mm256_setzero_ps();
      const __m256 a = _mm256_loadu_ps(dy), b = beside ? _mm256_loadu_ps(dy + BLOCK) : zero;
      const __m256 c = below ? _mm256_loadu_ps(dy + line) : zero;
      const __m256 d = beside && below ? _mm256_loadu_ps(dy + line + BLOCK) : zero;
      sum[o] = _mm256_add_ps(sum[o], _mm256_add_ps(_mm256_add_ps(a, b), _mm256_add_ps(c, d)));
      const __m256 rows[4][2] = {
          {a, b}, {_mm256_add_ps(a, c), _mm256_add_ps(b, d)},
          {_mm256_sub_ps(a, c), _mm256_sub_ps(b, d)},
          {_mm256_sub_ps(zero, c), _mm256_sub_ps(zero, d)}};
      for (int r = 0; r < 4; ++r) {
        const __m256 z[4] = {
            rows[r][0], _mm256_add_ps(rows[r][0], rows[r][1]),
            _mm256_sub_ps(rows[r][0], rows[r][1]), _mm256_sub_ps(zero, rows[r][1])};
        store_row(to + 4 * r * step + o * BLOCK, step, z);
      }
    }
  }
  for (int o = 0; o < 4; ++o) _mm256_storeu_ps(bias + filter + o * BLOCK, sum[o]);
}

// Adds to `count` rows of a gradient the products of as many input channels with the gradients of
// one group of output channels, over `tiles` tiles.
INLINE void product_sum(
    int count, const float *x, ptrdiff_t row, const float *z, int tiles, bool begins,
    float *packed) {
  __m256 sum[3][4];
  for (int i = 0; i < count; ++i)
    for (int o = 0; o < 4; ++o)
      sum[i][o] =
          begins ? _mm256_setzero_ps() : _mm256_loadu_ps(packed + i * FILTERS + o * BLOCK);
  int t = 0;
  if (count == 3)
    for (; t + 2 <= tiles; t += 2)
      multiply_pair(sum, x + t * row, x + (t + 1) * row, z + t * FILTERS);
  for (; t < tiles; ++t)
    for (int i = 0; i < count; ++i) {
      const __m256 value = _mm256_broadcast_ss(x + t * row + i);
      for (int o = 0; o < 4; ++o)
        sum[i][o] =
            _mm256_fmadd_ps(value, _mm256_loadu_ps(z + t * FILTERS + o * BLOCK), sum[i][o]);
    }
  for (int i = 0; i < count; ++i)
    for (int o = 0; o < 4; ++o) _mm256_storeu_ps(packed + i * FILTERS + o * BLOCK, sum[i][o]);
}

VECTORS void topo_winograd_weight_gradient(
    topo_convolution_t shape, const float *input, const float *output_gradient, float *packed,
    float *bias, float *scratch) {
  const int all = tiles_of(shape), most = weight_tiles(shape);
  const ptrdiff_t step = input_step(shape, most), gradient_step = output_step(most);
  const ptrdiff_t row = shape.inputs + SKEW;
  float *gradients = scratch + POSITIONS * step;
  memset(bias, 0, (size_t)shape.outputs * sizeof(float));
  for (int first = 0; first < all; first += most) {
    const int count = all - first < most ? all - first : most;
    const tile_t tile = tile_at(shape, first);
    transform_input(shape, input, tile, count, scratch, step);
    for (int filter = 0; filter < shape.outputs; filter += FILTERS) {
      float *filter_gradients = gradients + filter / FILTERS * POSITIONS * gradient_step;
      transform_gradient(
          shape, output_gradient, tile, count, filter, filter_gradients, gradient_step, bias);
      for (int position = 0; position < POSITIONS; ++position) {
        float *target =
            packed + filter / FILTERS * weight_group(shape) + position * weight_step(shape);
        const float *x = scratch + position * step;
        const float *z = filter_gradients + position * gradient_step;
        int i = 0;
        for (; i + 3 <= shape.inputs; i += 3, target += 3 * FILTERS)
          product_sum(3, x + i, row, z, count, first == 0, target);
        if (shape.inputs - i == 2)
          product_sum(2, x + i, row, z, count, first == 0, target);
        else if (shape.inputs - i == 1)
          product_sum(1, x + i, row, z, count, first == 0, target);
      }
    }
  }
}

#else

void topo_winograd_pack(
    topo_convolution_t shape, const float *weight, float *packed, int first, int last) {}

void topo_winograd_pack_rotated(
    topo_convolution_t shape, const float *weight, float *packed, int first, int last) {}

void topo_winograd_unpack(
    topo_convolution_t shape, const float *packed, int count, size_t stride, float *weight,
    int first, int last) {}

void topo_winograd_forward(
    topo_convolution_t shape, const float *input, const float *packed, const float *bias,
    float *output, float *scratch) {}

void topo_winograd_weight_gradient(
    topo_convolution_t shape, const float *input, const float *output_gradient, float *packed,
    float *bias, float *scratch) {}

#endif
