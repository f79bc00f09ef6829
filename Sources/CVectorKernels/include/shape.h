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

// Whether this CPU has the instructions of our convolutions, AVX2 and FMA; without them they must
// not be called.
bool topo_convolutions_supported(void);
