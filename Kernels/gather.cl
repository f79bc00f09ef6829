// Batches of byte images that are in the device's memory, and the clock that counts them.
//
// gather   input[b] = (images[order[clock.batch * B + b]] / 255 - mean[c]) / standard deviation[c],
//          targets[b] = labels[order[...]]; dimension 0 the value, dimension 1 the member
// advance  adds one to both words of a clock; dimension 0 the member

#include "common.cl"
#include "images.cl"

// SHAPE, at least 1: images on the device, entries of the order, and members.
#ifndef IMAGES
#define IMAGES 60000
#endif
#ifndef POSITIONS
#define POSITIONS 48000
#endif
#ifndef MEMBERS
#define MEMBERS 1
#endif

kernel void gather(
    global const uchar *images, const ulong2 images_place,
    global const int *labels, const ulong2 labels_place,
    global const int *order, const ulong2 order_place,
    global const uint *clock, const ulong2 clock_place,
    global float *input, const ulong2 input_place,
    global int *targets, const ulong2 targets_place) {
  const int index = get_global_id(0), member = get_global_id(1);
  if (index >= BATCH * VALUES) return;
  const int slot = index / VALUES, within = index % VALUES;
  const ulong position = (ulong)MEMBER(clock, clock_place, member)[0] * BATCH + slot;
  // An entry that names no image counts as absent, so that nothing is read out of bounds.
  int image = position < POSITIONS ? MEMBER(order, order_place, member)[position] : -1;
  if (image >= IMAGES) image = -1;
  float value = 0;
  if (image >= 0) {
    const int channel = within / PIXELS;
    const float byte = images[images_place.x + (ulong)image * VALUES + within];
    value = (byte / 255 - channel_mean[channel]) / channel_standard_deviation[channel];
  }
  MEMBER(input, input_place, member)[index] = value;
  if (within == 0)
    MEMBER(targets, targets_place, member)[slot] = image >= 0 ? labels[labels_place.x + image] : -1;
}

kernel void advance(global uint *clock, const ulong2 clock_place) {
  const int member = get_global_id(0);
  if (member >= MEMBERS) return;
  clock = MEMBER(clock, clock_place, member);
  clock[0] += 1;
  clock[1] += 1;
}
