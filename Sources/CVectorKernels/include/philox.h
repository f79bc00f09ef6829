// Random words in bulk.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Words `[block][4]` of Philox 4x32-10 for the counters `(position + i, stream, purpose)`, the low
// half of the position first.
void topo_philox(
    uint64_t key, uint32_t stream, uint32_t purpose, uint64_t position, size_t blocks,
    uint32_t *words);
