// Inner loops of the CPU device and of image filters in C, where vector instructions must be chosen
// at run time, which Swift cannot do.
#pragma once

#include "image_convolution.h"
#include "linear.h"
#include "peak.h"
#include "philox.h"
#include "pooling.h"
#include "instructions.h"
#include "shape.h"
#include "weighted_sum.h"
#include "winograd.h"
