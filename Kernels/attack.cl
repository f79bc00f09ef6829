// A step of an attack on images [batch, channel, row, column] in [0, 1].
//
// images = clip(clean + project(from + size direction(g) - clean)),
//          g = gradient batch / standard deviation
// input  = (images - mean) / standard deviation
//
// attack_step_linf  direction is the sign, project clips to the box; dimension 0 the value,
//                   dimension 1 the member
// attack_step_l2    direction is g / |g|, project shortens to the radius; one
//                   work-group per image (dimension 0) and member (dimension 1), whose work-items
//                   keep compensated sums that a tree adds up in a fixed order

#include "common.cl"
#include "images.cl"

// SHAPE, 0 or 1: whether there is a gradient to follow.
#ifndef WITH_GRADIENT
#define WITH_GRADIENT 1
#endif
// SHAPE: a gradient whose values are all smaller has no direction.
#ifndef SMALLEST
#define SMALLEST 1e-37f
#endif

kernel void attack_step_linf(
    global const float *clean, const ulong2 clean_place,
    global const float *from, const ulong2 from_place,
    global const float *step_and_radius, const ulong2 step_and_radius_place,
    global float *images, const ulong2 images_place,
    global float *input, const ulong2 input_place
#if WITH_GRADIENT
    , global const float *gradient, const ulong2 gradient_place
#endif
) {
  const int index = get_global_id(0), member = get_global_id(1);
  if (index >= BATCH * VALUES) return;
  step_and_radius = MEMBER(step_and_radius, step_and_radius_place, member);
  const float size = step_and_radius[0], radius = step_and_radius[1];
  const float origin = MEMBER(clean, clean_place, member)[index];
  float value = MEMBER(from, from_place, member)[index];
#if WITH_GRADIENT
  const float slope = MEMBER(gradient, gradient_place, member)[index];
  // A NaN is neither positive nor negative, and moves nothing.
  value += slope > 0 ? size : slope < 0 ? -size : 0.0f;
#endif
  value = clamp(clamp(value, origin - radius, origin + radius), 0.0f, 1.0f);
  const int channel = index / PIXELS % CHANNELS;
  MEMBER(images, images_place, member)[index] = value;
  MEMBER(input, input_place, member)[index] =
      (value - channel_mean[channel]) / channel_standard_deviation[channel];
}

kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void attack_step_l2(
    global const float *clean, const ulong2 clean_place,
    global const float *from, const ulong2 from_place,
    global const float *step_and_radius, const ulong2 step_and_radius_place,
    global float *images, const ulong2 images_place,
    global float *input, const ulong2 input_place
#if WITH_GRADIENT
    , global const float *gradient, const ulong2 gradient_place
#endif
) {
  local float scratch[GROUP];
  const int item = get_local_id(0), image = get_group_id(0), member = get_global_id(1);
  const int first = image * VALUES;
  step_and_radius = MEMBER(step_and_radius, step_and_radius_place, member);
  clean = MEMBER(clean, clean_place, member) + first;
  from = MEMBER(from, from_place, member) + first;
  images = MEMBER(images, images_place, member) + first;
  input = MEMBER(input, input_place, member) + first;
  const float size = step_and_radius[0], radius = step_and_radius[1];
  float2 sum = 0;
#if WITH_GRADIENT
  gradient = MEMBER(gradient, gradient_place, member) + first;
#define SLOPE(n) (gradient[n] * (BATCH / channel_standard_deviation[(n) / PIXELS]))
  // Scaled, so that no square underflows.
  float magnitude = 0;
  for (int n = item; n < VALUES; n += GROUP) magnitude = fmax(magnitude, fabs(SLOPE(n)));
  const float largest = group_max(magnitude, scratch);
  const float scale = largest >= SMALLEST ? 1 / largest : 0.0f;
  for (int n = item; n < VALUES; n += GROUP) {
    const float slope = scale * SLOPE(n);
    sum = compensated_add(sum, slope * slope);
  }
  const float norm = sqrt(group_sum(sum.x + sum.y, scratch));
  const bool moves = isfinite(norm) && norm > 0;
  const float factor = size / norm;
#define MOVED(n) (from[n] + (moves ? factor * (scale * SLOPE(n)) : 0.0f))
#else
#define MOVED(n) from[n]
#endif
  sum = 0;
  for (int n = item; n < VALUES; n += GROUP) {
    const float difference = MOVED(n) - clean[n];
    sum = compensated_add(sum, difference * difference);
  }
  const float distance = sqrt(group_sum(sum.x + sum.y, scratch));
  const float share = distance > radius ? radius / distance : 1.0f;
  // A value is read and written by the same work-item: `from` and `images` may share memory.
  for (int n = item; n < VALUES; n += GROUP) {
    const float origin = clean[n];
    const float value = clamp(origin + share * (MOVED(n) - origin), 0.0f, 1.0f);
    images[n] = value;
    input[n] = (value - channel_mean[n / PIXELS]) / channel_standard_deviation[n / PIXELS];
  }
}
