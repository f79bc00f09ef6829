// Peak rates of a device: multiply-adds on registers, and a streaming triad. Dimension 0 is the
// work-item.
//
// multiply_add  CHAINS independent chains s = 0.75 s + 0.25 of LANES values, ROUNDS times
// triad         a = b + 0.5 c, four values an item

#include "common.cl"
// LANES: values of a chain, 1, 4 or 8.
#include "vectors.cl"

// TUNABLE, at least 1: chains of a work-item.
#ifndef CHAINS
#define CHAINS 8
#endif
// SHAPE, at least 1: steps of each chain.
#ifndef ROUNDS
#define ROUNDS 1024
#endif
// SHAPE, at least 1: items of the triad.
#ifndef COUNT
#define COUNT 1024
#endif

#ifdef FP_FAST_FMAF
#define MULTIPLY_ADD(a, b, c) fma(a, b, c)
#else
#define MULTIPLY_ADD(a, b, c) mad(a, b, c)
#endif

kernel void multiply_add(global float *result, const ulong2 result_place) {
  const int item = get_global_id(0);
  // From the item's number, so that a compiler cannot compute the sums.
  const float start = 1.0f + 1e-6f * item;
  floats sums[CHAINS];
#pragma unroll
  for (int i = 0; i < CHAINS; ++i) sums[i] = (floats)(start + i);
  for (int round = 0; round < ROUNDS; ++round) {
#pragma unroll
    for (int i = 0; i < CHAINS; ++i) {
      sums[i] = MULTIPLY_ADD(sums[i], (floats)(0.75f), (floats)(0.25f));
    }
  }
  floats total = sums[0];
#pragma unroll
  for (int i = 1; i < CHAINS; ++i) total += sums[i];
  MEMBER(result, result_place, 0)[item] = sum_of_lanes(total);
}

kernel void triad(
    global float *a, const ulong2 a_place,
    global const float *b, const ulong2 b_place,
    global const float *c, const ulong2 c_place) {
  const int item = get_global_id(0);
  if (item >= COUNT) return;
  const float4 left = vload4(item, MEMBER(b, b_place, 0));
  const float4 right = vload4(item, MEMBER(c, c_place, 0));
  vstore4(left + 0.5f * right, item, MEMBER(a, a_place, 0));
}
