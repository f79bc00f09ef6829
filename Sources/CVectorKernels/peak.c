#include "peak.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// A function that advances `chains` sums, which all stay in registers; enough of them hide the
// latency of a multiply-add (4 or 5 cycles, two a cycle). Each sum converges to 1, far from
// values that would slow it down, and none begins there: compilers leave out a constant chain.
#define MULTIPLY_ADD(name, attribute, vector, broadcast, fused, chains)               \
  attribute static double name(long rounds, float *result) {                          \
    vector sums[chains];                                                              \
    for (int i = 0; i < chains; ++i) sums[i] = broadcast(1.5f + 0.01f * i);           \
    const vector factor = broadcast(0.75f), addend = broadcast(0.25f);                \
    for (long round = 0; round < rounds; ++round) {                                   \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < chains; ++i) {           \
        sums[i] = fused(sums[i], factor, addend);                                     \
      }                                                                               \
    }                                                                                 \
    vector total = sums[0];                                                           \
    for (int i = 1; i < chains; ++i) total += sums[i];                                \
    for (unsigned i = 0; i < sizeof(vector) / sizeof(float); ++i) *result += total[i]; \
    return 2.0 * (sizeof(vector) / sizeof(float)) * chains * (double)rounds;          \
  }

typedef float four __attribute__((vector_size(16)));

#define PORTABLE_BROADCAST(value) ((four){value, value, value, value})
#define PORTABLE_FUSED(a, b, c) ((a) * (b) + (c))
MULTIPLY_ADD(portable_multiply_add, , four, PORTABLE_BROADCAST, PORTABLE_FUSED, 12)

static void portable_triad(
    float *a, const float *b, const float *c, float factor, long count) {
  for (long i = 0; i < count; ++i) a[i] = b[i] + factor * c[i];
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,fma")))
#define AVX512 __attribute__((target("avx512f")))

MULTIPLY_ADD(avx2_multiply_add, AVX2, __m256, _mm256_set1_ps, _mm256_fmadd_ps, 12)
MULTIPLY_ADD(avx512_multiply_add, AVX512, __m512, _mm512_set1_ps, _mm512_fmadd_ps, 24)

// Stores that bypass the caches: a line that is written whole need not be read first.
AVX2 static void avx2_triad(
    float *a, const float *b, const float *c, float factor, long count) {
  const __m256 factors = _mm256_set1_ps(factor);
  for (long i = 0; i < count; i += 8) {
    const __m256 value = _mm256_fmadd_ps(factors, _mm256_loadu_ps(c + i), _mm256_loadu_ps(b + i));
    _mm256_stream_ps(a + i, value);
  }
  _mm_sfence();
}

static int has_avx2(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
static int has_avx512(void) { return __builtin_cpu_supports("avx512f"); }
#endif

double topo_peak_multiply_add(long rounds, float *result) {
#if defined(__x86_64__)
  if (has_avx512()) return avx512_multiply_add(rounds, result);
  if (has_avx2()) return avx2_multiply_add(rounds, result);
#endif
  return portable_multiply_add(rounds, result);
}

void topo_peak_triad(float *a, const float *b, const float *c, float factor, long count) {
#if defined(__x86_64__)
  if (has_avx2()) {
    avx2_triad(a, b, c, factor, count);
    return;
  }
#endif
  portable_triad(a, b, c, factor, count);
}

const char *topo_peak_instructions(void) {
#if defined(__x86_64__)
  if (has_avx512()) return "AVX-512";
  if (has_avx2()) return "AVX2";
#endif
  return "portable";
}
