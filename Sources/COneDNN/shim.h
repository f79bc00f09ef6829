// oneDNN's C interface with the differences between 2.x and 3.x hidden: what a memory descriptor
// is, and how primitives are described. Everything is `static inline`; nothing here computes.
#pragma once
#include <dlfcn.h>
#include <oneapi/dnnl/dnnl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

// A memory descriptor, owned by whoever made it and released by `topo_layout_free`.
#if DNNL_VERSION_MAJOR >= 3
typedef dnnl_memory_desc_t topo_layout_t;
typedef const_dnnl_primitive_desc_t topo_description_t;
#else
typedef dnnl_memory_desc_t *topo_layout_t;
typedef const_dnnl_primitive_desc_t topo_description_t;
#endif

enum { topo_forward = 0, topo_backward_data = 1, topo_backward_weights = 2 };
enum { topo_source = 0, topo_weights = 1, topo_bias = 2, topo_destination = 3, topo_scratchpad = 4 };

static inline int topo_version_major(void) { return dnnl_version()->major; }
static inline int topo_version_minor(void) { return dnnl_version()->minor; }
static inline int topo_version_patch(void) { return dnnl_version()->patch; }

// Switches off oneDNN's own threads on the calling thread: this project divides the work itself, in
// the same way for any number of threads. The call exists only if oneDNN was built with OpenMP.
static inline void topo_single_threaded(void) {
  void (*set)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (set) set(1);
}

// Denormal values become zero on this thread: decayed moments of optimizers are denormal, and
// arithmetic on them is a hundred times slower.
static inline void topo_flush_denormals(void) {
#if defined(__x86_64__)
  _mm_setcsr(_mm_getcsr() | 0x8040);
#elif defined(__aarch64__)
  unsigned long control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  __asm__ volatile("msr fpcr, %0" : : "r"(control | (1ul << 24)));
#endif
}

// Whether the instruction set in effect has 16 floats in a register.
static inline bool topo_wide_vectors(void) {
  return (dnnl_get_effective_cpu_isa() & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core;
}

// Limits oneDNN to SSE4.1 (0) or AVX2 (1), or removes every limit (2), also that of the environment.
// Whether it could: only before oneDNN is used.
static inline bool topo_limit_isa(int instructions) {
#if defined(__x86_64__)
  const dnnl_cpu_isa_t isa = instructions == 0   ? dnnl_cpu_isa_sse41
                             : instructions == 1 ? dnnl_cpu_isa_avx2
                                                 : (dnnl_cpu_isa_t)0;
  return dnnl_set_max_cpu_isa(isa) == dnnl_success;
#else
  return true;
#endif
}

static inline const char *topo_isa_name(void) {
#if defined(__aarch64__)
  return "AArch64";
#endif
  int isa = (int)dnnl_get_effective_cpu_isa();
  if ((isa & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core) return "AVX-512";
  if ((isa & dnnl_cpu_isa_avx2) == dnnl_cpu_isa_avx2) return "AVX2";
  if ((isa & dnnl_cpu_isa_avx) == dnnl_cpu_isa_avx) return "AVX";
  return "SSE4.1";
}

#if DNNL_VERSION_MAJOR >= 3
static inline topo_layout_t topo_layout_clone_(const_dnnl_memory_desc_t d) {
  topo_layout_t copy = NULL;
  return dnnl_memory_desc_clone(&copy, d) == dnnl_success ? copy : NULL;
}
static inline topo_layout_t topo_layout_strided(
    int count, const dnnl_dim_t *extents, const dnnl_dim_t *strides) {
  topo_layout_t d = NULL;
  dnnl_memory_desc_create_with_strides(&d, count, extents, dnnl_f32, strides);
  return d;
}
static inline topo_layout_t topo_layout_tagged_(
    int count, const dnnl_dim_t *extents, dnnl_format_tag_t tag) {
  topo_layout_t d = NULL;
  dnnl_memory_desc_create_with_tag(&d, count, extents, dnnl_f32, tag);
  return d;
}
static inline void topo_layout_free(topo_layout_t d) {
  if (d) dnnl_memory_desc_destroy(d);
}
#else
static inline topo_layout_t topo_layout_clone_(const dnnl_memory_desc_t *d) {
  topo_layout_t copy = (topo_layout_t)malloc(sizeof(*copy));
  if (copy) *copy = *d;
  return copy;
}
static inline topo_layout_t topo_layout_strided(
    int count, const dnnl_dim_t *extents, const dnnl_dim_t *strides) {
  dnnl_memory_desc_t d;
  if (dnnl_memory_desc_init_by_strides(&d, count, extents, dnnl_f32, strides) != dnnl_success)
    return NULL;
  return topo_layout_clone_(&d);
}
static inline topo_layout_t topo_layout_tagged_(
    int count, const dnnl_dim_t *extents, dnnl_format_tag_t tag) {
  dnnl_memory_desc_t d;
  if (dnnl_memory_desc_init_by_tag(&d, count, extents, dnnl_f32, tag) != dnnl_success) return NULL;
  return topo_layout_clone_(&d);
}
static inline void topo_layout_free(topo_layout_t d) { free(d); }
#endif

static inline topo_layout_t topo_layout_any(int count, const dnnl_dim_t *extents) {
  return topo_layout_tagged_(count, extents, dnnl_format_tag_any);
}
// `[batch, channel / block, row, column, block]` for blocks of 8 or 16.
static inline topo_layout_t topo_layout_blocked(const dnnl_dim_t *extents, int block) {
  return topo_layout_tagged_(4, extents, block == 16 ? dnnl_nChw16c : dnnl_nChw8c);
}
static inline bool topo_layout_equal(topo_layout_t a, topo_layout_t b) {
  return dnnl_memory_desc_equal(a, b) != 0;
}
static inline size_t topo_layout_bytes(topo_layout_t d) { return dnnl_memory_desc_get_size(d); }

// Primitive attributes: scratch memory comes from the caller, so that any thread may execute.
static inline dnnl_primitive_attr_t topo_attributes_(void) {
  dnnl_primitive_attr_t a = NULL;
  if (dnnl_primitive_attr_create(&a) != dnnl_success) return NULL;
  dnnl_primitive_attr_set_scratchpad_mode(a, dnnl_scratchpad_mode_user);
  return a;
}

// Describes a convolution; NULL where the library has none for these layouts. `bias` may be NULL.
static inline dnnl_primitive_desc_t topo_convolution(
    dnnl_engine_t engine, int direction, topo_layout_t source, topo_layout_t weights,
    topo_layout_t bias, topo_layout_t destination, const dnnl_dim_t *strides,
    const dnnl_dim_t *padding_before, const dnnl_dim_t *padding_after) {
  dnnl_primitive_attr_t attributes = topo_attributes_();
  dnnl_primitive_desc_t result = NULL;
  dnnl_status_t status;
#if DNNL_VERSION_MAJOR >= 3
  const dnnl_dim_t dilation[2] = {0, 0};
  if (direction == topo_forward)
    status = dnnl_convolution_forward_primitive_desc_create(
        &result, engine, dnnl_forward_training, dnnl_convolution_direct, source, weights, bias,
        destination, strides, dilation, padding_before, padding_after, attributes);
  else if (direction == topo_backward_data)
    status = dnnl_convolution_backward_data_primitive_desc_create(
        &result, engine, dnnl_convolution_direct, source, weights, destination, strides, dilation,
        padding_before, padding_after, NULL, attributes);
  else
    status = dnnl_convolution_backward_weights_primitive_desc_create(
        &result, engine, dnnl_convolution_direct, source, weights, bias, destination, strides,
        dilation, padding_before, padding_after, NULL, attributes);
#else
  dnnl_convolution_desc_t d;
  if (direction == topo_forward)
    status = dnnl_convolution_forward_desc_init(
        &d, dnnl_forward_training, dnnl_convolution_direct, source, weights, bias, destination,
        strides, padding_before, padding_after);
  else if (direction == topo_backward_data)
    status = dnnl_convolution_backward_data_desc_init(
        &d, dnnl_convolution_direct, source, weights, destination, strides, padding_before,
        padding_after);
  else
    status = dnnl_convolution_backward_weights_desc_init(
        &d, dnnl_convolution_direct, source, weights, bias, destination, strides, padding_before,
        padding_after);
  if (status == dnnl_success)
    status = dnnl_primitive_desc_create(&result, &d, attributes, engine, NULL);
#endif
  dnnl_primitive_attr_destroy(attributes);
  return status == dnnl_success ? result : NULL;
}

// Describes `destination = source weights + bias`; `bias` may be NULL.
static inline dnnl_primitive_desc_t topo_matmul(
    dnnl_engine_t engine, topo_layout_t source, topo_layout_t weights, topo_layout_t bias,
    topo_layout_t destination) {
  dnnl_primitive_attr_t attributes = topo_attributes_();
  dnnl_primitive_desc_t result = NULL;
  dnnl_status_t status;
#if DNNL_VERSION_MAJOR >= 3
  status = dnnl_matmul_primitive_desc_create(
      &result, engine, source, weights, bias, destination, attributes);
#else
  dnnl_matmul_desc_t d;
  status = dnnl_matmul_desc_init(&d, source, weights, bias, destination);
  if (status == dnnl_success)
    status = dnnl_primitive_desc_create(&result, &d, attributes, engine, NULL);
#endif
  dnnl_primitive_attr_destroy(attributes);
  return status == dnnl_success ? result : NULL;
}

// Describes a copy from one layout to another.
static inline dnnl_primitive_desc_t topo_reorder(
    dnnl_engine_t engine, topo_layout_t source, topo_layout_t destination) {
  dnnl_primitive_attr_t attributes = topo_attributes_();
  dnnl_primitive_desc_t result = NULL;
  dnnl_status_t status = dnnl_reorder_primitive_desc_create(
      &result, source, engine, destination, engine, attributes);
  dnnl_primitive_attr_destroy(attributes);
  return status == dnnl_success ? result : NULL;
}

// The layout that a described primitive wants of an argument (`topo_source`, ...), whatever the
// direction calls it; a copy.
static inline topo_layout_t topo_wanted_layout(
    topo_description_t description, int direction, int argument) {
  dnnl_query_t what = dnnl_query_scratchpad_md;
  switch (argument) {
    case topo_source:
      what = direction == topo_backward_data ? dnnl_query_diff_src_md : dnnl_query_src_md;
      break;
    case topo_weights:
      what = direction == topo_backward_weights ? dnnl_query_diff_weights_md : dnnl_query_weights_md;
      break;
    case topo_destination:
      what = direction == topo_forward ? dnnl_query_dst_md : dnnl_query_diff_dst_md;
      break;
    default: break;
  }
  return topo_layout_clone_(dnnl_primitive_desc_query_md(description, what, 0));
}

// The execution-time name of an argument.
static inline int topo_argument_name(int direction, int argument) {
  switch (argument) {
    case topo_source: return direction == topo_backward_data ? DNNL_ARG_DIFF_SRC : DNNL_ARG_SRC;
    case topo_weights:
      return direction == topo_backward_weights ? DNNL_ARG_DIFF_WEIGHTS : DNNL_ARG_WEIGHTS;
    case topo_bias: return direction == topo_backward_weights ? DNNL_ARG_DIFF_BIAS : DNNL_ARG_BIAS;
    case topo_destination: return direction == topo_forward ? DNNL_ARG_DST : DNNL_ARG_DIFF_DST;
    default: return DNNL_ARG_SCRATCHPAD;
  }
}

// The name of the implementation that was chosen, such as `jit:avx2`.
static inline const char *topo_implementation(topo_description_t description) {
  const char *name = "";
  dnnl_primitive_desc_query(description, dnnl_query_impl_info_str, 0, (void *)&name);
  return name;
}
