// Fully connected layers of moderate size, for CPUs with AVX2 and FMA: `y = x w^T + b`, with
// rows `[row][input]` of x and `[output][input]` of w.
//
// Packed weights are `[output / 16][input][output % 16]`, with zeros where outputs end. An output
// is the sum of products in the order of the inputs, plus the bias: it does not depend on other
// rows.
#pragma once

#include <stddef.h>

#include "instructions.h"

// Floats of packed weights.
size_t topo_linear_packed(int inputs, int outputs);

// Packs the panels of 16 outputs from `first` to before `end`.
void topo_linear_pack(
    int inputs, int outputs, const float *weight, float *packed, int first, int end);

// Rows of y from as many rows of x.
void topo_linear_forward(
    topo_instructions_t instructions, int rows, int inputs, int outputs, const float *x,
    const float *packed, const float *bias, float *y);
