// Peak rates of one thread: independent multiply-add chains, and a streaming triad. The widest
// instructions of the CPU are chosen at run time.
#pragma once

// Rounds of multiply-adds on registers alone; `result` keeps the compiler from leaving them out.
// Returns the floating-point operations done, two for each multiply-add.
double topo_peak_multiply_add(long rounds, float *result);

// a[i] = b[i] + factor * c[i], past the caches if the CPU can. `a` is aligned to 64
// bytes, and `count` a multiple of 16.
void topo_peak_triad(float *a, const float *b, const float *c, float factor, long count);

// `AVX-512`, `AVX2` or `portable`: what the two use.
const char *topo_peak_instructions(void);
