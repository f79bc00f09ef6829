// Batch normalization of activations [batch, channel, row, column].
//
// n = batch * rows * columns values per channel
// training   mean = sum x / n, variance = sum (x - mean)^2 / n, d = 1 / sqrt(variance + epsilon)
//            y = (x - mean) d gamma + beta
//            running = (1 - momentum) running + momentum batch, with variance n / (n - 1)
// backward   beta' = sum dy, gamma' = sum dy (x - mean) d
//            dx = gamma d (dy - beta' / n - (x - mean) d gamma' / n)
// inference  y = (x - running mean) / sqrt(running variance + epsilon) gamma + beta
// pooled     y as in training, then its largest value of each 2 x 2 window, then ReLU; backward
//            the same dx with dy at the largest value if that is positive, and 0 elsewhere
//
// Training and backward: one work-group per channel (dimension 0) and member (dimension 1), whose
// work-items keep compensated sums that a tree adds up in a fixed order. Inference: dimension 0
// the value, dimension 1 the member.

#include "common.cl"
#include "largest.cl"
// LANES is 8, 4 or 1: a divisor of PIXELS.
#include "vectors.cl"

// SHAPE, at least 1: extents of the activation; PIXELS is rows times columns.
#ifndef BATCH
#define BATCH 64
#endif
#ifndef CHANNELS
#define CHANNELS 32
#endif
#ifndef PIXELS
#define PIXELS 1024
#endif
// SHAPE, even: columns, for pooling.
#ifndef COLUMNS
#define COLUMNS 32
#endif
// SHAPE: added to the variance.
#ifndef EPSILON
#define EPSILON 1e-5f
#endif
// SHAPE, 0 to 1: share of the batch in the running statistics, and 1 - MOMENTUM.
#ifndef MOMENTUM
#define MOMENTUM 0.1f
#endif
#ifndef REMAINING
#define REMAINING 0.9f
#endif

// Values of a channel, and vectors of them.
#define VALUES (BATCH * PIXELS)
#define VECTORS_PER_PLANE (PIXELS / LANES)
#define VECTORS (BATCH * VECTORS_PER_PLANE)
// Offset of vector n of a channel from the channel's first value.
#define AT(n) \
  ((n) / VECTORS_PER_PLANE * (CHANNELS * PIXELS) + (n) % VECTORS_PER_PLANE * LANES)

// Mean of a channel that begins at `input`, and the sum of squared differences from it.
float2 channel_moments(global const float *input, local float *scratch) {
  const int item = get_local_id(0);
  floats sum = 0, error = 0;
  for (int n = item; n < VECTORS; n += GROUP) ADD_FLOATS(sum, error, LOAD_FLOATS(input + AT(n)));
  const float mean = group_sum(sum_of_lanes(sum) + sum_of_lanes(error), scratch) / VALUES;
  sum = 0;
  error = 0;
  for (int n = item; n < VECTORS; n += GROUP) {
    const floats difference = LOAD_FLOATS(input + AT(n)) - mean;
    ADD_FLOATS(sum, error, difference * difference);
  }
  return (float2)(mean, group_sum(sum_of_lanes(sum) + sum_of_lanes(error), scratch));
}

// Measures a channel that begins at `input`, keeps what its backward pass needs, and moves its
// running statistics. Returns what normalizes it, y = (x - result.x) * result.y + result.z. The
// whole work-group must call it; all pointers are to the channel's value.
float4 measure_channel(
    global const float *input, global const float *gamma, global const float *beta,
    global float *running_mean, global float *running_variance, global float *mean,
    global float *inverse_standard_deviation, local float *scratch) {
  const float2 moments = channel_moments(input, scratch);
  const float inverse = rsqrt(moments.y / VALUES + EPSILON);
  if (get_local_id(0) == 0) {
    *mean = moments.x;
    *inverse_standard_deviation = inverse;
    *running_mean = REMAINING * *running_mean + MOMENTUM * moments.x;
    *running_variance =
        REMAINING * *running_variance + MOMENTUM * (moments.y / max(VALUES - 1, 1));
  }
  return (float4)(moments.x, inverse * *gamma, *beta, 0);
}

kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void batch_normalization(
    global const float *input, const ulong2 input_place,
    global const float *gamma, const ulong2 gamma_place,
    global const float *beta, const ulong2 beta_place,
    global float *running_mean, const ulong2 running_mean_place,
    global float *running_variance, const ulong2 running_variance_place,
    global float *mean, const ulong2 mean_place,
    global float *inverse_standard_deviation, const ulong2 inverse_standard_deviation_place,
    global float *output, const ulong2 output_place) {
  local float scratch[GROUP];
  const int item = get_local_id(0), channel = get_group_id(0), member = get_global_id(1);
  input = MEMBER(input, input_place, member) + channel * PIXELS;
  output = MEMBER(output, output_place, member) + channel * PIXELS;

  const float4 line = measure_channel(
      input, MEMBER(gamma, gamma_place, member) + channel,
      MEMBER(beta, beta_place, member) + channel,
      MEMBER(running_mean, running_mean_place, member) + channel,
      MEMBER(running_variance, running_variance_place, member) + channel,
      MEMBER(mean, mean_place, member) + channel,
      MEMBER(inverse_standard_deviation, inverse_standard_deviation_place, member) + channel,
      scratch);
  const float channel_mean = line.x, slope = line.y, intercept = line.z;
  for (int n = item; n < VECTORS; n += GROUP)
    STORE_FLOATS((LOAD_FLOATS(input + AT(n)) - channel_mean) * slope + intercept, output + AT(n));
}

kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void batch_normalization_backward(
    global const float *input, const ulong2 input_place,
    global const float *output_gradient, const ulong2 output_gradient_place,
    global const float *gamma, const ulong2 gamma_place,
    global const float *mean, const ulong2 mean_place,
    global const float *inverse_standard_deviation, const ulong2 inverse_standard_deviation_place,
    global float *input_gradient, const ulong2 input_gradient_place,
    global float *gamma_gradient, const ulong2 gamma_gradient_place,
    global float *beta_gradient, const ulong2 beta_gradient_place) {
  local float scratch[GROUP];
  const int item = get_local_id(0), channel = get_group_id(0), member = get_global_id(1);
  input = MEMBER(input, input_place, member) + channel * PIXELS;
  output_gradient = MEMBER(output_gradient, output_gradient_place, member) + channel * PIXELS;
  input_gradient = MEMBER(input_gradient, input_gradient_place, member) + channel * PIXELS;
  const float channel_mean = MEMBER(mean, mean_place, member)[channel];
  const float factor =
      MEMBER(inverse_standard_deviation, inverse_standard_deviation_place, member)[channel];

  floats gradients = 0, gradients_error = 0, products = 0, products_error = 0;
  for (int n = item; n < VECTORS; n += GROUP) {
    const floats gradient = LOAD_FLOATS(output_gradient + AT(n));
    const floats normalized = (LOAD_FLOATS(input + AT(n)) - channel_mean) * factor;
    ADD_FLOATS(gradients, gradients_error, gradient);
    ADD_FLOATS(products, products_error, gradient * normalized);
  }
  const float gradient_sum =
      group_sum(sum_of_lanes(gradients) + sum_of_lanes(gradients_error), scratch);
  const float product_sum =
      group_sum(sum_of_lanes(products) + sum_of_lanes(products_error), scratch);

  if (item == 0) {
    MEMBER(beta_gradient, beta_gradient_place, member)[channel] = gradient_sum;
    MEMBER(gamma_gradient, gamma_gradient_place, member)[channel] = product_sum;
  }
  const float slope = factor * MEMBER(gamma, gamma_place, member)[channel];
  const float gradient_mean = gradient_sum / VALUES, product_mean = product_sum / VALUES;
  // A value is read and written by the same work-item: the gradients may share memory.
  for (int n = item; n < VECTORS; n += GROUP) {
    const floats normalized = (LOAD_FLOATS(input + AT(n)) - channel_mean) * factor;
    const floats gradient = LOAD_FLOATS(output_gradient + AT(n));
    STORE_FLOATS(
        slope * (gradient - gradient_mean - normalized * product_mean), input_gradient + AT(n));
  }
}

kernel void batch_normalization_inference(
    global const float *input, const ulong2 input_place,
    global const float *gamma, const ulong2 gamma_place,
    global const float *beta, const ulong2 beta_place,
    global const float *running_mean, const ulong2 running_mean_place,
    global const float *running_variance, const ulong2 running_variance_place,
    global float *output, const ulong2 output_place) {
  const int index = get_global_id(0), member = get_global_id(1);
  if (index >= BATCH * CHANNELS * PIXELS) return;
  const int channel = index / PIXELS % CHANNELS;
  const float slope =
      rsqrt(MEMBER(running_variance, running_variance_place, member)[channel] + EPSILON)
      * MEMBER(gamma, gamma_place, member)[channel];
  MEMBER(output, output_place, member)[index] =
      (MEMBER(input, input_place, member)[index]
       - MEMBER(running_mean, running_mean_place, member)[channel])
          * slope
      + MEMBER(beta, beta_place, member)[channel];
}

// Pooling: outputs of a plane and of a channel; offsets of the first pixel of output n's window and
// of output n, from the channel's first ones.
#define PLANE_OUTPUTS (PIXELS / 4)
#define OUTPUTS (BATCH * PLANE_OUTPUTS)
#define WINDOW(n)                                                                    \
  ((n) / PLANE_OUTPUTS * (CHANNELS * PIXELS)                                         \
   + (n) % PLANE_OUTPUTS / (COLUMNS / 2) * (2 * COLUMNS) + (n) % (COLUMNS / 2) * 2)
#define POOLED(n) ((n) / PLANE_OUTPUTS * (CHANNELS * PLANE_OUTPUTS) + (n) % PLANE_OUTPUTS)

kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void batch_normalization_pooled(
    global const float *input, const ulong2 input_place,
    global const float *gamma, const ulong2 gamma_place,
    global const float *beta, const ulong2 beta_place,
    global float *running_mean, const ulong2 running_mean_place,
    global float *running_variance, const ulong2 running_variance_place,
    global float *mean, const ulong2 mean_place,
    global float *inverse_standard_deviation, const ulong2 inverse_standard_deviation_place,
    global float *output, const ulong2 output_place,
    global uchar *argmaxes, const ulong2 argmaxes_place) {
  local float scratch[GROUP];
  const int item = get_local_id(0), channel = get_group_id(0), member = get_global_id(1);
  input = MEMBER(input, input_place, member) + channel * PIXELS;
  output = MEMBER(output, output_place, member) + channel * PLANE_OUTPUTS;
  argmaxes = MEMBER(argmaxes, argmaxes_place, member) + channel * PLANE_OUTPUTS;

  const float4 line = measure_channel(
      input, MEMBER(gamma, gamma_place, member) + channel,
      MEMBER(beta, beta_place, member) + channel,
      MEMBER(running_mean, running_mean_place, member) + channel,
      MEMBER(running_variance, running_variance_place, member) + channel,
      MEMBER(mean, mean_place, member) + channel,
      MEMBER(inverse_standard_deviation, inverse_standard_deviation_place, member) + channel,
      scratch);
  const float channel_mean = line.x, slope = line.y, intercept = line.z;
  for (uint n = item; n < OUTPUTS; n += GROUP) {
    global const float *from = input + WINDOW(n);
    const float2 above = (vload2(0, from) - channel_mean) * slope + intercept;
    const float2 below = (vload2(0, from + COLUMNS) - channel_mean) * slope + intercept;
    float largest = above.x;
    int argmax = 0;
    KEEP_LARGEST(int, largest, argmax, above.y, 1);
    KEEP_LARGEST(int, largest, argmax, below.x, 2);
    KEEP_LARGEST(int, largest, argmax, below.y, 3);
    // ReLU keeps NaN.
    output[POOLED(n)] = largest <= 0 ? 0.0f : largest;
    argmaxes[POOLED(n)] = (uchar)argmax;
  }
}

kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void batch_normalization_pooled_backward(
    global const float *input, const ulong2 input_place,
    global const float *output, const ulong2 output_place,
    global const uchar *argmaxes, const ulong2 argmaxes_place,
    global const float *output_gradient, const ulong2 output_gradient_place,
    global const float *gamma, const ulong2 gamma_place,
    global const float *mean, const ulong2 mean_place,
    global const float *inverse_standard_deviation, const ulong2 inverse_standard_deviation_place,
    global float *input_gradient, const ulong2 input_gradient_place,
    global float *gamma_gradient, const ulong2 gamma_gradient_place,
    global float *beta_gradient, const ulong2 beta_gradient_place) {
  local float scratch[GROUP];
  const int item = get_local_id(0), channel = get_group_id(0), member = get_global_id(1);
  input = MEMBER(input, input_place, member) + channel * PIXELS;
  input_gradient = MEMBER(input_gradient, input_gradient_place, member) + channel * PIXELS;
  output = MEMBER(output, output_place, member) + channel * PLANE_OUTPUTS;
  argmaxes = MEMBER(argmaxes, argmaxes_place, member) + channel * PLANE_OUTPUTS;
  output_gradient =
      MEMBER(output_gradient, output_gradient_place, member) + channel * PLANE_OUTPUTS;
  const float channel_mean = MEMBER(mean, mean_place, member)[channel];
  const float factor =
      MEMBER(inverse_standard_deviation, inverse_standard_deviation_place, member)[channel];

  float2 gradients = 0, products = 0;
  for (uint n = item; n < OUTPUTS; n += GROUP) {
    const int argmax = argmaxes[POOLED(n)] & 3;
    const float gradient = output[POOLED(n)] > 0 ? output_gradient[POOLED(n)] : 0.0f;
    const float value = input[WINDOW(n) + argmax / 2 * COLUMNS + argmax % 2];
    gradients = compensated_add(gradients, gradient);
    products = compensated_add(products, gradient * ((value - channel_mean) * factor));
  }
  const float gradient_sum = group_sum(gradients.x + gradients.y, scratch);
  const float product_sum = group_sum(products.x + products.y, scratch);
  if (item == 0) {
    MEMBER(beta_gradient, beta_gradient_place, member)[channel] = gradient_sum;
    MEMBER(gamma_gradient, gamma_gradient_place, member)[channel] = product_sum;
  }
  const float slope = factor * MEMBER(gamma, gamma_place, member)[channel];
  const float gradient_mean = gradient_sum / VALUES, product_mean = product_sum / VALUES;
  for (uint n = item; n < OUTPUTS; n += GROUP) {
    const int argmax = argmaxes[POOLED(n)];
    const float gradient = output[POOLED(n)] > 0 ? output_gradient[POOLED(n)] : 0.0f;
    for (int row = 0; row < 2; ++row) {
      const int at = WINDOW(n) + row * COLUMNS;
      const float2 normalized = (vload2(0, input + at) - channel_mean) * factor;
      const float2 given =
          (float2)(argmax == 2 * row ? gradient : 0.0f, argmax == 2 * row + 1 ? gradient : 0.0f);
      vstore2(
          slope * (given - gradient_mean - normalized * product_mean), 0, input_gradient + at);
    }
  }
}
