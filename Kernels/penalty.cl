// The topographic penalty L = sum over pairs (u, v) of weight * delta(m_u, m_v), of the rows of a
// matrix whose entry (u, p) lies at u * UNIT_STRIDE + p * FEATURE_STRIDE.
//
// euclidean    delta = |m_u - m_v|, its gradient (m_u - m_v) / |m_u - m_v|, 0 if they are equal
// cosine       delta = 1 - s, s = <x, y> / (|x| |y| + e), its gradient with respect to x
//              -(y - s |y| / |x| x) / (|x| |y| + e); delta 1 and gradient 0 if a row is zero
// correlation  the cosine of the rows minus their means; constant rows count as zero
//
// penalty_rows      cosine, correlation: mean, size and norm of each row
//                   dimension 0 the unit, dimension 1 the member
// penalty_pairs     weight * delta of each pair, and what its gradient needs
//                   dimension 0 the pair, dimension 1 the member
// penalty_value     value += scale * L; one work-group per member (dimension 1)
// penalty_gradient  gradient += lambda * scale * dL/dM; dimension 0 the entry, dimension 1 the
//                   member: each entry sums over its unit's pairs, in the order of the list
//
// Everything is divided by the largest magnitude before it is squared: the squares of 1e-20 do not
// underflow and those of 1e25 do not overflow. Members whose lambda is 0 are left unchanged.

#include "common.cl"

#define EUCLIDEAN 0
#define COSINE 1
#define CORRELATION 2
// SHAPE: which dissimilarity.
#ifndef METRIC
#define METRIC EUCLIDEAN
#endif
// SHAPE: rows and columns of the matrix, and its strides.
#ifndef UNITS
#define UNITS 121
#endif
#ifndef FEATURES
#define FEATURES 64
#endif
#ifndef UNIT_STRIDE
#define UNIT_STRIDE 64
#endif
#ifndef FEATURE_STRIDE
#define FEATURE_STRIDE 1
#endif
// SHAPE: pairs of the graph.
#ifndef PAIRS
#define PAIRS 420
#endif
// SHAPE: factor of the penalty.
#ifndef SCALE
#define SCALE 1.0f
#endif
// Added to the product of the norms.
#define MARGIN 1e-8f

// Entry p of unit u.
#define ENTRY(u, p) values[(u) * UNIT_STRIDE + (p) * FEATURE_STRIDE]

// The larger magnitude; NaN if there was one.
float larger(float largest, float value) {
  return fabs(value) > largest || isnan(value) ? fabs(value) : largest;
}

// A row as cosine and correlation use it. x + y is the mean (x the leading part, y the correction),
// both 0 for cosine; z the largest magnitude of the row minus its mean, 0 for rows that count as
// zero; w the norm of the row minus its mean, divided by z.
#define CENTERED(u, p, row) ((ENTRY(u, p) - (row).x) - (row).y)

kernel void penalty_rows(
    global const float *values, const ulong2 values_place,
    global const float *lambdas, const ulong2 lambdas_place,
    global float4 *rows) {
  const int unit = get_global_id(0), member = get_global_id(1);
  if (unit >= UNITS || MEMBER(lambdas, lambdas_place, member)[0] == 0) return;
  values = MEMBER(values, values_place, member);
  float4 row = 0;
  bool counts = true;
#if METRIC == CORRELATION
  // Means of differences from the first entry: exact for constant rows, close for the others.
  const float start = ENTRY(unit, 0);
  float2 sum = 0;
  counts = false;
  for (int p = 1; p < FEATURES; ++p) {
    counts = counts || ENTRY(unit, p) != start;
    sum = compensated_add(sum, ENTRY(unit, p) - start);
  }
  counts = counts || isnan(start);
  row.x = start;
  row.y = (sum.x + sum.y) / FEATURES;
  sum = 0;
  for (int p = 0; p < FEATURES; ++p) sum = compensated_add(sum, CENTERED(unit, p, row));
  row.y += (sum.x + sum.y) / FEATURES;
#endif
  if (counts) {
    for (int p = 0; p < FEATURES; ++p) row.z = larger(row.z, CENTERED(unit, p, row));
    if (row.z != 0) {
      float squares = 0;
      for (int p = 0; p < FEATURES; ++p) {
        const float x = CENTERED(unit, p, row) / row.z;
        squares = mad(x, x, squares);
      }
      row.w = sqrt(squares);
    }
  }
  rows[member * UNITS + unit] = row;
}

// Per pair: x is weight * delta. Euclidean: y the largest difference, z the norm of the differences
// divided by it. Otherwise: y the similarity s, z the inverse of |x| |y| + e for rows
// divided by their sizes.
kernel void penalty_pairs(
    global const float *values, const ulong2 values_place,
    global const float *lambdas, const ulong2 lambdas_place,
    global const int2 *pair_units, global const float *pair_weights,
#if METRIC != EUCLIDEAN
    global const float4 *rows,
#endif
    global float4 *pairs) {
  const int pair = get_global_id(0), member = get_global_id(1);
  if (pair >= PAIRS || MEMBER(lambdas, lambdas_place, member)[0] == 0) return;
  values = MEMBER(values, values_place, member);
  const int u = pair_units[pair].x, v = pair_units[pair].y;
  float4 result = 0;
#if METRIC == EUCLIDEAN
  for (int p = 0; p < FEATURES; ++p) result.y = larger(result.y, ENTRY(u, p) - ENTRY(v, p));
  if (result.y != 0) {
    float squares = 0;
    for (int p = 0; p < FEATURES; ++p) {
      const float difference = (ENTRY(u, p) - ENTRY(v, p)) / result.y;
      squares = mad(difference, difference, squares);
    }
    result.z = sqrt(squares);
    result.x = pair_weights[pair] * (result.y * result.z);
  }
#else
  const float4 first = rows[member * UNITS + u], second = rows[member * UNITS + v];
  if (first.z == 0 || second.z == 0) {
    result.x = pair_weights[pair];
  } else {
    // 1 - s from the distance of the directions, which keeps the digits of small angles.
    float squares = 0;
    for (int p = 0; p < FEATURES; ++p) {
      const float difference = CENTERED(u, p, first) / first.z / first.w
          - CENTERED(v, p, second) / second.z / second.w;
      squares = mad(difference, difference, squares);
    }
    const float norms = first.w * second.w, margin = MARGIN / first.z / second.z;
    const float loss = 1 / (1 + norms / margin);
    const float delta = (1 - loss) * (0.5f * squares) + loss;
    result.x = pair_weights[pair] * delta;
    result.y = 1 - delta;
    result.z = 1 / (norms + margin);
  }
#endif
  pairs[member * PAIRS + pair] = result;
}

kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void penalty_value(
    global const float *lambdas, const ulong2 lambdas_place,
    global const float4 *pairs,
    global float *value, const ulong2 value_place) {
  local float scratch[GROUP];
  const int item = get_local_id(0), member = get_global_id(1);
  const bool active = MEMBER(lambdas, lambdas_place, member)[0] != 0;
  float2 sum = 0;
  if (active)
    for (int pair = item; pair < PAIRS; pair += GROUP)
      sum = compensated_add(sum, pairs[member * PAIRS + pair].x);
  const float total = group_sum(sum.x + sum.y, scratch);
  if (item == 0 && active) MEMBER(value, value_place, member)[0] += SCALE * total;
}

// Unit u's entries of `incident`, each (pair, neighbor), are starts[u] to starts[u + 1].
kernel void penalty_gradient(
    global const float *values, const ulong2 values_place,
    global const float *lambdas, const ulong2 lambdas_place,
    global const float *pair_weights,
    global const int *starts, global const int2 *incident,
#if METRIC != EUCLIDEAN
    global const float4 *rows,
#endif
    global const float4 *pairs,
    global float *gradient, const ulong2 gradient_place) {
  const int index = get_global_id(0), member = get_global_id(1);
  const float lambda = MEMBER(lambdas, lambdas_place, member)[0];
  if (index >= UNITS * FEATURES || lambda == 0) return;
  values = MEMBER(values, values_place, member);
  // Neighboring work-items access neighboring memory, for either order of the matrix.
#if FEATURE_STRIDE < UNIT_STRIDE
  const int u = index / FEATURES, p = index % FEATURES;
#else
  const int u = index % UNITS, p = index / UNITS;
#endif
  float sum = 0;
  for (int n = starts[u]; n < starts[u + 1]; ++n) {
    const int k = incident[n].x, v = incident[n].y;
    const float4 pair = pairs[member * PAIRS + k];
#if METRIC == EUCLIDEAN
    if (pair.y != 0)
      sum += pair_weights[k] * ((ENTRY(u, p) - ENTRY(v, p)) / pair.y / pair.z);
#else
    const float4 row = rows[member * UNITS + u], other = rows[member * UNITS + v];
    if (row.z != 0 && other.z != 0) {
      const float x = CENTERED(u, p, row) / row.z, y = CENTERED(v, p, other) / other.z;
      sum -= pair_weights[k] * ((y - pair.y * (other.w / row.w) * x) * pair.z / row.z);
    }
#endif
  }
  MEMBER(gradient, gradient_place, member)[u * UNIT_STRIDE + p * FEATURE_STRIDE] +=
      lambda * SCALE * sum;
}
