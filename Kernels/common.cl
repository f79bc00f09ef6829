// Shared by all kernels; put in front of every family's source.
//
// A tensor is two arguments: its memory, and its place (offset, member stride), both counted in
// elements. A member stride of 0 hands the same values to every member. Below the member,
// everything is dense and row-major.

// Work-items of a group in kernels that reduce over a group: a power of two.
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

// The largest value that the work-items of a group have, none of them NaN; all of them get it.
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

// Adds to a sum kept with its rounding error (Kahan): sums over tens of thousands of values stay
// exact to the last bits. sum.x is the sum, sum.y what it still lacks.
float2 compensated_add(float2 sum, float value) {
  const float addend = value + sum.y;
  const float total = sum.x + addend;
  return (float2)(total, addend - (total - sum.x));
}

// Max pooling's rule, for one more value of a window: keeps it as `largest` and its position as
// `argmax` if it is larger, or the window's first NaN. So ties go to the first value, and the first
// NaN wins over everything. Scalars, or vectors whose lanes are windows of their own; `integers`
// is the type of their comparisons. No branches, for the outcome cannot be predicted.
#define KEEP_LARGEST(integers, largest, argmax, value, position)                       \
  do {                                                                                 \
    const integers wins =                                                              \
        ((value) > (largest)) | (((value) != (value)) & ((largest) == (largest)));     \
    (largest) = select((largest), (value), wins);                                      \
    (argmax) = select((argmax), (integers)(position), wins);                           \
  } while (0)

// Values that a work-item takes at once where it sums over rows of pixels: 8, 4 or 1, a divisor
// of the row's length.
#ifndef VECTOR
#define VECTOR 1
#endif

#if VECTOR == 8
#define floats float8
#define LOAD_FLOATS(pointer) vload8(0, pointer)
#define STORE_FLOATS(values, pointer) vstore8(values, 0, pointer)
float sum_of_floats(float8 v) {
  const float4 half_sum = v.lo + v.hi;
  return (half_sum.x + half_sum.z) + (half_sum.y + half_sum.w);
}
#elif VECTOR == 4
#define floats float4
#define LOAD_FLOATS(pointer) vload4(0, pointer)
#define STORE_FLOATS(values, pointer) vstore4(values, 0, pointer)
float sum_of_floats(float4 v) { return (v.x + v.z) + (v.y + v.w); }
#else
#define floats float
#define LOAD_FLOATS(pointer) (*(pointer))
#define STORE_FLOATS(values, pointer) (*(pointer) = (values))
float sum_of_floats(float v) { return v; }
#endif

// The same for `floats`, with `sum` and what it still lacks, `rest`, apart.
#define ADD_FLOATS(sum, rest, values)             \
  do {                                            \
    const floats addend = (values) + (rest);      \
    const floats total = (sum) + addend;          \
    (rest) = addend - (total - (sum));            \
    (sum) = total;                                \
  } while (0)
