// Rectification and dropout: dense tensors, dimension 0 the value (dropout: four values),
// dimension 1 the member.
//
// relu           y = max(x, 0), keeping NaN
// relu_backward  dx = y > 0 ? dy : 0
// dropout        y = u >= rate ? x / (1 - rate) : 0, u from Philox

#include "common.cl"
#include "philox.cl"

// SHAPE, at least 1: values of a member.
#ifndef COUNT
#define COUNT 1024
#endif
// SHAPE, from 0 to below 1: probability to drop a value.
#ifndef RATE
#define RATE 0.5f
#endif
// SHAPE: 1 - RATE, rounded by the host.
#ifndef KEPT
#define KEPT 0.5f
#endif
// SHAPE: which dropout layer of the network.
#ifndef STREAM
#define STREAM 0
#endif

kernel void relu(
    global const float *input, const ulong2 input_place,
    global float *output, const ulong2 output_place) {
  const int index = get_global_id(0), member = get_global_id(1);
  if (index >= COUNT) return;
  const float value = MEMBER(input, input_place, member)[index];
  MEMBER(output, output_place, member)[index] = value <= 0 ? 0.0f : value;
}

kernel void relu_backward(
    global const float *output, const ulong2 output_place,
    global const float *output_gradient, const ulong2 output_gradient_place,
    global float *input_gradient, const ulong2 input_gradient_place) {
  const int index = get_global_id(0), member = get_global_id(1);
  if (index >= COUNT) return;
  const float value = MEMBER(output, output_place, member)[index];
  const float gradient = MEMBER(output_gradient, output_gradient_place, member)[index];
  MEMBER(input_gradient, input_gradient_place, member)[index] = value > 0 ? gradient : 0.0f;
}

kernel void dropout(
    global const uint *seeds, const ulong2 seeds_place,
    global const uint *clock, const ulong2 clock_place,
    global const float *input, const ulong2 input_place,
    global float *output, const ulong2 output_place) {
  const int block = get_global_id(0), member = get_global_id(1);
  if (block * 4 >= COUNT) return;
  seeds = MEMBER(seeds, seeds_place, member);
  clock = MEMBER(clock, clock_place, member);
  input = MEMBER(input, input_place, member);
  output = MEMBER(output, output_place, member);
  const uint4 counter = (uint4)(block, clock[1], STREAM, PHILOX_DROPOUT);
  const float4 u = philox_uniform(philox_block(counter, (uint2)(seeds[0], seeds[1])));
  const float uniform[4] = {u.x, u.y, u.z, u.w};
  for (int i = 0; i < 4; ++i) {
    const int index = block * 4 + i;
    if (index < COUNT) output[index] = uniform[i] >= RATE ? input[index] / KEPT : 0.0f;
  }
}
