#include "instructions.h"

topo_instructions_t topo_cpu_instructions(void) {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return topo_portable;
  const int wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
  return wide ? topo_avx512 : topo_avx2;
#else
  return topo_portable;
#endif
}
