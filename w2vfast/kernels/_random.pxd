# cython: language_level=3
"""Random decisions as a function of (seed, stream, epoch, position).

SplitMix64 read at any place: `draw(key, n)` is number n of the generator that
starts from `key` (Steele, Lea, Flood, OOPSLA 2014). reference/random.py has the same.
"""
from libc.stdint cimport uint64_t

cdef enum:
    TOKENS = 1
    NOISE = 2


cdef inline uint64_t draw(uint64_t key, uint64_t n) noexcept nogil:
    cdef uint64_t z = key + (n + 1) * <uint64_t>0x9E3779B97F4A7C15ULL
    z = (z ^ (z >> 30)) * <uint64_t>0xBF58476D1CE4E5B9ULL
    z = (z ^ (z >> 27)) * <uint64_t>0x94D049BB133111EBULL
    return z ^ (z >> 31)


cdef inline uint64_t stream_key(uint64_t seed, int stream,
                                uint64_t epoch) noexcept nogil:
    return draw(draw(seed, stream), epoch)


cdef inline uint64_t high(uint64_t r) noexcept nogil:
    return r >> 32


cdef inline uint64_t low(uint64_t r) noexcept nogil:
    return r & <uint64_t>0xFFFFFFFFULL
