// Windows that step over the rows and columns of an activation, the source; the target has a value
// for each window. All constants are SHAPE.

#ifndef TOPO_WINDOW_CL
#define TOPO_WINDOW_CL

// At least 1.
#ifndef SOURCE_ROWS
#define SOURCE_ROWS 14
#endif
#ifndef SOURCE_COLUMNS
#define SOURCE_COLUMNS 14
#endif
#ifndef TARGET_ROWS
#define TARGET_ROWS 14
#endif
#ifndef TARGET_COLUMNS
#define TARGET_COLUMNS 14
#endif
#ifndef KERNEL_ROWS
#define KERNEL_ROWS 3
#endif
#ifndef KERNEL_COLUMNS
#define KERNEL_COLUMNS 3
#endif
#ifndef STRIDE_ROWS
#define STRIDE_ROWS 1
#endif
#ifndef STRIDE_COLUMNS
#define STRIDE_COLUMNS 1
#endif
// At least 0.
#ifndef PADDING_ROWS
#define PADDING_ROWS 1
#endif
#ifndef PADDING_COLUMNS
#define PADDING_COLUMNS 1
#endif

#define SOURCE_PIXELS (SOURCE_ROWS * SOURCE_COLUMNS)
#define TARGET_PIXELS (TARGET_ROWS * TARGET_COLUMNS)
#define KERNEL_SIZE (KERNEL_ROWS * KERNEL_COLUMNS)

#endif
