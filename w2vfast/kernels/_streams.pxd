# cython: language_level=3
"""Deterministic training in rounds: one batch of each stream, then merged rows.

A stream is the batches of one block, in order. In a round all streams build their next
batches. Then each stream trains its batch, on any thread. It updates the rows that no
other batch of the round has. The other rows are merged: the stream stores their
gradients, and after all batches they are updated with the gradients of the streams in
order. Their curvatures are summed over the streams. So results do not depend on
threads, and with one stream they are those of ordinary training. The twin is
reference/rounds.py, which stores all gradients.
"""
from libc.stdint cimport int32_t, int64_t

from w2vfast.kernels._arguments cimport KernelArguments
from w2vfast.kernels._batch cimport Batch, Rows, clear_rows, prefetch_row
from w2vfast.kernels._blocks cimport (
    Totals, begin_block, clear_totals, has_batch, next_batch)
from w2vfast.kernels._sgd cimport learning_rate, step_size, update_row
from w2vfast.kernels._tiles cimport MERGE_PARTS
from w2vfast.kernels._train_batch cimport train_batch
from w2vfast.kernels._workspace cimport Workspace


cdef enum:
    MAX_STREAMS = 16        # as in arguments.py


cdef struct Stream:
    Workspace workspace
    int64_t block           # -1: no block
    bint begun              # the block's tokens are loaded
    int32_t pairs           # pairs of the present batch; 0: it changes nothing
    double rate             # its learning rate
    Totals totals


cdef inline Rows *rows_of(Stream *s, bint outside) noexcept nogil:
    """Return the rows of the centre or the outside matrix in the stream's batch."""
    return &s.workspace.batch.outside if outside else &s.workspace.batch.centre


cdef inline void begin_stream(Stream *s, int64_t block) noexcept nogil:
    """Begin a block; -1: the stream stays empty."""
    s.block, s.begun, s.pairs = block, False, 0
    clear_totals(&s.totals)


cdef inline bint is_active(const Stream *s) noexcept nogil:
    """Return whether the stream has another batch."""
    return s.block >= 0 and (not s.begun or has_batch(&s.workspace))


cdef inline void build_stream(Stream *s, const KernelArguments *args,
                              int64_t epoch) noexcept nogil:
    """Build the stream's next batch. Without one its rows are removed."""
    cdef Batch *b = &s.workspace.batch
    s.pairs = 0
    if s.block >= 0 and not s.begun:
        begin_block(&s.workspace, args, epoch, s.block)
        s.begun = True
    if is_active(s):
        s.pairs = next_batch(&s.workspace, args, epoch, &s.totals)
        s.rate = learning_rate(args, epoch, b.tokens.position[b.begin])
    else:
        clear_rows(&b.centre)
        clear_rows(&b.outside)


cdef inline void find_merged(Stream *streams, int n, int own,
                             bint outside) noexcept nogil:
    """List the rows that other streams' batches have too, with these streams."""
    cdef Rows *r = rows_of(streams + own, outside)
    cdef const int32_t *slot[MAX_STREAMS]
    cdef int32_t i, having
    cdef int k
    r.n_merged = 0
    for k in range(n):
        slot[k] = rows_of(streams + k, outside).slot
    for i in range(r.count):
        having = 0
        if r.word[i] >= 0:  # not a padding row
            for k in range(n):
                having |= (slot[k][r.word[i]] != 0) << k
        r.merged[i] = 0 if having == 1 << own else having
        r.merged_rows[r.n_merged] = i
        r.n_merged += r.merged[i] != 0


cdef inline void train_stream(Stream *streams, int n, int own,
                              const KernelArguments *args) noexcept nogil:
    """Train the batch of a stream, except its merged rows."""
    cdef Stream *s = streams + own
    if args.merges:
        find_merged(streams, n, own, False)
        find_merged(streams, n, own, True)
    if s.pairs > 0:
        s.totals.finite = train_batch(&s.workspace.batch, args, s.rate, &s.totals.loss)


cdef inline void merge_row(Stream *streams, bint outside, int32_t word,
                           int32_t having, Py_ssize_t size) noexcept nogil:
    """Update a merged row by the gradients of the streams that have it, in order."""
    cdef Rows *rows[MAX_STREAMS]
    cdef int32_t index[MAX_STREAMS]
    cdef float curvature = 0
    cdef double scale = 1
    cdef int n = 0, k = 0
    while having >> k != 0:
        if having >> k & 1:
            rows[n] = rows_of(streams + k, outside)
            index[n] = rows[n].slot[word] - 1
            prefetch_row(rows[n].gradient + index[n] * size, size)
            curvature += rows[n].curvature[index[n]]
            n += 1
        k += 1
    n = 0
    k = 0
    while having >> k != 0:
        if having >> k & 1:
            if rows[n].scale != NULL:
                scale = rows[n].scale[word]
            update_row(rows[n], word, rows[n].gradient + index[n] * size,
                       step_size(curvature, streams[k].rate * scale), size)
            n += 1
        k += 1


cdef inline void merge_rows(Stream *streams, int own, int part, bint outside,
                            Py_ssize_t size) noexcept nogil:
    """Update a part of a stream's merged rows, except those of an earlier stream."""
    cdef Rows *r = rows_of(streams + own, outside)
    cdef int32_t i, k
    for i in range(r.n_merged * part // MERGE_PARTS,
                   r.n_merged * (part + 1) // MERGE_PARTS):
        k = r.merged_rows[i]
        if r.merged[k] & ((1 << own) - 1) == 0:
            merge_row(streams, outside, r.word[k], r.merged[k], size)


cdef inline bint has_merged_rows(Stream *s) noexcept nogil:
    return rows_of(s, False).n_merged > 0 or rows_of(s, True).n_merged > 0
