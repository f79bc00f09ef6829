// Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, SC 2011), the same bits as Philox.swift.

#ifndef TOPO_PHILOX_CL
#define TOPO_PHILOX_CL

// Fourth counter word of dropout: RandomPurpose.dropout.
#define PHILOX_DROPOUT 4

// Ten rounds over a counter under a key.
uint4 philox_block(uint4 counter, uint2 key) {
  for (int i = 0; i < 10; ++i) {
    const uint first_high = mul_hi(0xD2511F53u, counter.x), first_low = 0xD2511F53u * counter.x;
    const uint second_high = mul_hi(0xCD9E8D57u, counter.z), second_low = 0xCD9E8D57u * counter.z;
    counter = (uint4)(
        second_high ^ counter.y ^ key.x, second_low, first_high ^ counter.w ^ key.y, first_low);
    key += (uint2)(0x9E3779B9u, 0xBB67AE85u);
  }
  return counter;
}

// Uniform values in [0, 1), multiples of 2^-24.
float4 philox_uniform(uint4 words) { return convert_float4(words >> 8) * 0x1p-24f; }

#endif
