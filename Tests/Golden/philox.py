"""Philox 4x32-10 and what Toposheet draws from it, in numpy (Sources/TopoCompute/Random)."""

import numpy as np

INITIALIZATION, SPLIT, ORDER, DROPOUT, TEST = 1, 2, 3, 4, 1000

# Counter, key and result from Random123's kat_vectors.
KNOWN_ANSWERS = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000",
     "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff",
     "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0",
     "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def block(counter, key):
    """Ten rounds; `counter` is four and `key` two arrays (or numbers) of 32 bits each."""
    mask = np.uint64(0xFFFFFFFF)
    c = [np.asarray(word, np.uint64) for word in counter]
    k = [int(word) for word in key]
    for _ in range(10):
        first, second = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        c = [(second >> np.uint64(32)) ^ c[1] ^ np.uint64(k[0]), second & mask,
             (first >> np.uint64(32)) ^ c[3] ^ np.uint64(k[1]), first & mask]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return np.stack(c, -1).astype(np.uint32)


def words(seed, purpose, stream, count, high=0):
    """The first `count` words of a stream, whose positions have the upper half `high`."""
    low = np.arange((count + 3) // 4, dtype=np.uint64)
    counter = (low, np.full_like(low, high), np.full_like(low, stream), np.full_like(low, purpose))
    return block(counter, (seed & 0xFFFFFFFF, seed >> 32)).reshape(-1)[:count]


def uniform(words):
    return (words >> np.uint32(8)).astype(np.float32) * np.float32(2.0 ** -24)


def values(seed, stream, shape):
    """Test data: uniform in [-1, 1), a multiple of 2^-23."""
    u = uniform(words(seed, TEST, stream, int(np.prod(shape))))
    return (2 * u - 1).reshape(shape)


def initial(seed, tensor, shape, fan_in):
    """PyTorch's default distribution for weights and biases: U(-1, 1) / sqrt(fan in)."""
    bound = np.float32(1 / np.sqrt(np.float64(fan_in)))
    u = uniform(words(seed, INITIALIZATION, tensor, int(np.prod(shape))))
    return ((2 * u - 1) * bound).reshape(shape)


def dropout_keeps(seed, stream, step, count, rate):
    return uniform(words(seed, DROPOUT, stream, count, high=step)) >= np.float32(rate)


def permutation(seed, purpose, stream, count):
    """`RandomSequence.permutation`: Fisher and Yates from the end, Lemire's bounded draws."""
    source = iter(words(seed, purpose, stream, 4 * count + 64).tolist())

    def below(bound):
        while True:
            product = next(source) * bound
            if product & 0xFFFFFFFF >= (1 << 32) % bound:
                return product >> 32

    order = np.arange(count)
    for last in range(count - 1, 0, -1):
        other = below(last + 1)
        order[[last, other]] = order[[other, last]]
    return order
