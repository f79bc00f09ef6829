// Shared by all kernels: arguments, constants, and sums over a work-group.
//
// A tensor is two arguments: its memory, and its place (offset, member stride), both counted in
// elements. A member stride of 0 gives the same values to every member. Below the member,
// everything is dense and row-major.
//
// Every constant of a program has a default, so that each file compiles alone, and is marked:
// SHAPE    what is computed depends on it: extents and options of the operation
// TUNABLE  a choice for speed: every allowed value computes the same, up to the order of sums

#ifndef TOPO_COMMON_CL
#define TOPO_COMMON_CL

// TUNABLE, a power of two: work-items of a group in kernels that reduce over a group.
#ifndef GROUP
#define GROUP 64
#endif

// First element of a member.
#define MEMBER(memory, place, member) ((memory) + ((place).x + (place).y * (ulong)(member)))

// Sum over the work-group in a fixed order, for every work-item; all of them must call it.
float group_sum(float value, local float *scratch) {
  const int item = get_local_id(0);
  barrier(CLK_LOCAL_MEM_FENCE);
  scratch[item] = value;
  for (int half_size = GROUP / 2; half_size > 0; half_size >>= 1) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (item < half_size) scratch[item] += scratch[item + half_size];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  return scratch[0];
}

// The largest value of a work-group's items, none of which is NaN, for every work-item.
float group_max(float value, local float *scratch) {
  const int item = get_local_id(0);
  barrier(CLK_LOCAL_MEM_FENCE);
  scratch[item] = value;
  for (int half_size = GROUP / 2; half_size > 0; half_size >>= 1) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (item < half_size) scratch[item] = fmax(scratch[item], scratch[item + half_size]);
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  return scratch[0];
}

// Adds to a sum that is kept with its rounding error (Kahan): sums over tens of thousands of values
// stay exact to the last bits. sum.x is the sum, sum.y the part that it lacks.
float2 compensated_add(float2 sum, float value) {
  const float addend = value + sum.y;
  const float total = sum.x + addend;
  return (float2)(total, addend - (total - sum.x));
}

#endif
