// What the kernels of a convolution compute: from source [batch, channel, row, column] to target
// with filters [target channel, source channel, kernel row, kernel column]. A tap is a position in
// the window, kernel row * KERNEL_COLUMNS + kernel column.
//
// The source is the convolution's input and the target its output. A ROTATED kernel computes the
// gradient with respect to the input of a convolution of stride 1, as a convolution from the
// output's gradient, its source, to the input's gradient, its target: the filters are rotated by
// 180 degrees, their channels exchanged, and the padding is K - 1 - P. All constants are SHAPE.

#ifndef TOPO_CONVOLUTION_SHAPE_CL
#define TOPO_CONVOLUTION_SHAPE_CL

#include "window.cl"

// At least 1.
#ifndef BATCH
#define BATCH 64
#endif
#ifndef SOURCE_CHANNELS
#define SOURCE_CHANNELS 32
#endif
#ifndef TARGET_CHANNELS
#define TARGET_CHANNELS 64
#endif
// 0 or 1.
#ifndef ROTATED
#define ROTATED 0
#endif

#endif
