// Dense products with the member axis, for the linear layers.
//
// linear_product        C[m, n] = sum over k of A(m, k) B(k, n) (+ bias[n])
//                       dimension 0 tiles of n, dimension 1 tiles of m, dimension 2 the member
// linear_bias           C[m, n] = bias[n], for a product that adds; dimension 0 the value,
//                       dimension 1 the member
// linear_bias_gradient  db[n] = sum over m of dC[m, n]; dimension 0 n, dimension 1 the member
//
// With y = x w^T + b: forward A = x, B = w^T; dx: A = dy, B = w; dw: A = dy^T, B = x.

#include "common.cl"

// SHAPE, at least 1: rows of C, columns of C, length of the sums.
#ifndef M
#define M 64
#endif
#ifndef N
#define N 121
#endif
#ifndef K
#define K 64
#endif
// SHAPE: elements of A from one m, and one k, to the next; likewise of B.
#ifndef A_M
#define A_M K
#endif
#ifndef A_K
#define A_K 1
#endif
#ifndef B_K
#define B_K 1
#endif
#ifndef B_N
#define B_N K
#endif
// SHAPE, 0 or 1: whether there is a bias.
#ifndef WITH_BIAS
#define WITH_BIAS 1
#endif
// SHAPE, at least 1: consecutive members of B and C that share a member of A.
#ifndef SERVED
#define SERVED 1
#endif
// TUNABLE, at least 1: side of the square tile of C that a work-item computes.
#ifndef TILE
#define TILE 4
#endif

kernel void linear_product(
    global const float *a, const ulong2 a_place,
    global const float *b, const ulong2 b_place,
    global float *c, const ulong2 c_place
#if WITH_BIAS
    , global const float *bias, const ulong2 bias_place
#endif
) {
  const int n = get_global_id(0) * TILE, m = get_global_id(1) * TILE, member = get_global_id(2);
  if (n >= N || m >= M) return;
  a = MEMBER(a, a_place, member / SERVED);
  b = MEMBER(b, b_place, member);
  c = MEMBER(c, c_place, member);
  // A tile that sticks out computes the last row or column again, and does not store it.
  int a_start[TILE], b_start[TILE];
  float sum[TILE][TILE];
#pragma unroll
  for (int i = 0; i < TILE; ++i) {
    a_start[i] = min(m + i, M - 1) * A_M;
    b_start[i] = min(n + i, N - 1) * B_N;
#pragma unroll
    for (int j = 0; j < TILE; ++j) sum[i][j] = 0;
  }
  for (int k = 0; k < K; ++k) {
    float column[TILE], row[TILE];
#pragma unroll
    for (int i = 0; i < TILE; ++i) {
      column[i] = a[a_start[i] + k * A_K];
      row[i] = b[b_start[i] + k * B_K];
    }
#pragma unroll
    for (int i = 0; i < TILE; ++i)
#pragma unroll
      for (int j = 0; j < TILE; ++j) sum[i][j] = mad(column[i], row[j], sum[i][j]);
  }
#pragma unroll
  for (int i = 0; i < TILE; ++i)
#pragma unroll
    for (int j = 0; j < TILE; ++j)
      if (m + i < M && n + j < N) {
#if WITH_BIAS
        sum[i][j] += MEMBER(bias, bias_place, member)[n + j];
#endif
        c[(m + i) * N + n + j] = sum[i][j];
      }
}

kernel void linear_bias(
    global const float *bias, const ulong2 bias_place,
    global float *c, const ulong2 c_place) {
  const int index = get_global_id(0), member = get_global_id(1);
  if (index >= M * N) return;
  MEMBER(c, c_place, member)[index] = MEMBER(bias, bias_place, member)[index % N];
}

kernel void linear_bias_gradient(
    global const float *gradient, const ulong2 gradient_place,
    global float *bias_gradient, const ulong2 bias_gradient_place) {
  const int n = get_global_id(0), member = get_global_id(1);
  if (n >= N) return;
  gradient = MEMBER(gradient, gradient_place, member);
  float2 sum = 0;
  for (int m = 0; m < M; ++m) sum = compensated_add(sum, gradient[m * N + n]);
  MEMBER(bias_gradient, bias_gradient_place, member)[n] = sum.x + sum.y;
}
