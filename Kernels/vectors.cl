// The vectors of a program: LANES floats, and as many integers, which are what comparisons give.
//
// floats, integers                 the types
// LOAD_FLOATS, STORE_FLOATS        from and to memory without alignment
// AS_INTEGERS, AS_FLOATS           the same bits as the other type
// LANE_NUMBERS                     0, 1, 2, ...
// sum_of_lanes                     in a fixed order
// ADD_FLOATS                       adds to sums that are kept with their rounding errors

#ifndef TOPO_VECTORS_CL
#define TOPO_VECTORS_CL

// TUNABLE, 1, 4 or 8.
#ifndef LANES
#define LANES 1
#endif

#if LANES == 8
#define floats float8
#define integers int8
#define LOAD_FLOATS(pointer) vload8(0, pointer)
#define STORE_FLOATS(values, pointer) vstore8(values, 0, pointer)
#define AS_INTEGERS(values) as_int8(values)
#define AS_FLOATS(values) as_float8(values)
#define LANE_NUMBERS ((int8)(0, 1, 2, 3, 4, 5, 6, 7))
float sum_of_lanes(float8 v) {
  const float4 half_sum = v.lo + v.hi;
  return (half_sum.x + half_sum.z) + (half_sum.y + half_sum.w);
}
#elif LANES == 4
#define floats float4
#define integers int4
#define LOAD_FLOATS(pointer) vload4(0, pointer)
#define STORE_FLOATS(values, pointer) vstore4(values, 0, pointer)
#define AS_INTEGERS(values) as_int4(values)
#define AS_FLOATS(values) as_float4(values)
#define LANE_NUMBERS ((int4)(0, 1, 2, 3))
float sum_of_lanes(float4 v) { return (v.x + v.z) + (v.y + v.w); }
#else
#define floats float
#define integers int
#define LOAD_FLOATS(pointer) (*(pointer))
#define STORE_FLOATS(values, pointer) (*(pointer) = (values))
#define AS_INTEGERS(values) as_int(values)
#define AS_FLOATS(values) as_float(values)
#define LANE_NUMBERS 0
float sum_of_lanes(float v) { return v; }
#endif

// compensated_add of each lane; `error` is the part that `sum` lacks.
#define ADD_FLOATS(sum, error, values)            \
  do {                                            \
    const floats addend = (values) + (error);     \
    const floats total = (sum) + addend;          \
    (error) = addend - (total - (sum));           \
    (sum) = total;                                \
  } while (0)

#endif
