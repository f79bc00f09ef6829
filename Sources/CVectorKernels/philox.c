#include "philox.h"

#include "clones.h"

enum { LANES = 8, ROUNDS = 10 };

CLONES void topo_philox(
    uint64_t key, uint32_t stream, uint32_t purpose, uint64_t position, size_t blocks,
    uint32_t *words) {
  for (size_t first = 0; first < blocks; first += LANES) {
    uint32_t a[LANES], b[LANES], c[LANES], d[LANES];
    for (int i = 0; i < LANES; ++i) {
      const uint64_t place = position + first + i;
      a[i] = (uint32_t)place;
      b[i] = (uint32_t)(place >> 32);
      c[i] = stream;
      d[i] = purpose;
    }
    uint32_t k = (uint32_t)key, l = (uint32_t)(key >> 32);
    for (int round = 0; round < ROUNDS; ++round) {
      for (int i = 0; i < LANES; ++i) {
        const uint64_t p = (uint64_t)0xD2511F53u * a[i], q = (uint64_t)0xCD9E8D57u * c[i];
        a[i] = (uint32_t)(q >> 32) ^ b[i] ^ k;
        b[i] = (uint32_t)q;
        c[i] = (uint32_t)(p >> 32) ^ d[i] ^ l;
        d[i] = (uint32_t)p;
      }
      k += 0x9E3779B9u;
      l += 0xBB67AE85u;
    }
    for (size_t i = 0; i < LANES && first + i < blocks; ++i) {
      uint32_t *block = words + 4 * (first + i);
      block[0] = a[i];
      block[1] = b[i];
      block[2] = c[i];
      block[3] = d[i];
    }
  }
}
