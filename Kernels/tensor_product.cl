// The micro-kernel of the implicit matrix products (tile.cl) for tensor cores: PTX's
// mma.sync.m16n8k8 multiplies matrices of TF32 values (float32 with 10 bits of fraction) and adds
// the products in float32. 32 work-items next to each other, a warp, hold the matrices in their
// registers.
//
// A warp computes WARP_M x WARP_N results of a tile. Which channel or pixel a row or column of the
// instruction's matrices is, we may choose, as we may the order of k. This choice lets a work-item
// read four values at once, and own blocks of 4 x 4 results as the other micro-kernel does. With
// g = lane / 4, t = lane % 4, and blocks u and q of 32 results:
//
//   work-item reads  a[k + t, k + t + 4][32 u + 4 g + 0..3]    rows g and g + 8 of two matrices A
//                    b[k + t, k + t + 4][32 q + 16 (g % 2) + 4 (g / 2) + 0..3]
//                                                              column g of four matrices B
//   and owns         m = 32 u + 4 g + 0..3,  n = 32 q + 4 t + 0..3 and 16 more
//
// Rows of a are 8 mod 32 values long and rows of b 4 mod 32: then eight work-items that read at the
// same time meet in no bank.
//
// With EMULATED, plain OpenCL C does what the instruction does, for devices without it: each
// work-item reads what the others hold in their registers from local memory.

#ifndef TOPO_TENSOR_PRODUCT_CL
#define TOPO_TENSOR_PRODUCT_CL

#include "tile.cl"

// SHAPE, 0 or 1: whether the instruction is emulated. The order of its sums is not NVIDIA's.
#ifndef EMULATED
#define EMULATED 1
#endif

// Sums stay in registers only in functions that the compiler inlines, and in loops that it unrolls.
// The emulation keeps them in memory, as compilers for CPUs take minutes otherwise.
#if EMULATED
#define ALWAYS_INLINE
#define UNROLLED 1
#else
#define ALWAYS_INLINE __attribute__((always_inline))
#define UNROLLED 8
#endif

// The part of a tile that a warp computes.
#define WARP_M (ITEM_M * 8)
#define WARP_N (ITEM_N * 4)
#define ROW_M (TILE_M + 8)
#define ROW_N (TILE_N + 4)
#define STEP_M 32
#define STEP_N 16
// Blocks of 32 along N.
#define BLOCKS_N (VECTORS_N / 2)

// Where the results of a work-item begin within the tile.
int item_m(int item) {
  return item / 32 / (TILE_N / WARP_N) * WARP_M + item % 32 / 4 * 4;
}
int item_n(int item) {
  return item / 32 % (TILE_N / WARP_N) * WARP_N + item % 4 * 4;
}

// The nearest TF32 value; of two, the one farther from zero. NaN and infinities stay.
float nearest_tf32(float value) {
#if EMULATED
  const uint bits = as_uint(value);
  return isfinite(value) ? as_float((bits + 0x1000u) & 0xffffe000u) : value;
#else
  uint bits;
  __asm__("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(value));
  return as_float(bits);
#endif
}
ALWAYS_INLINE float4 nearest_tf32_4(float4 values) {
  return (float4)(nearest_tf32(values.x), nearest_tf32(values.y), nearest_tf32(values.z),
                  nearest_tf32(values.w));
}

// A factor as it is staged in local memory.
#if TENSOR_PRODUCTS == 1
#define STAGED(value) nearest_tf32(value)
#else
#define STAGED(value) (value)
#endif

#if EMULATED
// Vectors that a work-item shows to the others.
#define SHOWN (2 * VECTORS_M + 2 * BLOCKS_N)
#define EXCHANGE (ITEMS * SHOWN)

// What element `element` of vector `vector` holds in work-item `lane` of this warp.
float register_of(local const float4 *exchange, int lane, int vector, int element) {
  local const float *values =
      (local const float *)(exchange + (get_local_id(0) / 32 * 32 + lane) * SHOWN + vector);
  return values[element];
}

// Result (row, column) of A times B, of which A's row 8 i + r is in register i of work-items 4 r to
// 4 r + 3 for k below 4 and in register i + 2 above, and B's column c in register 0 of work-items
// 4 c to 4 c + 3 for k below 4 and in register 1 above.
float emulated_result(
    local const float4 *exchange, int u, int f, int q, int j, int row, int column, float sum) {
#pragma unroll UNROLLED
  for (int k = 0; k < 8; ++k)
    sum += register_of(exchange, row % 8 * 4 + k % 4, k / 4 * VECTORS_M + u, 2 * f + row / 8)
        * register_of(
            exchange, column * 4 + k % 4, 2 * VECTORS_M + k / 4 * BLOCKS_N + q, j);
  return sum;
}

// The results that a work-item holds: rows g and g + 8, columns 2 t and 2 t + 1.
float4 emulated_multiply_add(
    local const float4 *exchange, int u, int f, int q, int j, float4 sums) {
  const int lane = get_local_id(0) % 32, row = lane / 4, column = lane % 4 * 2;
  return (float4)(
      emulated_result(exchange, u, f, q, j, row, column, sums.x),
      emulated_result(exchange, u, f, q, j, row, column + 1, sums.y),
      emulated_result(exchange, u, f, q, j, row + 8, column, sums.z),
      emulated_result(exchange, u, f, q, j, row + 8, column + 1, sums.w));
}
#else
#define EXCHANGE 1

// The results that a work-item holds: rows g and g + 8, columns 2 t and 2 t + 1.
ALWAYS_INLINE float4 multiply_add(
    float a0, float a1, float a2, float a3, float b0, float b1, float4 sums) {
  float c0 = sums.x, c1 = sums.y, c2 = sums.z, c3 = sums.w;
  __asm__ volatile(
      "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 "
      "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(c0), "+f"(c1), "+f"(c2), "+f"(c3)
      : "r"(as_uint(a0)), "r"(as_uint(a1)), "r"(as_uint(a2)), "r"(as_uint(a3)),
        "r"(as_uint(b0)), "r"(as_uint(b1)));
  return (float4)(c0, c1, c2, c3);
}
#endif

#if EMULATED
#define MULTIPLY_ADD_4(F, A_EVEN, A_ODD, J, ELEMENT, SUMS) \
  emulated_multiply_add(exchange, u, F, q, J, SUMS)
#else
#define MULTIPLY_ADD_4(F, A_EVEN, A_ODD, J, ELEMENT, SUMS) \
  multiply_add( \
      m[0][u].A_EVEN, m[0][u].A_ODD, m[1][u].A_EVEN, m[1][u].A_ODD, n[0][q].ELEMENT, \
      n[1][q].ELEMENT, SUMS)
#endif

// Adds products to element J of the vectors of rows 2 F and 2 F + 1.
#define MULTIPLY_ADD(F, A_EVEN, A_ODD, J, ELEMENT) \
  { \
    const float4 c = MULTIPLY_ADD_4( \
        F, A_EVEN, A_ODD, J, ELEMENT, \
        (float4)( \
            sum[4 * u + 2 * F][2 * q].ELEMENT, sum[4 * u + 2 * F][2 * q + 1].ELEMENT, \
            sum[4 * u + 2 * F + 1][2 * q].ELEMENT, sum[4 * u + 2 * F + 1][2 * q + 1].ELEMENT)); \
    sum[4 * u + 2 * F][2 * q].ELEMENT = c.x; \
    sum[4 * u + 2 * F][2 * q + 1].ELEMENT = c.y; \
    sum[4 * u + 2 * F + 1][2 * q].ELEMENT = c.z; \
    sum[4 * u + 2 * F + 1][2 * q + 1].ELEMENT = c.w; \
  }

// Adds eight terms: of factors m, of terms t and t + 4, and n, likewise.
ALWAYS_INLINE void add_fragments(
    const float4 m[2][VECTORS_M], const float4 n[2][BLOCKS_N], float4 sum[ITEM_M][VECTORS_N],
    local float4 *exchange) {
#if EMULATED
  local float4 *shown = exchange + get_local_id(0) * SHOWN;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int part = 0; part < 2; ++part) {
    for (int u = 0; u < VECTORS_M; ++u) shown[part * VECTORS_M + u] = m[part][u];
    for (int q = 0; q < BLOCKS_N; ++q) shown[2 * VECTORS_M + part * BLOCKS_N + q] = n[part][q];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
#else
  (void)exchange;
#endif
#pragma unroll UNROLLED
  for (int u = 0; u < VECTORS_M; ++u)
#pragma unroll UNROLLED
    for (int q = 0; q < BLOCKS_N; ++q) {
      MULTIPLY_ADD(0, x, y, 0, x)
      MULTIPLY_ADD(0, x, y, 1, y)
      MULTIPLY_ADD(0, x, y, 2, z)
      MULTIPLY_ADD(0, x, y, 3, w)
      MULTIPLY_ADD(1, z, w, 0, x)
      MULTIPLY_ADD(1, z, w, 1, y)
      MULTIPLY_ADD(1, z, w, 2, z)
      MULTIPLY_ADD(1, z, w, 3, w)
    }
}

// Adds a [k][m] times b [k][n] to the sums [m][n]; a_row and b_row are the rows' lengths in
// vectors. All work-items of the group must call it.
ALWAYS_INLINE void add_tile_product(
    local const float4 *a, const int a_row, local const float4 *b, const int b_row,
    float4 sum[ITEM_M][VECTORS_N], local float4 *exchange) {
  const int item = get_local_id(0), lane = item % 32, g = lane / 4, t = lane % 4;
  a += t * a_row + item_m(item) / 4;
  b += t * b_row + item / 32 % (TILE_N / WARP_N) * (WARP_N / 4) + g % 2 * 4 + g / 2;
#pragma unroll UNROLLED
  for (int k = 0; k < TILE_K; k += 8) {
    float4 m[2][VECTORS_M], n[2][BLOCKS_N];
#pragma unroll UNROLLED
    for (int part = 0; part < 2; ++part) {
#pragma unroll UNROLLED
      for (int u = 0; u < VECTORS_M; ++u) m[part][u] = a[(k + 4 * part) * a_row + 8 * u];
#pragma unroll UNROLLED
      for (int q = 0; q < BLOCKS_N; ++q) n[part][q] = b[(k + 4 * part) * b_row + 8 * q];
    }
#if TENSOR_PRODUCTS == 1
    add_fragments(m, n, sum, exchange);
#else
    // Each factor is the sum of two TF32 values, of which the second one rounds the rest of the
    // first. The product of both second ones is below float32's rounding.
    float4 m_rest[2][VECTORS_M], n_rest[2][BLOCKS_N];
#pragma unroll UNROLLED
    for (int part = 0; part < 2; ++part) {
#pragma unroll UNROLLED
      for (int u = 0; u < VECTORS_M; ++u) {
        const float4 value = m[part][u];
        m[part][u] = nearest_tf32_4(value);
        m_rest[part][u] = nearest_tf32_4(value - m[part][u]);
      }
#pragma unroll UNROLLED
      for (int q = 0; q < BLOCKS_N; ++q) {
        const float4 value = n[part][q];
        n[part][q] = nearest_tf32_4(value);
        n_rest[part][q] = nearest_tf32_4(value - n[part][q]);
      }
    }
    add_fragments(m_rest, n, sum, exchange);
    add_fragments(m, n_rest, sum, exchange);
    add_fragments(m, n, sum, exchange);
#endif
  }
}

#endif
