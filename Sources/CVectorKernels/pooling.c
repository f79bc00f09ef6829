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

// The largest of four vectors and its position: the first on ties; the first NaN before numbers.
#define LARGEST(v0, v1, v2, v3, best, place)                             \
  floats best = v0;                                                      \
  integers place = {0};                                                  \
  {                                                                      \
    const floats others[3] = {v1, v2, v3};                               \
    for (int k = 0; k < 3; ++k) {                                        \
      const floats value = others[k];                                    \
      const integers wins = (value > best) | ((value != value) & (best == best)); \
      best = (floats)(((integers)value & wins) | ((integers)best & ~wins)); \
      place = (wins & (k + 1)) | (place & ~wins);                        \
    }                                                                    \
  }

BODY pool(const float *input, int block, int rows, int columns, float *output, uint8_t *places) {
  const ptrdiff_t line = 2 * (ptrdiff_t)columns * block;
  for (int r = 0; r < rows; ++r, input += line)
    for (int c = 0; c < columns; ++c, input += 2 * block, output += block, places += block) {
      LOAD(floats, x0, input);
      LOAD(floats, x1, input + block);
      LOAD(floats, x2, input + line);
      LOAD(floats, x3, input + line + block);
      LARGEST(x0, x1, x2, x3, best, place)
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

BODY pool_normalized(
    const float *input, int block, int rows, int columns, const float *means,
    const float *factors, const float *shifts, float *output, uint8_t *places) {
  const ptrdiff_t line = 2 * (ptrdiff_t)columns * block;
  LOAD(floats, mean, means);
  LOAD(floats, factor, factors);
  LOAD(floats, shift, shifts);
  for (int r = 0; r < rows; ++r, input += line)
    for (int c = 0; c < columns; ++c, input += 2 * block, output += block, places += block) {
      LOAD(floats, x0, input);
      LOAD(floats, x1, input + block);
      LOAD(floats, x2, input + line);
      LOAD(floats, x3, input + line + block);
      LARGEST(
          (x0 - mean) * factor + shift, (x1 - mean) * factor + shift, (x2 - mean) * factor + shift,
          (x3 - mean) * factor + shift, best, place)
      // A NaN must come out as it went in.
      best = (floats)((integers)best & ~(best <= 0));
      memcpy(output, &best, sizeof best);
      const bytes narrow = __builtin_convertvector(place, bytes);
      memcpy(places, &narrow, sizeof narrow);
    }
}

// The gradient of one output, where it passed the ReLU, and its place.
#define PASSED(value, place)                                    \
  LOAD(floats, answer, output);                                 \
  LOAD(integers, given, gradient);                              \
  LOAD(bytes, narrow, places);                                  \
  const integers place = __builtin_convertvector(narrow, integers); \
  const integers value = given & (answer > 0);

BODY normalized_sums(
    const float *input, const float *output, const uint8_t *places, const float *gradient,
    int block, int rows, int columns, const float *means, float *sums, float *products) {
  const ptrdiff_t line = 2 * (ptrdiff_t)columns * block;
  LOAD(floats, mean, means);
  floats sum = {0}, product = {0};
  for (int r = 0; r < rows; ++r, input += line)
    for (int c = 0; c < columns;
         ++c, input += 2 * block, output += block, gradient += block, places += block) {
      PASSED(value, place)
      LOAD(integers, x0, input);
      LOAD(integers, x1, input + block);
      LOAD(integers, x2, input + line);
      LOAD(integers, x3, input + line + block);
      const floats x = (floats)(
          (x0 & (place == 0)) | (x1 & (place == 1)) | (x2 & (place == 2)) | (x3 & (place == 3)));
      sum += (floats)value;
      product += (floats)value * (x - mean);
    }
  memcpy(sums, &sum, sizeof sum);
  memcpy(products, &product, sizeof product);
}

BODY normalized_backward(
    const float *input, const float *output, const uint8_t *places, const float *gradient,
    int block, int rows, int columns, const float *means, const float *gradient_means,
    const float *slopes, const float *factors, float *input_gradient) {
  const ptrdiff_t line = 2 * (ptrdiff_t)columns * block;
  LOAD(floats, mean, means);
  LOAD(floats, average, gradient_means);
  LOAD(floats, slope, slopes);
  LOAD(floats, factor, factors);
  for (int r = 0; r < rows; ++r, input += line, input_gradient += line)
    for (int c = 0; c < columns; ++c, input += 2 * block, input_gradient += 2 * block,
             output += block, gradient += block, places += block) {
      PASSED(value, place)
#define SPREAD(position, offset)                                                           \
  {                                                                                        \
    LOAD(floats, x, input + (offset));                                                     \
    const floats share = (floats)(value & (place == (position)));                          \
    const floats result = (share - average - (x - mean) * slope) * factor;                 \
    memcpy(input_gradient + (offset), &result, sizeof result);                             \
  }
      SPREAD(0, 0)
      SPREAD(1, block)
      SPREAD(2, line)
      SPREAD(3, line + block)
    }
}

// Compiles a body for any processor and for those with AVX2, and chooses when it runs.
#if defined(__x86_64__)
#define CHOOSE(name, body, parameters, ...)                                              \
  __attribute__((target("avx2"))) static void body##_avx2 parameters { body(__VA_ARGS__); } \
  void name parameters {                                                                 \
    if (topo_convolutions_supported())                                                   \
      body##_avx2(__VA_ARGS__);                                                          \
    else                                                                                 \
      body(__VA_ARGS__);                                                                 \
  }
#else
#define CHOOSE(name, body, parameters, ...) \
  void name parameters { body(__VA_ARGS__); }
#endif

CHOOSE(
    topo_pool_pairs, pool,
    (const float *input, int block, int rows, int columns, float *output, uint8_t *places),
    input, block, rows, columns, output, places)

CHOOSE(
    topo_pool_pairs_backward, spread,
    (const float *output_gradient, const uint8_t *places, int block, int rows, int columns,
     float *input_gradient),
    output_gradient, places, block, rows, columns, input_gradient)

CHOOSE(
    topo_pool_normalized, pool_normalized,
    (const float *input, int block, int rows, int columns, const float *mean, const float *factor,
     const float *shift, float *output, uint8_t *places),
    input, block, rows, columns, mean, factor, shift, output, places)

CHOOSE(
    topo_pool_normalized_sums, normalized_sums,
    (const float *input, const float *output, const uint8_t *places, const float *gradient,
     int block, int rows, int columns, const float *mean, float *sum, float *product),
    input, output, places, gradient, block, rows, columns, mean, sum, product)

CHOOSE(
    topo_pool_normalized_backward, normalized_backward,
    (const float *input, const float *output, const uint8_t *places, const float *gradient,
     int block, int rows, int columns, const float *mean, const float *gradient_mean,
     const float *slope, const float *factor, float *input_gradient),
    input, output, places, gradient, block, rows, columns, mean, gradient_mean, slope, factor,
    input_gradient)
