// The multiply-adds that all convolutions share, with AVX-512: up to twelve rows of 32 sums stay in
// 24 registers. This is assembly because compilers spill registers. Every sum takes the same
// products in the same order as with AVX2, so its bits are the same.
//
// Row r has its sums in zmm(2 r) and zmm(2 r + 1). A step loads 32 weights into zmm24 and zmm25,
// and multiplies them with one value of each row.
#pragma once

#include <stddef.h>
#include <stdint.h>

#define INLINE_AVX512 static inline __attribute__((always_inline, target("avx512f,avx512vl")))

#define ZMM_REGISTERS                                                                           \
  "zmm0", "zmm1", "zmm2", "zmm3", "zmm4", "zmm5", "zmm6", "zmm7", "zmm8", "zmm9", "zmm10",      \
      "zmm11", "zmm12", "zmm13", "zmm14", "zmm15", "zmm16", "zmm17", "zmm18", "zmm19", "zmm20", \
      "zmm21", "zmm22", "zmm23", "zmm24", "zmm25", "zmm26"

// The value at `address` times the step's weights, added to the sums `a` and `b`.
#define VALUE(address, a, b)                      \
  "vbroadcastss " address ", %%zmm26\n\t"         \
  "vfmadd231ps %%zmm24, %%zmm26, %%zmm" #a "\n\t" \
  "vfmadd231ps %%zmm25, %%zmm26, %%zmm" #b "\n\t"

#define WEIGHTS(offset, from)                        \
  "vmovups " #offset "(%[" from "]), %%zmm24\n\t"    \
  "vmovups " #offset "+64(%[" from "]), %%zmm25\n\t"

// What is done with each row's sums, before and after.
#define ROWS_4(each) each(0, 0, 1) each(1, 2, 3) each(2, 4, 5) each(3, 6, 7)
#define ROWS_8(each) \
  ROWS_4(each) each(4, 8, 9) each(5, 10, 11) each(6, 12, 13) each(7, 14, 15)
#define ROWS_9(each) ROWS_8(each) each(8, 16, 17)
#define ROWS_12(each) ROWS_9(each) each(9, 18, 19) each(10, 20, 21) each(11, 22, 23)

#define CLEAR(r, a, b)                             \
  "vpxorq %%zmm" #a ", %%zmm" #a ", %%zmm" #a "\n\t" \
  "vpxorq %%zmm" #b ", %%zmm" #b ", %%zmm" #b "\n\t"
#define LOAD_SUMS(r, a, b)                          \
  "vmovups 128*" #r "(%[sums]), %%zmm" #a "\n\t"    \
  "vmovups 128*" #r "+64(%[sums]), %%zmm" #b "\n\t"
#define STORE_SUMS(r, a, b)                         \
  "vmovups %%zmm" #a ", 128*" #r "(%[sums])\n\t"    \
  "vmovups %%zmm" #b ", 128*" #r "+64(%[sums])\n\t"

// Rows that lie `row` bytes apart: three share an address register.
#define CHANNEL_4(c)                                                             \
  WEIGHTS(128*c, "packed")                                                       \
  VALUE("4*" #c "(%[x0])", 0, 1) VALUE("4*" #c "(%[x0], %[row])", 2, 3)          \
  VALUE("4*" #c "(%[x0], %[row], 2)", 4, 5) VALUE("4*" #c "(%[x1])", 6, 7)
#define CHANNEL_8(c)                                                                   \
  CHANNEL_4(c)                                                                         \
  VALUE("4*" #c "(%[x1], %[row])", 8, 9) VALUE("4*" #c "(%[x1], %[row], 2)", 10, 11)   \
  VALUE("4*" #c "(%[x2])", 12, 13) VALUE("4*" #c "(%[x2], %[row])", 14, 15)
#define CHANNEL_12(c)                                                                \
  CHANNEL_8(c)                                                                       \
  VALUE("4*" #c "(%[x2], %[row], 2)", 16, 17) VALUE("4*" #c "(%[x3])", 18, 19)       \
  VALUE("4*" #c "(%[x3], %[row])", 20, 21) VALUE("4*" #c "(%[x3], %[row], 2)", 22, 23)

// sums[r][o] = the sum over i of x[r][i] packed[i][o], for `inputs` input channels, a multiple of
// 8, and 32 output channels.
#define MULTIPLY_ROWS(count)                                                                    \
  INLINE_AVX512 void multiply_rows_##count(                                                     \
      const float *x, ptrdiff_t row, ptrdiff_t inputs, const float *packed, float *sums) {      \
    const float *x0 = x, *x1 = x + 3 * row, *x2 = x + 6 * row, *x3 = x + 9 * row;               \
    row *= sizeof(float);                                                                       \
    asm volatile(                                                                               \
        ROWS_##count(CLEAR)                                                                     \
        "1:\n\t"                                                                                \
        CHANNEL_##count(0) CHANNEL_##count(1) CHANNEL_##count(2) CHANNEL_##count(3)             \
        CHANNEL_##count(4) CHANNEL_##count(5) CHANNEL_##count(6) CHANNEL_##count(7)             \
        "addq $32, %[x0]\n\taddq $32, %[x1]\n\taddq $32, %[x2]\n\taddq $32, %[x3]\n\t"          \
        "addq $1024, %[packed]\n\t"                                                             \
        "subq $8, %[inputs]\n\t"                                                                \
        "jnz 1b\n\t"                                                                            \
        ROWS_##count(STORE_SUMS)                                                                \
        : [x0] "+r"(x0), [x1] "+r"(x1), [x2] "+r"(x2), [x3] "+r"(x3), [inputs] "+r"(inputs),    \
          [packed] "+r"(packed)                                                                 \
        : [row] "r"(row), [sums] "r"(sums)                                                      \
        : ZMM_REGISTERS, "cc", "memory");                                                       \
  }
MULTIPLY_ROWS(4)
MULTIPLY_ROWS(8)
MULTIPLY_ROWS(12)

#define NEIGHBORS_8(x)                                                                 \
  VALUE("(%[" x "])", 0, 1) VALUE("4(%[" x "])", 2, 3) VALUE("8(%[" x "])", 4, 5)      \
  VALUE("12(%[" x "])", 6, 7) VALUE("16(%[" x "])", 8, 9) VALUE("20(%[" x "])", 10, 11) \
  VALUE("24(%[" x "])", 12, 13) VALUE("28(%[" x "])", 14, 15)

// Adds to sums[i][o], or sets it to, the products x[t][i] z[t][o] of `steps` steps, one after the
// other, for eight values i; rows of x lie `row` floats apart.
#define MULTIPLY_STEPS(name, before)                                                \
  INLINE_AVX512 void name(                                                          \
      const float *x, ptrdiff_t row, ptrdiff_t steps, const float *z, float *sums) { \
    row *= sizeof(float);                                                           \
    asm volatile(                                                                   \
        ROWS_8(before)                                                              \
        "1:\n\t"                                                                    \
        WEIGHTS(0, "z")                                                             \
        NEIGHBORS_8("x")                                                            \
        "addq %[row], %[x]\n\t"                                                     \
        "addq $128, %[z]\n\t"                                                       \
        "decq %[steps]\n\t"                                                         \
        "jnz 1b\n\t"                                                                \
        ROWS_8(STORE_SUMS)                                                          \
        : [x] "+r"(x), [z] "+r"(z), [steps] "+r"(steps)                             \
        : [row] "r"(row), [sums] "r"(sums)                                          \
        : ZMM_REGISTERS, "cc", "memory");                                           \
  }
MULTIPLY_STEPS(multiply_steps_begin, CLEAR)
MULTIPLY_STEPS(multiply_steps_add, LOAD_SUMS)

// Tap `column` of the window's row at `x`, of neighboring pixels.
#define TAP_4(k, x, column)                                                          \
  WEIGHTS(128*k, "packed")                                                           \
  VALUE("4*" #column "(" x ")", 0, 1) VALUE("4*" #column "+4(" x ")", 2, 3)          \
  VALUE("4*" #column "+8(" x ")", 4, 5) VALUE("4*" #column "+12(" x ")", 6, 7)
#define TAP_8(k, x, column)                                                          \
  TAP_4(k, x, column)                                                                \
  VALUE("4*" #column "+16(" x ")", 8, 9) VALUE("4*" #column "+20(" x ")", 10, 11)    \
  VALUE("4*" #column "+24(" x ")", 12, 13) VALUE("4*" #column "+28(" x ")", 14, 15)
#define TAP_12(k, x, column)                                                         \
  TAP_8(k, x, column)                                                                \
  VALUE("4*" #column "+32(" x ")", 16, 17) VALUE("4*" #column "+36(" x ")", 18, 19)  \
  VALUE("4*" #column "+40(" x ")", 20, 21) VALUE("4*" #column "+44(" x ")", 22, 23)

#define LOAD_BIAS(r, a, b)                  \
  "vmovups (%[bias]), %%zmm" #a "\n\t"      \
  "vmovups 64(%[bias]), %%zmm" #b "\n\t"
// A pixel's four blocks lie `plane` bytes apart.
#define STORE_PIXEL(r, a, b)                                               \
  "vmovups %%ymm" #a ", 32*" #r "(%[to])\n\t"                    \
  "vextractf64x4 $1, %%zmm" #a ", 32*" #r "(%[to], %[plane])\n\t"          \
  "vmovups %%ymm" #b ", 32*" #r "(%[to], %[plane], 2)\n\t"       \
  "vextractf64x4 $1, %%zmm" #b ", 32*" #r "(%[last])\n\t"

// `count` neighboring pixels of 32 output channels: the bias, and the products of 3 x 3 windows of
// `inputs` planes, `source` floats apart, with `packed` weights `[input][tap][32]`.
#define MULTIPLY_WINDOW(count)                                                                 \
  INLINE_AVX512 void multiply_window_##count(                                                  \
      const float *x, ptrdiff_t line, ptrdiff_t source, ptrdiff_t inputs, const float *packed, \
      const float *bias, float *to, ptrdiff_t plane) {                                         \
    float *last = to + 3 * plane;                                                              \
    line *= sizeof(float);                                                                     \
    source *= sizeof(float);                                                                   \
    plane *= sizeof(float);                                                                    \
    asm volatile(                                                                              \
        ROWS_##count(LOAD_BIAS)                                                                \
        "1:\n\t"                                                                               \
        TAP_##count(0, "%[x]", 0) TAP_##count(1, "%[x]", 1) TAP_##count(2, "%[x]", 2)          \
        TAP_##count(3, "%[x], %[line]", 0) TAP_##count(4, "%[x], %[line]", 1)                  \
        TAP_##count(5, "%[x], %[line]", 2) TAP_##count(6, "%[x], %[line], 2", 0)               \
        TAP_##count(7, "%[x], %[line], 2", 1) TAP_##count(8, "%[x], %[line], 2", 2)            \
        "addq %[source], %[x]\n\t"                                                             \
        "addq $1152, %[packed]\n\t"                                                            \
        "decq %[inputs]\n\t"                                                                   \
        "jnz 1b\n\t"                                                                           \
        ROWS_##count(STORE_PIXEL)                                                              \
        : [x] "+r"(x), [packed] "+r"(packed), [inputs] "+r"(inputs)                            \
        : [line] "r"(line), [source] "r"(source), [bias] "r"(bias), [to] "r"(to),              \
          [plane] "r"(plane), [last] "r"(last)                                                 \
        : ZMM_REGISTERS, "cc", "memory");                                                      \
  }
MULTIPLY_WINDOW(4)
MULTIPLY_WINDOW(8)
MULTIPLY_WINDOW(12)

// Adds to sums[tap][o] the products of the 3 x 3 windows at `x + at[p]` with z[p][o], over `count`
// pixels, one after the other. Asks for as many pixels at `next`, in four blocks `plane` apart.
INLINE_AVX512 void multiply_taps(
    const float *x, ptrdiff_t line, const int32_t *at, ptrdiff_t count, const float *z,
    float *sums, const float *next, ptrdiff_t plane) {
  ptrdiff_t window;
  const float *last = next + 3 * plane;
  line *= sizeof(float);
  plane *= sizeof(float);
  asm volatile(
      ROWS_9(LOAD_SUMS)
      "1:\n\t"
      "movslq (%[at]), %[window]\n\t"
      "prefetcht1 (%[next])\n\t"
      "prefetcht1 (%[next], %[plane])\n\t"
      "prefetcht1 (%[next], %[plane], 2)\n\t"
      "prefetcht1 (%[last])\n\t"
      "addq $32, %[next]\n\t"
      "addq $32, %[last]\n\t"
      "leaq (%[x], %[window], 4), %[window]\n\t"
      WEIGHTS(0, "z")
      VALUE("(%[window])", 0, 1) VALUE("4(%[window])", 2, 3) VALUE("8(%[window])", 4, 5)
      VALUE("(%[window], %[line])", 6, 7) VALUE("4(%[window], %[line])", 8, 9)
      VALUE("8(%[window], %[line])", 10, 11) VALUE("(%[window], %[line], 2)", 12, 13)
      VALUE("4(%[window], %[line], 2)", 14, 15) VALUE("8(%[window], %[line], 2)", 16, 17)
      "addq $4, %[at]\n\t"
      "addq $128, %[z]\n\t"
      "decq %[count]\n\t"
      "jnz 1b\n\t"
      ROWS_9(STORE_SUMS)
      : [window] "=&r"(window), [at] "+r"(at), [z] "+r"(z), [count] "+r"(count),
        [next] "+r"(next), [last] "+r"(last)
      : [x] "r"(x), [line] "r"(line), [plane] "r"(plane), [sums] "r"(sums)
      : ZMM_REGISTERS, "cc", "memory");
}
