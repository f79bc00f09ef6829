// Functions that are compiled for two processors, of which the one at hand is chosen when the
// program is loaded. Multiplications and additions stay apart, so that both give the same bits: put
// `#pragma STDC FP_CONTRACT OFF` at the head of the file.
#pragma once

#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif
