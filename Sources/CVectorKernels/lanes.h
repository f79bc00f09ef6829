// The vectors of one instruction set, for a source that is included once for each: `LANES` is 8 for
// AVX2 with FMA, and 16 for AVX-512. A vector holds eight channels of one block or of two
// neighboring blocks, which may lie `plane` floats apart. A lane has the same bits in both.
#undef NAME
#undef TARGET
#undef VECTOR
#undef ZERO
#undef BROADCAST
#undef MULTIPLY_ADD
#undef LOAD
#undef STORE
#undef LOAD_BLOCKS
#undef STORE_BLOCKS

#if LANES == 16
#define NAME(name) name##_avx512
#define TARGET __attribute__((target("avx512f,avx512vl")))
#define VECTOR __m512
#define ZERO _mm512_setzero_ps()
#define BROADCAST(value) _mm512_set1_ps(value)
#define MULTIPLY_ADD(a, b, c) _mm512_fmadd_ps(a, b, c)
#define LOAD(from) _mm512_loadu_ps(from)
#define STORE(to, value) _mm512_storeu_ps(to, value)
#define LOAD_BLOCKS(from, plane)                                                       \
  _mm512_castpd_ps(_mm512_insertf64x4(                                                 \
      _mm512_castps_pd(_mm512_castps256_ps512(_mm256_loadu_ps(from))),                 \
      _mm256_castps_pd(_mm256_loadu_ps((from) + (plane))), 1))
#define STORE_BLOCKS(to, plane, value)                                                 \
  (_mm256_storeu_ps(to, _mm512_castps512_ps256(value)),                                \
   _mm256_storeu_ps(                                                                   \
       (to) + (plane),                                                                 \
       _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(value), 1))))
#else
#define NAME(name) name##_avx2
#define TARGET __attribute__((target("avx2,fma")))
#define VECTOR __m256
#define ZERO _mm256_setzero_ps()
#define BROADCAST(value) _mm256_set1_ps(value)
#define MULTIPLY_ADD(a, b, c) _mm256_fmadd_ps(a, b, c)
#define LOAD(from) _mm256_loadu_ps(from)
#define STORE(to, value) _mm256_storeu_ps(to, value)
#define LOAD_BLOCKS(from, plane) _mm256_loadu_ps(from)
#define STORE_BLOCKS(to, plane, value) _mm256_storeu_ps(to, value)
#endif
#undef INLINED
#define INLINED static inline __attribute__((always_inline)) TARGET
