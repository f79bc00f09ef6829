// Batch normalisation of activations [batch, channel, row, column].
//
// n = batch * rows * columns values per channel
// training   mean = sum x / n, variance = sum (x - mean)^2 / n, d = 1 / sqrt(variance + epsilon)
//            y = (x - mean) d scale + shift
//            running = (1 - momentum) running + momentum batch, with variance n / (n - 1)
// backward   shift' = sum dy, scale' = sum dy (x - mean) d
//            dx = scale d (dy - shift' / n - (x - mean) d scale' / n)
// inference  y = (x - running mean) / sqrt(running variance + epsilon) scale + shift
// pooled     y as in training, then its largest value of each 2 x 2 window, then ReLU; backward
//            the same dx with dy at the place of the largest, where that is positive, and else 0
//
// Training and backward: one work-group per channel (dimension 0) and member (dimension 1), whose
// work-items keep compensated sums that a tree adds up in a fixed order. Inference: dimension 0
// the value, dimension 1 the member.

#ifndef MEMBER
#include "common.cl"
#endif

// Extents of the activation; PIXELS is rows times columns.
#ifndef BATCH
#define BATCH 64
#endif
#ifndef CHANNELS
#define CHANNELS 32
#endif
#ifndef PIXELS
#define PIXELS 1024
#endif
// Columns of pixels, where windows pool them.
#ifndef COLUMNS
#define COLUMNS 32
#endif
// Added to the variance.
#ifndef EPSILON
#define EPSILON 1e-5f
#endif
// Share of the batch in the running statistics, and 1 - MOMENTUM.
#ifndef MOMENTUM
#define MOMENTUM 0.1f
#endif
#ifndef REMAINING
#define REMAINING 0.9f
#endif

// Values of a channel, and vectors of them.
#define VALUES (BATCH * PIXELS)
#define VECTORS_PER_PLANE (PIXELS / VECTOR)
#define VECTORS (BATCH * VECTORS_PER_PLANE)
// Where vector n of a channel lies, from the channel's first one.
#define AT(n) \
  ((n) / VECTORS_PER_PLANE * (CHANNELS * PIXELS) + (n) % VECTORS_PER_PLANE * VECTOR)

// Mean of a channel that begins at `input`, and the sum of squared differences from it.
float2 channel_moments(global const float *input, local float *scratch) {
  const int item = get_local_id(0);
  floats sum = 0, rest = 0;
  for (int n = item; n < VECTORS; n += GROUP) ADD_FLOATS(sum, rest, LOAD_FLOATS(input + AT(n)));
  const float mean = group_sum(sum_of_floats(sum) + sum_of_floats(rest), scratch) / VALUES;
  sum = 0;
  rest = 0;
  for (int n = item; n < VECTORS; n += GROUP) {
    const floats difference = LOAD_FLOATS(input + AT(n)) - mean;
    ADD_FLOATS(sum, rest, difference * difference);
  }
  return (float2)(mean, group_sum(sum_of_floats(sum) + sum_of_floats(rest), scratch));
}

// Keeps what the backward pass needs of a channel, and moves its running statistics.
void keep_statistics(
    float2 moments, float inverse, global float *mean, global float *inverse_deviation,
    global float *running_mean, global float *running_variance) {
  *mean = moments.x;
  *inverse_deviation = inverse;
  *running_mean = REMAINING * *running_mean + MOMENTUM * moments.x;
  *running_variance = REMAINING * *running_variance + MOMENTUM * (moments.y / max(VALUES - 1, 1));
}

kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void batch_normalization(
    global const float *input, const ulong2 input_place,
    global const float *scale, const ulong2 scale_place,
    global const float *shift, const ulong2 shift_place,
    global float *running_mean, const ulong2 running_mean_place,
    global float *running_variance, const ulong2 running_variance_place,
    global float *mean, const ulong2 mean_place,
    global float *inverse_deviation, const ulong2 inverse_deviation_place,
    global float *output, const ulong2 output_place) {
  local float scratch[GROUP];
  const int item = get_local_id(0), channel = get_group_id(0), member = get_global_id(1);
  input = MEMBER(input, input_place, member) + channel * PIXELS;
  output = MEMBER(output, output_place, member) + channel * PIXELS;

  const float2 moments = channel_moments(input, scratch);
  const float channel_mean = moments.x, factor = rsqrt(moments.y / VALUES + EPSILON);
  if (item == 0)
    keep_statistics(
        moments, factor, MEMBER(mean, mean_place, member) + channel,
        MEMBER(inverse_deviation, inverse_deviation_place, member) + channel,
        MEMBER(running_mean, running_mean_place, member) + channel,
        MEMBER(running_variance, running_variance_place, member) + channel);
  const float slope = factor * MEMBER(scale, scale_place, member)[channel];
  const float intercept = MEMBER(shift, shift_place, member)[channel];
  for (int n = item; n < VECTORS; n += GROUP)
    STORE_FLOATS((LOAD_FLOATS(input + AT(n)) - channel_mean) * slope + intercept, output + AT(n));
}

kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void batch_normalization_backward(
    global const float *input, const ulong2 input_place,
    global const float *output_gradient, const ulong2 output_gradient_place,
    global const float *scale, const ulong2 scale_place,
    global const float *mean, const ulong2 mean_place,
    global const float *inverse_deviation, const ulong2 inverse_deviation_place,
    global float *input_gradient, const ulong2 input_gradient_place,
    global float *scale_gradient, const ulong2 scale_gradient_place,
    global float *shift_gradient, const ulong2 shift_gradient_place) {
  local float scratch[GROUP];
  const int item = get_local_id(0), channel = get_group_id(0), member = get_global_id(1);
  input = MEMBER(input, input_place, member) + channel * PIXELS;
  output_gradient = MEMBER(output_gradient, output_gradient_place, member) + channel * PIXELS;
  input_gradient = MEMBER(input_gradient, input_gradient_place, member) + channel * PIXELS;
  const float channel_mean = MEMBER(mean, mean_place, member)[channel];
  const float factor = MEMBER(inverse_deviation, inverse_deviation_place, member)[channel];

  floats gradients = 0, gradients_rest = 0, products = 0, products_rest = 0;
  for (int n = item; n < VECTORS; n += GROUP) {
    const floats gradient = LOAD_FLOATS(output_gradient + AT(n));
    const floats normalized = (LOAD_FLOATS(input + AT(n)) - channel_mean) * factor;
    ADD_FLOATS(gradients, gradients_rest, gradient);
    ADD_FLOATS(products, products_rest, gradient * normalized);
  }
  const float gradient_sum =
      group_sum(sum_of_floats(gradients) + sum_of_floats(gradients_rest), scratch);
  const float product_sum =
      group_sum(sum_of_floats(products) + sum_of_floats(products_rest), scratch);

  if (item == 0) {
    MEMBER(shift_gradient, shift_gradient_place, member)[channel] = gradient_sum;
    MEMBER(scale_gradient, scale_gradient_place, member)[channel] = product_sum;
  }
  const float slope = factor * MEMBER(scale, scale_place, member)[channel];
  const float gradient_mean = gradient_sum / VALUES, product_mean = product_sum / VALUES;
  // Reading and writing one place is the same work-item's: the gradients may share memory.
  for (int n = item; n < VECTORS; n += GROUP) {
    const floats normalized = (LOAD_FLOATS(input + AT(n)) - channel_mean) * factor;
    const floats gradient = LOAD_FLOATS(output_gradient + AT(n));
    STORE_FLOATS(
        slope * (gradient - gradient_mean - normalized * product_mean), input_gradient + AT(n));
  }
}

kernel void batch_normalization_inference(
    global const float *input, const ulong2 input_place,
    global const float *scale, const ulong2 scale_place,
    global const float *shift, const ulong2 shift_place,
    global const float *running_mean, const ulong2 running_mean_place,
    global const float *running_variance, const ulong2 running_variance_place,
    global float *output, const ulong2 output_place) {
  const int index = get_global_id(0), member = get_global_id(1);
  if (index >= BATCH * CHANNELS * PIXELS) return;
  const int channel = index / PIXELS % CHANNELS;
  const float slope =
      rsqrt(MEMBER(running_variance, running_variance_place, member)[channel] + EPSILON)
      * MEMBER(scale, scale_place, member)[channel];
  MEMBER(output, output_place, member)[index] =
      (MEMBER(input, input_place, member)[index]
       - MEMBER(running_mean, running_mean_place, member)[channel])
          * slope
      + MEMBER(shift, shift_place, member)[channel];
}

// Outputs of a channel where windows pool it; the first pixel of output n's window, and where the
// output lies.
#define PLANE_OUTPUTS (PIXELS / 4)
#define OUTPUTS (BATCH * PLANE_OUTPUTS)
#define WINDOW(n)                                                                    \
  ((n) / PLANE_OUTPUTS * (CHANNELS * PIXELS)                                         \
   + (n) % PLANE_OUTPUTS / (COLUMNS / 2) * (2 * COLUMNS) + (n) % (COLUMNS / 2) * 2)
#define POOLED(n) ((n) / PLANE_OUTPUTS * (CHANNELS * PLANE_OUTPUTS) + (n) % PLANE_OUTPUTS)

kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void batch_normalization_pooled(
    global const float *input, const ulong2 input_place,
    global const float *scale, const ulong2 scale_place,
    global const float *shift, const ulong2 shift_place,
    global float *running_mean, const ulong2 running_mean_place,
    global float *running_variance, const ulong2 running_variance_place,
    global float *mean, const ulong2 mean_place,
    global float *inverse_deviation, const ulong2 inverse_deviation_place,
    global float *output, const ulong2 output_place,
    global uchar *indices, const ulong2 indices_place) {
  local float scratch[GROUP];
  const int item = get_local_id(0), channel = get_group_id(0), member = get_global_id(1);
  input = MEMBER(input, input_place, member) + channel * PIXELS;
  output = MEMBER(output, output_place, member) + channel * PLANE_OUTPUTS;
  indices = MEMBER(indices, indices_place, member) + channel * PLANE_OUTPUTS;

  const float2 moments = channel_moments(input, scratch);
  const float channel_mean = moments.x, factor = rsqrt(moments.y / VALUES + EPSILON);
  if (item == 0)
    keep_statistics(
        moments, factor, MEMBER(mean, mean_place, member) + channel,
        MEMBER(inverse_deviation, inverse_deviation_place, member) + channel,
        MEMBER(running_mean, running_mean_place, member) + channel,
        MEMBER(running_variance, running_variance_place, member) + channel);
  const float slope = factor * MEMBER(scale, scale_place, member)[channel];
  const float intercept = MEMBER(shift, shift_place, member)[channel];
  for (uint n = item; n < OUTPUTS; n += GROUP) {
    global const float *from = input + WINDOW(n);
    const float2 above = (vload2(0, from) - channel_mean) * slope + intercept;
    const float2 below = (vload2(0, from + COLUMNS) - channel_mean) * slope + intercept;
    float largest = above.x;
    int argmax = 0;
    KEEP_LARGEST(int, largest, argmax, above.y, 1);
    KEEP_LARGEST(int, largest, argmax, below.x, 2);
    KEEP_LARGEST(int, largest, argmax, below.y, 3);
    // A NaN must come out as it went in.
    output[POOLED(n)] = largest <= 0 ? 0.0f : largest;
    indices[POOLED(n)] = (uchar)argmax;
  }
}

kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void batch_normalization_pooled_backward(
    global const float *input, const ulong2 input_place,
    global const float *output, const ulong2 output_place,
    global const uchar *indices, const ulong2 indices_place,
    global const float *output_gradient, const ulong2 output_gradient_place,
    global const float *scale, const ulong2 scale_place,
    global const float *mean, const ulong2 mean_place,
    global const float *inverse_deviation, const ulong2 inverse_deviation_place,
    global float *input_gradient, const ulong2 input_gradient_place,
    global float *scale_gradient, const ulong2 scale_gradient_place,
    global float *shift_gradient, const ulong2 shift_gradient_place) {
  local float scratch[GROUP];
  const int item = get_local_id(0), channel = get_group_id(0), member = get_global_id(1);
  input = MEMBER(input, input_place, member) + channel * PIXELS;
  input_gradient = MEMBER(input_gradient, input_gradient_place, member) + channel * PIXELS;
  output = MEMBER(output, output_place, member) + channel * PLANE_OUTPUTS;
  indices = MEMBER(indices, indices_place, member) + channel * PLANE_OUTPUTS;
  output_gradient =
      MEMBER(output_gradient, output_gradient_place, member) + channel * PLANE_OUTPUTS;
  const float channel_mean = MEMBER(mean, mean_place, member)[channel];
  const float factor = MEMBER(inverse_deviation, inverse_deviation_place, member)[channel];

  float2 gradients = 0, products = 0;
  for (uint n = item; n < OUTPUTS; n += GROUP) {
    const int place = indices[POOLED(n)] & 3;
    const float gradient = output[POOLED(n)] > 0 ? output_gradient[POOLED(n)] : 0.0f;
    const float value = input[WINDOW(n) + place / 2 * COLUMNS + place % 2];
    gradients = compensated_add(gradients, gradient);
    products = compensated_add(products, gradient * ((value - channel_mean) * factor));
  }
  const float gradient_sum = group_sum(gradients.x + gradients.y, scratch);
  const float product_sum = group_sum(products.x + products.y, scratch);
  if (item == 0) {
    MEMBER(shift_gradient, shift_gradient_place, member)[channel] = gradient_sum;
    MEMBER(scale_gradient, scale_gradient_place, member)[channel] = product_sum;
  }
  const float slope = factor * MEMBER(scale, scale_place, member)[channel];
  const float gradient_mean = gradient_sum / VALUES, product_mean = product_sum / VALUES;
  for (uint n = item; n < OUTPUTS; n += GROUP) {
    const int place = indices[POOLED(n)];
    const float gradient = output[POOLED(n)] > 0 ? output_gradient[POOLED(n)] : 0.0f;
    for (int row = 0; row < 2; ++row) {
      const int at = WINDOW(n) + row * COLUMNS;
      const float2 normalized = (vload2(0, input + at) - channel_mean) * factor;
      const float2 given =
          (float2)(place == 2 * row ? gradient : 0.0f, place == 2 * row + 1 ? gradient : 0.0f);
      vstore2(
          slope * (given - gradient_mean - normalized * product_mean), 0, input_gradient + at);
    }
  }
}
