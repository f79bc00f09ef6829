#include "convolution.h"

#include <stdint.h>
#include <string.h>

enum { BLOCK = 8, TAPS = 9, FILTERS = 32 };

// Pixels of a piece of work: what is read of them and of one block's weights fits the first cache.
enum { PIECE = 128 };

// Images that make up a piece, at least one.
static int images_at_once(topo_tiles_t shape) {
  const int pixels = shape.rows * shape.columns;
  const int images = pixels > PIECE ? 1 : PIECE / pixels;
  return images < shape.images ? images : shape.images;
}

// Floats of a block's weights, for one group of output channels.
static size_t packed_block(topo_tiles_t shape) { return (size_t)TAPS * shape.block * FILTERS; }

static size_t padded_plane(topo_tiles_t shape) {
  return (size_t)(shape.rows + 2) * (shape.columns + 2) * shape.block;
}

size_t topo_tiles_scratch(topo_tiles_t shape) {
  return images_at_once(shape) * (shape.inputs / shape.block) * padded_plane(shape);
}

// Where a block begins in weights `[output][input][3][3]`.
static size_t dense_block(topo_tiles_t shape, int n) {
  const int blocks = shape.inputs / shape.block;
  return ((size_t)(n / blocks) * FILTERS * shape.inputs + n % blocks * shape.block) * TAPS;
}

void topo_tiles_pack(
    topo_tiles_t shape, const float *weight, float *packed, int first, int last) {
  for (int n = first; n < last; ++n) {
    const float *from = weight + dense_block(shape, n);
    float *to = packed + n * packed_block(shape);
    for (int o = 0; o < FILTERS; ++o)
      for (int i = 0; i < shape.block; ++i)
        for (int t = 0; t < TAPS; ++t)
          to[(t * shape.block + i) * FILTERS + o] = from[((size_t)o * shape.inputs + i) * TAPS + t];
  }
}

void topo_tiles_pack_rotated(
    topo_tiles_t shape, const float *weight, float *packed, int first, int last) {
  const int blocks = shape.inputs / shape.block;
  for (int n = first; n < last; ++n) {
    const float *from =
        weight + ((size_t)(n % blocks) * shape.block * shape.outputs + n / blocks * FILTERS) * TAPS;
    float *to = packed + n * packed_block(shape);
    for (int i = 0; i < shape.block; ++i)
      for (int o = 0; o < FILTERS; ++o)
        for (int t = 0; t < TAPS; ++t)
          to[((TAPS - 1 - t) * shape.block + i) * FILTERS + o] =
              from[((size_t)i * shape.outputs + o) * TAPS + t];
  }
}

void topo_tiles_unpack(
    topo_tiles_t shape, const float *packed, int count, size_t stride, float *weight, int first,
    int last) {
  float sum[TAPS * BLOCK * FILTERS];
  const size_t size = packed_block(shape);
  for (int n = first; n < last; ++n) {
    const float *from = packed + n * size;
    memcpy(sum, from, size * sizeof(float));
    for (int k = 1; k < count; ++k)
      for (size_t j = 0; j < size; ++j) sum[j] += from[k * stride + j];
    float *to = weight + dense_block(shape, n);
    for (int o = 0; o < FILTERS; ++o)
      for (int i = 0; i < shape.block; ++i)
        for (int t = 0; t < TAPS; ++t)
          to[((size_t)o * shape.inputs + i) * TAPS + t] = sum[(t * shape.block + i) * FILTERS + o];
  }
}

#if defined(__x86_64__)

#include <immintrin.h>

#define VECTORS __attribute__((target("avx2,fma")))
#define INLINE static inline __attribute__((always_inline)) VECTORS

bool topo_tiles_supported(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

// Copies the planes of images into ones with a border of zeros.
static void pad(topo_tiles_t shape, const float *from, int images, float *to) {
  const size_t edge = shape.block, line = shape.columns * edge;
  for (int n = images * (shape.inputs / shape.block); n > 0; --n) {
    // The border above, and the first of the row below it.
    memset(to, 0, (line + 3 * edge) * sizeof(float));
    to += line + 3 * edge;
    for (int r = 0; r < shape.rows; ++r) {
      memcpy(to, from, line * sizeof(float));
      memset(to + line, 0, 2 * edge * sizeof(float));
      from += line;
      to += line + 2 * edge;
    }
    memset(to, 0, (line + edge) * sizeof(float));
    to += line + edge;
  }
}

// One vector of output channels `o` (of four) times three values in ymm12 to ymm14. Written out
// because compilers, left to choose, load ahead and spill: twelve sums, three values and one
// vector of weights take all sixteen registers.
#define MULTIPLY(address, first, second, third)    \
  "vmovups " address ", %%ymm15\n\t"               \
  "vfmadd231ps %%ymm15, %%ymm12, %" #first "\n\t"  \
  "vfmadd231ps %%ymm15, %%ymm13, %" #second "\n\t" \
  "vfmadd231ps %%ymm15, %%ymm14, %" #third "\n\t"
#define SUMS(a)                                                                               \
  "+x"(a[0][0]), "+x"(a[0][1]), "+x"(a[0][2]), "+x"(a[0][3]), "+x"(a[1][0]), "+x"(a[1][1]),   \
      "+x"(a[1][2]), "+x"(a[1][3]), "+x"(a[2][0]), "+x"(a[2][1]), "+x"(a[2][2]), "+x"(a[2][3])

// One input channel `c` of three pixels.
#define CHANNEL(c)                               \
  "vbroadcastss 4*" #c "(%12), %%ymm12\n\t"      \
  "vbroadcastss 4*" #c "(%13), %%ymm13\n\t"      \
  "vbroadcastss 4*" #c "(%14), %%ymm14\n\t"      \
  MULTIPLY("128*" #c "(%15)", 0, 4, 8)           \
  MULTIPLY("128*" #c "+32(%15)", 1, 5, 9)        \
  MULTIPLY("128*" #c "+64(%15)", 2, 6, 10)       \
  MULTIPLY("128*" #c "+96(%15)", 3, 7, 11)

// Where up to three pixels are read, where their sums begin, and where they go.
typedef struct {
  const float *input[3];
  const float *seed[3];
  float *output[3];
} pixels_t;

// Adds one block of input channels to the sums of `count` pixels times four blocks of output
// channels, which lie `seed_step` and `output_step` apart.
INLINE void correlate(
    int count, const pixels_t *pixels, const float *packed, const ptrdiff_t *taps,
    ptrdiff_t seed_step, ptrdiff_t output_step) {
  __m256 sum[3][4];
  for (int p = 0; p < count; ++p)
    for (int o = 0; o < 4; ++o) sum[p][o] = _mm256_loadu_ps(pixels->seed[p] + o * seed_step);
  for (int t = 0; t < TAPS; ++t, packed += BLOCK * FILTERS) {
    const float *x0 = pixels->input[0] + taps[t];
    if (count == 3) {
      const float *x1 = pixels->input[1] + taps[t], *x2 = pixels->input[2] + taps[t];
      asm(CHANNEL(0) CHANNEL(1) CHANNEL(2) CHANNEL(3) CHANNEL(4) CHANNEL(5) CHANNEL(6) CHANNEL(7)
          : SUMS(sum)
          : "r"(x0), "r"(x1), "r"(x2), "r"(packed)
          : "xmm12", "xmm13", "xmm14", "xmm15", "memory");
    } else {
      for (int c = 0; c < BLOCK; ++c)
        for (int p = 0; p < count; ++p) {
          const __m256 x = _mm256_broadcast_ss(pixels->input[p] + taps[t] + c);
          for (int o = 0; o < 4; ++o)
            sum[p][o] =
                _mm256_fmadd_ps(x, _mm256_loadu_ps(packed + c * FILTERS + o * BLOCK), sum[p][o]);
        }
    }
  }
  for (int p = 0; p < count; ++p)
    for (int o = 0; o < 4; ++o)
      _mm256_storeu_ps(pixels->output[p] + o * output_step, sum[p][o]);
}

VECTORS void topo_tiles_forward(
    topo_tiles_t shape, const float *input, const float *packed, const float *bias, float *output,
    float *scratch) {
  const int blocks = shape.inputs / BLOCK, step = images_at_once(shape);
  const ptrdiff_t line = (ptrdiff_t)(shape.columns + 2) * BLOCK;
  const ptrdiff_t source = padded_plane(shape), plane = (ptrdiff_t)shape.rows * shape.columns * BLOCK;
  static const float zeros[FILTERS];
  ptrdiff_t taps[TAPS];
  for (int t = 0; t < TAPS; ++t) taps[t] = t / 3 * line + t % 3 * BLOCK;

  for (int first = 0; first < shape.images; first += step) {
    const int images = shape.images - first < step ? shape.images - first : step;
    const int total = images * shape.rows * shape.columns;
    pad(shape, input + first * blocks * plane, images, scratch);
    for (int filter = 0; filter < shape.outputs; filter += FILTERS)
      for (int block = 0; block < blocks; ++block) {
        const float *weights =
            packed + (filter / FILTERS * blocks + block) * packed_block(shape);
        const float *x = scratch + block * source, *from = x;
        float *y = output + (first * (shape.outputs / BLOCK) + filter / BLOCK) * plane, *to = y;
        int image = 0, row = 0, column = 0;
        for (int done = 0; done < total;) {
          const int count = total - done < 3 ? total - done : 3;
          pixels_t pixels;
          for (int p = 0; p < count; ++p) {
            pixels.input[p] = from + column * BLOCK;
            pixels.output[p] = to;
            pixels.seed[p] = block > 0 ? to : bias ? bias + filter : zeros;
            to += BLOCK;
            if (++column < shape.columns) continue;
            column = 0;
            from += line;
            if (++row < shape.rows) continue;
            row = 0;
            ++image;
            from = x + image * blocks * source;
            to = y + image * (shape.outputs / BLOCK) * plane;
          }
          const ptrdiff_t seed_step = block == 0 ? BLOCK : plane;
          if (count == 3)
            correlate(3, &pixels, weights, taps, seed_step, plane);
          else if (count == 2)
            correlate(2, &pixels, weights, taps, seed_step, plane);
          else
            correlate(1, &pixels, weights, taps, seed_step, plane);
          done += count;
        }
      }
  }
}

// The pixels of a piece: where each lies in the padded input, and its output gradients of one group
// of output channels, side by side. Read in place, the four blocks would lie a whole plane apart,
// often a multiple of 4096 bytes, which caches do not take well.
typedef struct {
  int count;
  int32_t input[PIECE];
  float gradient[PIECE][FILTERS] __attribute__((aligned(64)));
} piece_t;

// One pixel: three input values from %12 or %13 times its gradients, `offset` bytes from %14.
#define PIXEL(input, offset)                    \
  "vbroadcastss (" input "), %%ymm12\n\t"       \
  "vbroadcastss 4(" input "), %%ymm13\n\t"      \
  "vbroadcastss 8(" input "), %%ymm14\n\t"      \
  MULTIPLY(#offset "(%14)", 0, 4, 8)            \
  MULTIPLY(#offset "+32(%14)", 1, 5, 9)         \
  MULTIPLY(#offset "+64(%14)", 2, 6, 10)        \
  MULTIPLY(#offset "+96(%14)", 3, 7, 11)

// Adds to three consecutive rows of packed gradients the products of three consecutive input
// values with the output gradients, over the pixels of a piece.
INLINE void accumulate(const float *input, const piece_t *piece, float *packed) {
  __m256 sum[3][4];
  for (int i = 0; i < 3; ++i)
    for (int o = 0; o < 4; ++o) sum[i][o] = _mm256_loadu_ps(packed + i * FILTERS + o * BLOCK);
  int p = 0;
  for (; p + 2 <= piece->count; p += 2) {
    const float *x0 = input + piece->input[p], *x1 = input + piece->input[p + 1];
    asm(PIXEL("%12", 0) PIXEL("%13", 128)
        : SUMS(sum)
        : "r"(x0), "r"(x1), "r"(piece->gradient[p])
        : "xmm12", "xmm13", "xmm14", "xmm15", "memory");
  }
  if (p < piece->count) {
    const float *x0 = input + piece->input[p];
    asm(PIXEL("%12", 0)
        : SUMS(sum)
        : "r"(x0), "r"(x0), "r"(piece->gradient[p])
        : "xmm12", "xmm13", "xmm14", "xmm15", "memory");
  }
  for (int i = 0; i < 3; ++i)
    for (int o = 0; o < 4; ++o) _mm256_storeu_ps(packed + i * FILTERS + o * BLOCK, sum[i][o]);
}

// Gathers a piece's output gradients of one group of output channels, whose blocks lie `plane`
// apart, and adds them to the gradients of the biases. `places` tells where the pixels lie.
INLINE void gather(
    const float *gradient, ptrdiff_t plane, const int32_t *places, piece_t *piece, float *bias) {
  __m256 sum[4];
  for (int o = 0; o < 4; ++o) sum[o] = _mm256_setzero_ps();
  for (int p = 0; p < piece->count; ++p)
    for (int o = 0; o < 4; ++o) {
      const __m256 values = _mm256_loadu_ps(gradient + places[p] + o * plane);
      _mm256_store_ps(piece->gradient[p] + o * BLOCK, values);
      sum[o] = _mm256_add_ps(sum[o], values);
    }
  for (int o = 0; o < 4; ++o)
    _mm256_storeu_ps(
        bias + o * BLOCK, _mm256_add_ps(_mm256_loadu_ps(bias + o * BLOCK), sum[o]));
}

VECTORS void topo_tiles_weight_gradient(
    topo_tiles_t shape, const float *input, const float *output_gradient, float *packed,
    float *bias, float *scratch) {
  const int blocks = shape.inputs / shape.block, filters = shape.outputs / BLOCK;
  const int step = images_at_once(shape), pixels = shape.rows * shape.columns;
  const ptrdiff_t line = (ptrdiff_t)(shape.columns + 2) * shape.block;
  const ptrdiff_t source = padded_plane(shape), plane = (ptrdiff_t)pixels * BLOCK;
  memset(packed, 0, (size_t)shape.outputs * shape.inputs * TAPS * sizeof(float));
  memset(bias, 0, (size_t)shape.outputs * sizeof(float));

  piece_t piece;
  int32_t places[PIECE];
  for (int first = 0; first < shape.images; first += step) {
    const int images = shape.images - first < step ? shape.images - first : step;
    pad(shape, input + (ptrdiff_t)first * shape.inputs * pixels, images, scratch);
    for (int done = 0; done < images * pixels; done += piece.count) {
      for (piece.count = 0; piece.count < PIECE && done + piece.count < images * pixels;
           ++piece.count) {
        const int image = (done + piece.count) / pixels, place = (done + piece.count) % pixels;
        piece.input[piece.count] = (int32_t)(
            image * blocks * source + place / shape.columns * line
            + place % shape.columns * shape.block);
        places[piece.count] = (int32_t)(image * filters * plane + place * BLOCK);
      }
      for (int filter = 0; filter < shape.outputs; filter += FILTERS) {
        gather(
            output_gradient + (first * filters + filter / BLOCK) * plane, plane, places, &piece,
            bias + filter);
        for (int block = 0; block < blocks; ++block) {
          float *target = packed + (filter / FILTERS * blocks + block) * packed_block(shape);
          // A kernel row's three columns of a block's channels are neighbouring values.
          for (int row = 0; row < 3; ++row)
            for (int i = 0; i < 3 * shape.block; i += 3)
              accumulate(
                  scratch + block * source + row * line + i, &piece,
                  target + (row * 3 * shape.block + i) * FILTERS);
        }
      }
    }
  }
}

#else

bool topo_tiles_supported(void) { return false; }

void topo_tiles_forward(
    topo_tiles_t shape, const float *input, const float *packed, const float *bias, float *output,
    float *scratch) {}

void topo_tiles_weight_gradient(
    topo_tiles_t shape, const float *input, const float *output_gradient, float *packed,
    float *bias, float *scratch) {}

#endif
