// What a convolution by 3 x 3 windows, stride 1, padding 1 works on.
#pragma once

typedef struct {
  int images;
  int inputs;   // channels
  int outputs;  // channels, a multiple of 32
  int rows;
  int columns;
} topo_convolution_t;
