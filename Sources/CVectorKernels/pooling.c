#include "pooling.h"

#include <stddef.h>
#include <string.h>

#include "shape.h"

typedef float floats __attribute__((vector_size(32)));
typedef int32_t integers __attribute__((vector_size(32)));
typedef uint8_t bytes __attribute__((vector_size(8)));

// The bodies are compiled twice: for any processor, and for those with AVX2.
#define BODY static inline __attribute__((always_inline)) void

#define LOAD(type, name, address) \
  type name;                      \
  memcpy(&name, address, sizeof name)

BODY pool(const float *input, int block, int rows, int columns, float *output, uint8_t *places) {
  const ptrdiff_t line = 2 * (ptrdiff_t)columns * block;
  for (int r = 0; r < rows; ++r, input += line)
    for (int c = 0; c < columns; ++c, input += 2 * block, output += block, places += block) {
      LOAD(floats, best, input);
      integers place = {0};
#define OFFER(position, address)                                                   \
  {                                                                                \
    LOAD(floats, value, address);                                                  \
    const integers wins = (value > best) | (value != value);                       \
    best = (floats)(((integers)value & wins) | ((integers)best & ~wins));          \
    place = (wins & (position)) | (place & ~wins);                                 \
  }
      OFFER(1, input + block)
      OFFER(2, input + line)
      OFFER(3, input + line + block)
      memcpy(output, &best, sizeof best);
      const bytes narrow = __builtin_convertvector(place, bytes);
      memcpy(places, &narrow, sizeof narrow);
    }
}

BODY spread(
    const float *gradient, const uint8_t *places, int block, int rows, int columns, float *input) {
  const ptrdiff_t line = 2 * (ptrdiff_t)columns * block;
  for (int r = 0; r < rows; ++r, input += line)
    for (int c = 0; c < columns; ++c, input += 2 * block, gradient += block, places += block) {
      LOAD(integers, value, gradient);
      LOAD(bytes, narrow, places);
      const integers place = __builtin_convertvector(narrow, integers);
      const integers share[4] = {
          value & (place == 0), value & (place == 1), value & (place == 2), value & (place == 3)};
      memcpy(input, &share[0], sizeof share[0]);
      memcpy(input + block, &share[1], sizeof share[1]);
      memcpy(input + line, &share[2], sizeof share[2]);
      memcpy(input + line + block, &share[3], sizeof share[3]);
    }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void pool_avx2(
    const float *input, int block, int rows, int columns, float *output, uint8_t *places) {
  pool(input, block, rows, columns, output, places);
}

__attribute__((target("avx2"))) static void spread_avx2(
    const float *gradient, const uint8_t *places, int block, int rows, int columns, float *input) {
  spread(gradient, places, block, rows, columns, input);
}
#else
#define pool_avx2 pool
#define spread_avx2 spread
#endif

void topo_pool_pairs(
    const float *input, int block, int rows, int columns, float *output, uint8_t *places) {
  if (topo_convolutions_supported())
    pool_avx2(input, block, rows, columns, output, places);
  else
    pool(input, block, rows, columns, output, places);
}

void topo_pool_pairs_backward(
    const float *output_gradient, const uint8_t *places, int block, int rows, int columns,
    float *input_gradient) {
  if (topo_convolutions_supported())
    spread_avx2(output_gradient, places, block, rows, columns, input_gradient);
  else
    spread(output_gradient, places, block, rows, columns, input_gradient);
}
