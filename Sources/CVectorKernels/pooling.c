#include "pooling.h"

#include <stddef.h>
#include <string.h>

#include "instructions.h"

typedef float floats __attribute__((vector_size(32)));
typedef int32_t integers __attribute__((vector_size(32)));
typedef uint8_t bytes __attribute__((vector_size(8)));

// The bodies are compiled twice: for any CPU, and for those with AVX2.
#define BODY static inline __attribute__((always_inline)) void

#define LOAD(type, name, address) \
  type name;                      \
  memcpy(&name, address, sizeof name)

// The largest of four vectors and its position: the first on ties, the first NaN before numbers.
#define LARGEST(v0, v1, v2, v3, largest, position)                                           \
  floats largest = v0;                                                                       \
  integers position = {0};                                                                   \
  {                                                                                          \
    const floats others[3] = {v1, v2, v3};                                                   \
    for (int k = 0; k < 3; ++k) {                                                            \
      const floats value = others[k];                                                        \
      const integers wins = (value > largest) | ((value != value) & (largest == largest));   \
      largest = (floats)(((integers)value & wins) | ((integers)largest & ~wins));            \
      position = (wins & (k + 1)) | (position & ~wins);                                      \
    }                                                                                        \
  }

BODY pool(const float *input, int block, int rows, int columns, float *output, uint8_t *argmax) {
  const ptrdiff_t line = 2 * (ptrdiff_t)columns * block;
  for (int r = 0; r < rows; ++r, input += line)
    for (int c = 0; c < columns; ++c, input += 2 * block, output += block, argmax += block) {
      LOAD(floats, x0, input);
      LOAD(floats, x1, input + block);
      LOAD(floats, x2, input + line);
      LOAD(floats, x3, input + line + block);
      LARGEST(x0, x1, x2, x3, largest, position)
      memcpy(output, &largest, sizeof largest);
      const bytes narrow = __builtin_convertvector(position, bytes);
      memcpy(argmax, &narrow, sizeof narrow);
    }
}

BODY spread(
    const float *gradient, const uint8_t *argmax, int block, int rows, int columns, float *input) {
  const ptrdiff_t line = 2 * (ptrdiff_t)columns * block;
  for (int r = 0; r < rows; ++r, input += line)
    for (int c = 0; c < columns; ++c, input += 2 * block, gradient += block, argmax += block) {
      LOAD(integers, value, gradient);
      LOAD(bytes, narrow, argmax);
      const integers position = __builtin_convertvector(narrow, integers);
      const integers share[4] = {
          value & (position == 0), value & (position == 1), value & (position == 2),
          value & (position == 3)};
      memcpy(input, &share[0], sizeof share[0]);
      memcpy(input + block, &share[1], sizeof share[1]);
      memcpy(input + line, &share[2], sizeof share[2]);
      memcpy(input + line + block, &share[3], sizeof share[3]);
    }
}

BODY pool_normalized(
    const float *input, int block, int rows, int columns, const float *means,
    const float *factors, const float *betas, float *output, uint8_t *argmax) {
  const ptrdiff_t line = 2 * (ptrdiff_t)columns * block;
  LOAD(floats, mean, means);
  LOAD(floats, factor, factors);
  LOAD(floats, beta, betas);
  for (int r = 0; r < rows; ++r, input += line)
    for (int c = 0; c < columns; ++c, input += 2 * block, output += block, argmax += block) {
      LOAD(floats, x0, input);
      LOAD(floats, x1, input + block);
      LOAD(floats, x2, input + line);
      LOAD(floats, x3, input + line + block);
      LARGEST(
          (x0 - mean) * factor + beta, (x1 - mean) * factor + beta, (x2 - mean) * factor + beta,
          (x3 - mean) * factor + beta, largest, position)
      // ReLU keeps NaN.
      largest = (floats)((integers)largest & ~(largest <= 0));
      memcpy(output, &largest, sizeof largest);
      const bytes narrow = __builtin_convertvector(position, bytes);
      memcpy(argmax, &narrow, sizeof narrow);
    }
}

// The gradient of one output, 0 if ReLU stopped it, and its position in the window.
#define PASSED(value, position)                                     \
  LOAD(floats, result, output);                                     \
  LOAD(integers, given, gradient);                                  \
  LOAD(bytes, narrow, argmax);                                      \
  const integers position = __builtin_convertvector(narrow, integers); \
  const integers value = given & (result > 0);

BODY normalized_sums(
    const float *input, const float *output, const uint8_t *argmax, const float *gradient,
    int block, int rows, int columns, const float *means, float *sums, float *products) {
  const ptrdiff_t line = 2 * (ptrdiff_t)columns * block;
  LOAD(floats, mean, means);
  floats sum = {0}, product = {0};
  for (int r = 0; r < rows; ++r, input += line)
    for (int c = 0; c < columns;
         ++c, input += 2 * block, output += block, gradient += block, argmax += block) {
      PASSED(value, position)
      LOAD(integers, x0, input);
      LOAD(integers, x1, input + block);
      LOAD(integers, x2, input + line);
      LOAD(integers, x3, input + line + block);
      const floats x = (floats)(
          (x0 & (position == 0)) | (x1 & (position == 1)) | (x2 & (position == 2))
          | (x3 & (position == 3)));
      sum += (floats)value;
      product += (floats)value * (x - mean);
    }
  memcpy(sums, &sum, sizeof sum);
  memcpy(products, &product, sizeof product);
}

BODY normalized_backward(
    const float *input, const float *output, const uint8_t *argmax, const float *gradient,
    int block, int rows, int columns, const float *means, const float *gradient_means,
    const float *slopes, const float *factors, float *input_gradient) {
  const ptrdiff_t line = 2 * (ptrdiff_t)columns * block;
  LOAD(floats, mean, means);
  LOAD(floats, average, gradient_means);
  LOAD(floats, slope, slopes);
  LOAD(floats, factor, factors);
  for (int r = 0; r < rows; ++r, input += line, input_gradient += line)
    for (int c = 0; c < columns; ++c, input += 2 * block, input_gradient += 2 * block,
             output += block, gradient += block, argmax += block) {
      PASSED(value, position)
#define SPREAD(tap, offset)                                                                \
  {                                                                                        \
    LOAD(floats, x, input + (offset));                                                     \
    const floats share = (floats)(value & (position == (tap)));                            \
    const floats dx = (share - average - (x - mean) * slope) * factor;                     \
    memcpy(input_gradient + (offset), &dx, sizeof dx);                                     \
  }
      SPREAD(0, 0)
      SPREAD(1, block)
      SPREAD(2, line)
      SPREAD(3, line + block)
    }
}

// Compiles a body for any CPU and for those with AVX2, and chooses at run time.
#if defined(__x86_64__)
#define CHOOSE(name, body, parameters, ...)                                                 \
  __attribute__((target("avx2"))) static void body##_avx2 parameters { body(__VA_ARGS__); } \
  void name parameters {                                                                    \
    if (topo_cpu_instructions() == topo_portable)                                           \
      body(__VA_ARGS__);                                                                    \
    else                                                                                    \
      body##_avx2(__VA_ARGS__);                                                             \
  }
#else
#define CHOOSE(name, body, parameters, ...) \
  void name parameters { body(__VA_ARGS__); }
#endif

CHOOSE(
    topo_pool_pairs, pool,
    (const float *input, int block, int rows, int columns, float *output, uint8_t *argmax),
    input, block, rows, columns, output, argmax)

CHOOSE(
    topo_pool_pairs_backward, spread,
    (const float *output_gradient, const uint8_t *argmax, int block, int rows, int columns,
     float *input_gradient),
    output_gradient, argmax, block, rows, columns, input_gradient)

CHOOSE(
    topo_pool_normalized, pool_normalized,
    (const float *input, int block, int rows, int columns, const float *mean, const float *factor,
     const float *beta, float *output, uint8_t *argmax),
    input, block, rows, columns, mean, factor, beta, output, argmax)

CHOOSE(
    topo_pool_normalized_sums, normalized_sums,
    (const float *input, const float *output, const uint8_t *argmax, const float *gradient,
     int block, int rows, int columns, const float *mean, float *sum, float *product),
    input, output, argmax, gradient, block, rows, columns, mean, sum, product)

CHOOSE(
    topo_pool_normalized_backward, normalized_backward,
    (const float *input, const float *output, const uint8_t *argmax, const float *gradient,
     int block, int rows, int columns, const float *mean, const float *gradient_mean,
     const float *slope, const float *factor, float *input_gradient),
    input, output, argmax, gradient, block, rows, columns, mean, gradient_mean, slope, factor,
    input_gradient)
