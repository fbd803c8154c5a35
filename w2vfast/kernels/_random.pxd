# cython: language_level=3
"""Random numbers as a function of (seed, stream, epoch, position).

A counter-based generator needs no state, so results do not depend on which thread
processes a block. It is SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) read at any place:
draw(key, n) is number n of the generator that starts from `key`. The twin is
reference/random.py.
"""
from libc.stdint cimport uint64_t

cdef enum:              # streams of random numbers
    TOKENS = 1          # subsampling and window radius of each token
    NOISE = 2           # negatives


cdef inline uint64_t draw(uint64_t key, uint64_t n) noexcept nogil:
    """Return number n (64 bits) of the SplitMix64 generator that starts from `key`."""
    cdef uint64_t z = key + (n + 1) * <uint64_t>0x9E3779B97F4A7C15ULL
    z = (z ^ (z >> 30)) * <uint64_t>0xBF58476D1CE4E5B9ULL
    z = (z ^ (z >> 27)) * <uint64_t>0x94D049BB133111EBULL
    return z ^ (z >> 31)


cdef inline uint64_t stream_key(uint64_t seed, int stream,
                                uint64_t epoch) noexcept nogil:
    """Return the key of one stream of random numbers in one epoch."""
    return draw(draw(seed, stream), epoch)


cdef inline uint64_t high(uint64_t r) noexcept nogil:
    """Return the upper 32 bits."""
    return r >> 32


cdef inline uint64_t low(uint64_t r) noexcept nogil:
    """Return the lower 32 bits."""
    return r & <uint64_t>0xFFFFFFFFULL
