// Sums of weighted rows, as filters of images need them.
#pragma once

#include <stddef.h>

// sums[i] = w_0 v_0[i] + w_1 v_1[i] + ..., from 0 on in the order of the terms, for `columns`
// columns; `v_t` begins at `values + offsets[t]`. The same bits on every CPU.
void topo_weighted_sum(
    int terms, const double *values, const ptrdiff_t *offsets, const double *weights, int columns,
    double *sums);
