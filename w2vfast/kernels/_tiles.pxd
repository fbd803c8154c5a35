# cython: language_level=3
"""Sizes of the tiles that kernels work on, chosen for the caches."""
from libc.stdint cimport int32_t

from w2vfast.kernels._batch cimport Batch


cdef enum:
    VOCAB_TILE = 192            # of the vocabulary that are worked on at once
    ROW_TILE = 36                   # hidden rows: with their scores, what caches hold
    PREFIX_TILE = 4 * ROW_TILE          # the same without scores, or of one running sum
    CACHED_FLOATS = 1 << 17               # numbers of a table that the second cache holds anyway


cdef inline int32_t row_tile_end(const Batch *b, int32_t begin) noexcept nogil:
    """Hidden rows that are taken at once: fewer where they have scores to keep."""
    return min(begin + (ROW_TILE if b.n_shared_padded > 0 else PREFIX_TILE), b.hidden.count)
