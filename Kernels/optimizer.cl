// Optimizers of all parameters of all members: dimension 0 blocks of parameters, dimension 1
// the member. t is the clock's steps + 1.
//
// adam  m += (1 - beta1) (g - m), v = beta2 v + (1 - beta2) g^2
//       p -= rate / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)
// sgd   b = momentum b + g, p -= rate b

#include "common.cl"

// SHAPE, at least 1: parameters of a member.
#ifndef COUNT
#define COUNT 1024
#endif
// TUNABLE, at least 1: parameters of a work-item, a work-group apart: they share the bias
// corrections.
#ifndef PER_ITEM
#define PER_ITEM 8
#endif
// SHAPE: Adam's beta2, 1 - beta1, 1 - beta2 and logarithms of the betas, computed on the host in
// double precision, and epsilon.
#ifndef BETA2
#define BETA2 0.999f
#endif
#ifndef BETA1_COMPLEMENT
#define BETA1_COMPLEMENT 0.1f
#endif
#ifndef BETA2_COMPLEMENT
#define BETA2_COMPLEMENT 0.001f
#endif
#ifndef BETA1_LOGARITHM
#define BETA1_LOGARITHM -0.105360515f
#endif
#ifndef BETA2_LOGARITHM
#define BETA2_LOGARITHM -0.00100050033f
#endif
#ifndef EPSILON
#define EPSILON 1e-8f
#endif
// SHAPE: momentum of sgd.
#ifndef MOMENTUM
#define MOMENTUM 0.9f
#endif

kernel void adam(
    global float *parameters, const ulong2 parameters_place,
    global const float *gradients, const ulong2 gradients_place,
    global float *state, const ulong2 state_place,
    global const float *rates, const ulong2 rates_place,
    global const uint *clock, const ulong2 clock_place) {
  const int member = get_global_id(1), size = get_local_size(0);
  parameters = MEMBER(parameters, parameters_place, member);
  gradients = MEMBER(gradients, gradients_place, member);
  state = MEMBER(state, state_place, member);
  // expm1 keeps the digits that 1 - beta^t would lose at the first steps.
  const float t = (float)MEMBER(clock, clock_place, member)[1] + 1;
  const float step = MEMBER(rates, rates_place, member)[0] / -expm1(t * BETA1_LOGARITHM);
  const float correction = rsqrt(-expm1(t * BETA2_LOGARITHM));
  for (int i = 0; i < PER_ITEM; ++i) {
    const int index = (get_group_id(0) * PER_ITEM + i) * size + get_local_id(0);
    if (index >= COUNT) continue;
    const float gradient = gradients[index];
    const float first = state[index] + BETA1_COMPLEMENT * (gradient - state[index]);
    const float second =
        BETA2 * state[COUNT + index] + BETA2_COMPLEMENT * gradient * gradient;
    state[index] = first;
    state[COUNT + index] = second;
    parameters[index] -= step * first / (sqrt(second) * correction + EPSILON);
  }
}

kernel void sgd(
    global float *parameters, const ulong2 parameters_place,
    global const float *gradients, const ulong2 gradients_place,
    global float *state, const ulong2 state_place,
    global const float *rates, const ulong2 rates_place) {
  const int member = get_global_id(1), size = get_local_size(0);
  parameters = MEMBER(parameters, parameters_place, member);
  gradients = MEMBER(gradients, gradients_place, member);
  state = MEMBER(state, state_place, member);
  const float rate = MEMBER(rates, rates_place, member)[0];
  for (int i = 0; i < PER_ITEM; ++i) {
    const int index = (get_group_id(0) * PER_ITEM + i) * size + get_local_id(0);
    if (index >= COUNT) continue;
    const float velocity = MOMENTUM * state[index] + gradients[index];
    state[index] = velocity;
    parameters[index] -= rate * velocity;
  }
}
