# cython: language_level=3
"""Tile sizes, chosen by measurement for a 32 kB L1 cache."""
from libc.stdint cimport int32_t

from w2vfast.kernels._batch cimport Batch


cdef enum:
    VOCAB_TILE = 192                # words of the softmax that are processed at a time
    ROW_TILE = 36                   # hidden rows whose scores fit into the L1 cache
    PREFIX_TILE = 4 * ROW_TILE      # hidden rows without scores, or of one prefix sum
    ROUNDED_TILE = PREFIX_TILE      # the same with products in bfloat16: a whole batch
    MERGE_PARTS = 4                 # of a batch's merged rows that threads share
    VOCABULARY_PARTS = 8            # of a softmax that threads share
    CACHED_FLOATS = 1 << 17         # floats of frequent rows that the L2 cache holds


cdef inline int32_t row_tile_end(const Batch *b, int32_t begin) noexcept nogil:
    """Return the end of the tile of hidden rows that begins at row `begin`."""
    cdef int32_t size = ROUNDED_TILE if b.rounds_products else ROW_TILE
    return min(begin + (size if b.n_shared_padded > 0 else PREFIX_TILE), b.hidden.count)
