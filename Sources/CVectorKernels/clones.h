// Functions that are compiled twice, with AVX2 and without; the version for the CPU is chosen when
// the program is loaded. Both must give the same bits, so multiplications and additions must not be
// fused: put `#pragma STDC FP_CONTRACT OFF` at the head of the file.
#pragma once

#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif
