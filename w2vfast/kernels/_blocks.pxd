# cython: language_level=3
"""The batches of a block, one after the other, and totals over them.

The twin is reference/blocks.py.
"""
from libc.stdint cimport int32_t, int64_t, uint64_t

from w2vfast.kernels._arguments cimport KernelArguments
from w2vfast.kernels._batch cimport Batch
from w2vfast.kernels._batching cimport build_batch
from w2vfast.kernels._random cimport NOISE, TOKENS, stream_key
from w2vfast.kernels._token_block cimport TokenBlock, load_block
from w2vfast.kernels._workspace cimport Workspace


cdef struct Totals:     # totals over batches; finite: whether all numbers were
    double loss
    int64_t pairs       # times args.pair_unit
    int64_t centres
    bint finite


cdef inline void clear_totals(Totals *totals) noexcept nogil:
    totals.loss, totals.pairs, totals.centres, totals.finite = 0, 0, 0, True


cdef inline void begin_block(Workspace *workspace, const KernelArguments *args,
                             int64_t epoch, int64_t block) noexcept nogil:
    """Load the tokens of a block; its first batch is the next one."""
    cdef TokenBlock *s = &workspace.tokens
    workspace.batch.tokens = s
    load_block(s, args, stream_key(args.seed, TOKENS, epoch), block * args.block_size,
               min((block + 1) * args.block_size, args.n_tokens))
    workspace.batch.end = s.centres_begin


cdef inline bint has_batch(const Workspace *workspace) noexcept nogil:
    """Return whether the block has another batch."""
    return workspace.batch.end < workspace.tokens.centres_end


cdef inline int32_t next_batch(Workspace *workspace, const KernelArguments *args,
                               int64_t epoch, Totals *totals) noexcept nogil:
    """Build the next batch of the block; return the number of its positive pairs."""
    cdef TokenBlock *s = &workspace.tokens
    cdef Batch *b = &workspace.batch
    cdef int32_t pairs
    b.begin = b.end
    b.end = min(s.centres_end, b.begin + args.batch_size)
    b.prefetched = 2 * b.end
    b.prefetch_end = 2 * min(s.size, b.end + args.batch_size + args.window)
    pairs = build_batch(b, args, s, stream_key(args.seed, NOISE, epoch))
    totals.pairs += b.pair_units
    totals.centres += b.end - b.begin
    return pairs
