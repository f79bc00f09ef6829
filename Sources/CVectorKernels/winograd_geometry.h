// How the transforms of Winograd's algorithm lie in memory, and how many are worked on together.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "shape.h"

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

enum { BLOCK = 8, FILTERS = 32, POSITIONS = 16, TAPS = 9, DOZEN = 12 };

// Floats between rows, and between the sixteen positions of a tile, which would otherwise lie a
// power of two apart and evict each other from the caches.
enum { GAP = 16, SKEW = 16 };

// Bytes of transformed tiles that are worked on together: they should stay in the L2 cache, beside
// the pixels that are read next. For the gradient of the weights at least so many tiles, because
// its sums are read and written once for all of them.
enum { FORWARD_BYTES = 256 << 10, WEIGHT_BYTES = 384 << 10, WEIGHT_TILES = 3 * DOZEN };

static inline int tiles_of(topo_convolution_t shape) {
  return shape.images * ((shape.rows + 1) / 2) * ((shape.columns + 1) / 2);
}

// Tiles that are worked on together, in whole dozens, at least `least`: their transforms take about
// `bytes`.
static inline int tiles_at_once(topo_convolution_t shape, int channels, int bytes, int least) {
  const int most = (tiles_of(shape) + DOZEN - 1) / DOZEN * DOZEN;
  int tiles = bytes / (POSITIONS * (int)sizeof(float) * channels) / DOZEN * DOZEN;
  if (tiles < least) tiles = least;
  return tiles < most ? tiles : most;
}

static inline int forward_tiles(topo_convolution_t shape) {
  return tiles_at_once(shape, shape.inputs + FILTERS, FORWARD_BYTES, DOZEN);
}

static inline int weight_tiles(topo_convolution_t shape) {
  return tiles_at_once(shape, shape.inputs + shape.outputs, WEIGHT_BYTES, WEIGHT_TILES);
}

// From a position's transform to the next position's.
static inline ptrdiff_t input_step(topo_convolution_t shape, int tiles) {
  return (ptrdiff_t)tiles * (shape.inputs + SKEW) + GAP;
}

static inline ptrdiff_t output_step(int tiles) { return (ptrdiff_t)tiles * FILTERS + GAP; }

// From a position's weights for 32 output channels to the next position's, and to the next 32
// channels'.
static inline ptrdiff_t weight_step(topo_convolution_t shape) {
  return (ptrdiff_t)shape.inputs * FILTERS + GAP;
}
static inline ptrdiff_t weight_group(topo_convolution_t shape) {
  return POSITIONS * weight_step(shape);
}

// A tile's image, and the row and column of its first output.
typedef struct {
  int image, row, column;
} tile_t;

static inline tile_t tile_at(topo_convolution_t shape, int index) {
  const int columns = (shape.columns + 1) / 2, rows = (shape.rows + 1) / 2;
  return (tile_t){index / (rows * columns), index / columns % rows * 2, index % columns * 2};
}

static inline tile_t next_tile(topo_convolution_t shape, tile_t tile) {
  tile.column += 2;
  if (tile.column < shape.columns) return tile;
  tile.column = 0;
  tile.row += 2;
  if (tile.row < shape.rows) return tile;
  tile.row = 0;
  ++tile.image;
  return tile;
}

// Tiles whose pixels are brought into the L2 cache little by little, while products are computed:
// memory would be waited for otherwise.
typedef struct {
  const float *planes;  // of the first image's first block
  int all, blocks;      // of an image, and how many of them are wanted
  int count;            // tiles
  tile_t tile;          // the next one
  int asked;
} ahead_t;

// Asks for the tiles that are due after `step` of `steps`. A tile's pixels are those of its
// outputs: its neighbors ask for the others. Addresses behind the last image do no harm.
static inline void prefetch(topo_convolution_t shape, ahead_t *ahead, int step, int steps) {
  const ptrdiff_t line = (ptrdiff_t)shape.columns * BLOCK, plane = line * shape.rows;
  const int due = ahead->count * step / steps;
  for (; ahead->asked < due; ++ahead->asked, ahead->tile = next_tile(shape, ahead->tile)) {
    const float *x = ahead->planes + (ptrdiff_t)ahead->tile.image * ahead->all * plane
                     + ahead->tile.row * line + ahead->tile.column * BLOCK;
    for (int b = 0; b < ahead->blocks; ++b, x += plane) {
      __builtin_prefetch(x, 0, 2);
      __builtin_prefetch(x + line, 0, 2);
    }
  }
}
