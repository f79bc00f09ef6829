#ifndef TOPO_LARGEST_CL
#define TOPO_LARGEST_CL

// Max pooling's rule, for one more value of a window: keeps it as `largest` and its position as
// `argmax` if it is larger, or the window's first NaN. So ties go to the first value, and the first
// NaN wins over everything. Scalars, or vectors with one window per lane; `integers`
// is the type of their comparisons. No branches, for the outcome cannot be predicted.
#define KEEP_LARGEST(integers, largest, argmax, value, position)                       \
  do {                                                                                 \
    const integers wins =                                                              \
        ((value) > (largest)) | (((value) != (value)) & ((largest) == (largest)));     \
    (largest) = select((largest), (value), wins);                                      \
    (argmax) = select((argmax), (integers)(position), wins);                           \
  } while (0)

#endif
