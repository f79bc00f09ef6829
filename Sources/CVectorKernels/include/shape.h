// What a convolution by 3 x 3 windows, stride 1, padding 1 works on.
#pragma once

#include <stdbool.h>

typedef struct {
  int images;
  int inputs;   // channels
  int outputs;  // channels, a multiple of 32
  int rows;
  int columns;
} topo_convolution_t;

// Whether this processor has the instructions of our convolutions, AVX2 and FMA; they may not be
// called where it has not.
bool topo_convolutions_supported(void);
