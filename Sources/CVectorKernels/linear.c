#include "linear.h"

#include <stdlib.h>
#include <string.h>

enum { PANEL = 16 };

size_t topo_linear_packed(int inputs, int outputs) {
  return (size_t)(outputs + PANEL - 1) / PANEL * PANEL * inputs;
}

void topo_linear_pack(
    int inputs, int outputs, const float *weight, float *packed, int first, int end) {
  for (int panel = first; panel < end; ++panel) {
    float *to = packed + (size_t)panel * PANEL * inputs;
    for (int lane = 0; lane < PANEL; ++lane) {
      const int output = panel * PANEL + lane;
      if (output < outputs) {
        const float *from = weight + (size_t)output * inputs;
        for (int k = 0; k < inputs; ++k) to[k * PANEL + lane] = from[k];
      } else {
        for (int k = 0; k < inputs; ++k) to[k * PANEL + lane] = 0;
      }
    }
  }
}

#if defined(__x86_64__)

#include <immintrin.h>

#define LANES 8
#include "linear_passes.h"
#undef LANES
#define LANES 16
#include "linear_passes.h"
#undef LANES

void topo_linear_forward(
    topo_instructions_t instructions, int rows, int inputs, int outputs, const float *x,
    const float *packed, const float *bias, float *y) {
  (instructions == topo_avx512 ? linear_avx512 : linear_avx2)(
      rows, inputs, outputs, x, packed, bias, y);
}

#else

// Never called: these CPUs have no AVX2.
void topo_linear_forward(
    topo_instructions_t instructions, int rows, int inputs, int outputs, const float *x,
    const float *packed, const float *bias, float *y) {
  abort();
}

#endif
