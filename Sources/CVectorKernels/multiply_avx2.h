// The multiply-adds that all convolutions share: twelve sums of eight output channels stay in
// registers. This is assembly because compilers load ahead and spill registers: twelve sums,
// three values and one vector of weights take all sixteen registers.
#pragma once

#include <immintrin.h>

#define VECTORS __attribute__((target("avx2,fma")))
#define INLINE static inline __attribute__((always_inline)) VECTORS

// One vector of output channels `o` (of four) times three values in ymm12 to ymm14.
#define MULTIPLY(address, first, second, third)    \
  "vmovups " address ", %%ymm15\n\t"               \
  "vfmadd231ps %%ymm15, %%ymm12, %" #first "\n\t"  \
  "vfmadd231ps %%ymm15, %%ymm13, %" #second "\n\t" \
  "vfmadd231ps %%ymm15, %%ymm14, %" #third "\n\t"
#define SUMS(a)                                                                               \
  "+x"(a[0][0]), "+x"(a[0][1]), "+x"(a[0][2]), "+x"(a[0][3]), "+x"(a[1][0]), "+x"(a[1][1]),   \
      "+x"(a[1][2]), "+x"(a[1][3]), "+x"(a[2][0]), "+x"(a[2][1]), "+x"(a[2][2]), "+x"(a[2][3])

// One input channel `c` of three rows.
#define CHANNEL(c)                               \
  "vbroadcastss 4*" #c "(%12), %%ymm12\n\t"      \
  "vbroadcastss 4*" #c "(%13), %%ymm13\n\t"      \
  "vbroadcastss 4*" #c "(%14), %%ymm14\n\t"      \
  MULTIPLY("128*" #c "(%15)", 0, 4, 8)           \
  MULTIPLY("128*" #c "+32(%15)", 1, 5, 9)        \
  MULTIPLY("128*" #c "+64(%15)", 2, 6, 10)       \
  MULTIPLY("128*" #c "+96(%15)", 3, 7, 11)

// Adds the products of eight input channels of three rows with their weights `[8][32]`.
INLINE void multiply_block(
    __m256 sum[3][4], const float *x0, const float *x1, const float *x2, const float *packed) {
  asm(CHANNEL(0) CHANNEL(1) CHANNEL(2) CHANNEL(3) CHANNEL(4) CHANNEL(5) CHANNEL(6) CHANNEL(7)
      : SUMS(sum)
      : "r"(x0), "r"(x1), "r"(x2), "r"(packed)
      : "xmm12", "xmm13", "xmm14", "xmm15", "memory");
}

// Three values from `input` times 32 gradients, `offset` bytes from %14.
#define PIXEL(input, offset)                    \
  "vbroadcastss (" input "), %%ymm12\n\t"       \
  "vbroadcastss 4(" input "), %%ymm13\n\t"      \
  "vbroadcastss 8(" input "), %%ymm14\n\t"      \
  MULTIPLY(#offset "(%14)", 0, 4, 8)            \
  MULTIPLY(#offset "+32(%14)", 1, 5, 9)         \
  MULTIPLY(#offset "+64(%14)", 2, 6, 10)        \
  MULTIPLY(#offset "+96(%14)", 3, 7, 11)

// Adds the products of three neighboring values at `x` with 32 gradients.
INLINE void multiply_one(__m256 sum[3][4], const float *x, const float *gradient) {
  asm(PIXEL("%12", 0)
      : SUMS(sum)
      : "r"(x), "r"(x), "r"(gradient)
      : "xmm12", "xmm13", "xmm14", "xmm15", "memory");
}

// The same twice: values at `x0` and at `x1` with 32 gradients each, one after the other.
INLINE void multiply_pair(
    __m256 sum[3][4], const float *x0, const float *x1, const float *gradient) {
  asm(PIXEL("%12", 0) PIXEL("%13", 128)
      : SUMS(sum)
      : "r"(x0), "r"(x1), "r"(gradient)
      : "xmm12", "xmm13", "xmm14", "xmm15", "memory");
}
