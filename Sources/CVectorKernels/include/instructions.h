// Which vector instructions the functions of this module use.
#pragma once

typedef enum {
  topo_portable = 0,  // Convolutions and linear layers of ours cannot run.
  topo_avx2 = 1,      // AVX2 and FMA
  topo_avx512 = 2     // AVX-512F and VL as well
} topo_instructions_t;

// The most that this CPU and its operating system can do.
topo_instructions_t topo_cpu_instructions(void);
