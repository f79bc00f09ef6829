// Sums that gradients of a convolution need, whichever kernels compute the rest.
//
// convolution_weight_sum     adds up the chunks of a weight gradient in order
// convolution_bias_gradient  db[o] = sum over images, r, c of dy[o, r, c]

#include "common.cl"
#include "convolution_shape.cl"
// LANES is 8, 4 or 1: a divisor of TARGET_PIXELS.
#include "vectors.cl"

// TUNABLE, at least 1: chunks of the weight gradient.
#ifndef CHUNKS
#define CHUNKS 1
#endif

// Dimension 0: weights. Dimension 1: members.
kernel void convolution_weight_sum(
    global const float *partial, const ulong2 partial_place,
    global float *weight_gradient, const ulong2 weight_gradient_place) {
  const int index = get_global_id(0), member = get_global_id(1);
  const int count = TARGET_CHANNELS * SOURCE_CHANNELS * KERNEL_SIZE;
  if (index >= count) return;
  partial = MEMBER(partial, partial_place, member) + index;
  float sum = 0;
  for (int chunk = 0; chunk < CHUNKS; ++chunk) sum += partial[chunk * count];
  MEMBER(weight_gradient, weight_gradient_place, member)[index] = sum;
}

// One work-group per target channel (dimension 0) and member (dimension 1).
kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void convolution_bias_gradient(
    global const float *target_gradient, const ulong2 target_gradient_place,
    global float *bias_gradient, const ulong2 bias_gradient_place) {
  local float scratch[GROUP];
  const int item = get_local_id(0), channel = get_group_id(0), member = get_global_id(1);
  target_gradient =
      MEMBER(target_gradient, target_gradient_place, member) + channel * TARGET_PIXELS;
  const int vectors = TARGET_PIXELS / LANES;
  floats sum = 0, error = 0;
  for (int n = item; n < BATCH * vectors; n += GROUP)
    ADD_FLOATS(
        sum, error,
        LOAD_FLOATS(
            target_gradient + n / vectors * (TARGET_CHANNELS * TARGET_PIXELS)
            + n % vectors * LANES));
  const float total = group_sum(sum_of_lanes(sum) + sum_of_lanes(error), scratch);
  if (item == 0) MEMBER(bias_gradient, bias_gradient_place, member)[channel] = total;
}
