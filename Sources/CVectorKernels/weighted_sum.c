#include "weighted_sum.h"

#include <string.h>

#include "clones.h"

#pragma STDC FP_CONTRACT OFF

typedef double quad __attribute__((vector_size(32)));

enum { QUAD = 4, QUADS = 8 };

// `4 quads` columns, the sums in registers.
static inline __attribute__((always_inline)) void tile(
    const int quads, int terms, const double *values, const ptrdiff_t *offsets,
    const double *weights, double *sums) {
  quad sum[QUADS];
  for (int q = 0; q < quads; ++q) sum[q] = (quad){0};
  for (int term = 0; term < terms; ++term) {
    const double *row = values + offsets[term];
    for (int q = 0; q < quads; ++q) {
      quad value;
      memcpy(&value, row + QUAD * q, sizeof value);
      sum[q] += value * weights[term];
    }
  }
  memcpy(sums, sum, quads * sizeof(quad));
}

CLONES void topo_weighted_sum(
    int terms, const double *values, const ptrdiff_t *offsets, const double *weights, int columns,
    double *sums) {
  int column = 0;
  for (; column + QUADS * QUAD <= columns; column += QUADS * QUAD)
    tile(QUADS, terms, values + column, offsets, weights, sums + column);
  // 28 columns are MNIST's.
  for (; column + 7 * QUAD <= columns; column += 7 * QUAD)
    tile(7, terms, values + column, offsets, weights, sums + column);
  for (; column + QUAD <= columns; column += QUAD)
    tile(1, terms, values + column, offsets, weights, sums + column);
  for (; column < columns; ++column) {
    double sum = 0;
    for (int term = 0; term < terms; ++term) sum += values[offsets[term] + column] * weights[term];
    sums[column] = sum;
  }
}
