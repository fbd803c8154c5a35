# cython: language_level=3
"""Deterministic training in rounds: one batch of each stream, then all their updates.

A stream is the batches of one block, in order. In a round every stream computes the
gradients of its next batch from the same parameters, on any thread. Then the rows of
both matrices are updated: each row by one thread, with the gradients of the streams in
order. So results do not depend on threads. The twin is reference/rounds.py.

Rows are divided into units by their word, and a thread updates one unit at a time.
"""
from libc.stdint cimport int32_t, int64_t, uint32_t
from libc.string cimport memset

from w2vfast.kernels._arguments cimport KernelArguments
from w2vfast.kernels._batch cimport Batch, Rows, prefetch_row
from w2vfast.kernels._blocks cimport (
    Totals, begin_block, build_range, clear_totals, has_batch, set_range)
from w2vfast.kernels._sgd cimport Spmm, axpy, learning_rate, step_size
from w2vfast.kernels._tiles cimport UNITS
from w2vfast.kernels._train_batch cimport score_batch
from w2vfast.kernels._workspace cimport Workspace


cdef extern from "_spmm.h" nogil:
    void spmm_listed(const Spmm *s, const int32_t *rows, Py_ssize_t n)


cdef enum:
    LISTED_STEPS = 64       # rows whose step sizes are computed at a time
    GRADIENTS_AHEAD = 2     # prefetch the row so far ahead


cdef struct Stream:
    Workspace workspace
    int64_t block           # -1: no block
    bint begun              # the block's tokens are loaded
    Py_ssize_t prefetch     # tokens whose rows other streams prefetch: the first one,
    Py_ssize_t prefetch_end # and the one after the last
    int32_t pairs           # pairs of the present batch; 0: it changes nothing
    double rate             # its learning rate
    Totals totals


cdef struct Curvatures:
    # Curvatures of one matrix's rows, summed over the streams. Rows of one unit are
    # adjacent, so that threads write to different cache lines.
    float *total            # (UNITS, stride)
    Py_ssize_t stride


cdef inline Py_ssize_t unit_stride(int64_t rows) noexcept nogil:
    """Return the number of sums of a unit, a multiple of a cache line."""
    return (rows // UNITS + 16) // 16 * 16


cdef inline float *curvature_of(const Curvatures *c, int32_t word) noexcept nogil:
    return c.total + <uint32_t>word % UNITS * c.stride + <uint32_t>word // UNITS


cdef inline void sort_by_unit(Rows *r) noexcept nogil:
    """List the rows of each unit, in order, without padding rows."""
    cdef int32_t end[UNITS]
    cdef int32_t i, k, unit
    memset(r.unit_start, 0, (UNITS + 1) * sizeof(int32_t))
    for i in range(r.count):
        if r.word[i] >= 0:
            r.unit_start[<uint32_t>r.word[i] % UNITS + 1] += 1
    for k in range(UNITS):
        end[k] = r.unit_start[k]
        r.unit_start[k + 1] += r.unit_start[k]
    for i in range(r.count):
        if r.word[i] >= 0:
            unit = <uint32_t>r.word[i] % UNITS
            r.by_unit[end[unit]] = i
            r.unit_word[end[unit]] = r.word[i]
            r.unit_curvature[end[unit]] = r.curvature[i]
            end[unit] += 1


cdef inline void begin_stream(Stream *s, int64_t block) noexcept nogil:
    """Begin a block; -1: the stream stays empty."""
    s.block, s.begun, s.pairs = block, False, 0
    clear_totals(&s.totals)


cdef inline bint is_active(const Stream *s) noexcept nogil:
    """Return whether the stream has another batch."""
    return s.block >= 0 and (not s.begun or has_batch(&s.workspace))


cdef inline void offer_prefetch(Stream *s, const KernelArguments *args) noexcept nogil:
    """Record the tokens of the next batch, while no thread processes the stream."""
    cdef const Batch *b = &s.workspace.batch
    s.prefetch = s.prefetch_end = 0
    if s.begun and has_batch(&s.workspace):
        s.prefetch = b.end
        s.prefetch_end = min(s.workspace.tokens.size,
                             b.end + args.batch_size + args.window)


cdef inline void next_stream_batch(Stream *s, const KernelArguments *args,
                                   int64_t epoch, bint prefetch_new,
                                   const Stream *following) noexcept nogil:
    """Build the stream's next batch, if it has one.

    Its own rows are prefetched if `prefetch_new`, and during its calculation those of
    the stream that the thread probably processes next. NULL: of none.
    """
    cdef Batch *b = &s.workspace.batch
    s.pairs = 0
    if not is_active(s):
        return
    if not s.begun:
        begin_block(&s.workspace, args, epoch, s.block)
        s.begun = True
    if not has_batch(&s.workspace):
        return
    set_range(&s.workspace, args)
    b.prefetch_new, b.prefetch_end = prefetch_new, b.prefetched
    if following != NULL:
        b.prefetch_word = following.workspace.tokens.word
        b.prefetched = 2 * following.prefetch
        b.prefetch_end = 2 * following.prefetch_end
    s.pairs = build_range(&s.workspace, args, epoch, &s.totals)
    s.rate = learning_rate(args, epoch, b.tokens.position[b.begin])


cdef inline void score_stream(Stream *s, const KernelArguments *args, int64_t epoch,
                              bint prefetch_new, const Stream *following) noexcept nogil:
    """Build the stream's next batch, and compute what its updates need."""
    cdef Batch *b = &s.workspace.batch
    next_stream_batch(s, args, epoch, prefetch_new, following)
    if s.pairs == 0:
        return
    s.totals.finite = score_batch(b, args, &s.totals.loss)
    sort_by_unit(&b.centre)
    sort_by_unit(&b.outside)


cdef inline void add_curvatures(const Curvatures *c, const Rows *r,
                                int unit) noexcept nogil:
    """Add the curvatures of a unit's rows to the sums."""
    cdef int32_t i
    for i in range(r.unit_start[unit], r.unit_start[unit + 1]):
        curvature_of(c, r.unit_word[i])[0] += r.unit_curvature[i]


cdef inline void clear_curvatures(const Curvatures *c, const Rows *r,
                                  int unit) noexcept nogil:
    """Reset the sums that add_curvatures has changed."""
    cdef int32_t i
    for i in range(r.unit_start[unit], r.unit_start[unit + 1]):
        curvature_of(c, r.unit_word[i])[0] = 0


cdef inline float total_step_size(const Curvatures *c, const Rows *r, int32_t word,
                                  double rate) noexcept nogil:
    """Return the step size of a word's row: the sum over all streams bounds it."""
    cdef float step = step_size(curvature_of(c, word)[0], rate)
    return step * r.scale[word] if r.scale != NULL else step


cdef inline void update_centre_rows(const Stream *s, const Curvatures *c, int unit,
                                    Py_ssize_t size) noexcept nogil:
    """Add a stream's stored gradients to a unit's centre rows."""
    cdef const Rows *r = &s.workspace.batch.centre
    cdef int32_t end = r.unit_start[unit + 1], i
    for i in range(r.unit_start[unit], end):
        if i + GRADIENTS_AHEAD < end:
            prefetch_row(r.table + r.unit_word[i + GRADIENTS_AHEAD] * size, size)
            prefetch_row(r.gradient + r.by_unit[i + GRADIENTS_AHEAD] * size, size)
        axpy(r.table + r.unit_word[i] * size, r.gradient + r.by_unit[i] * size,
             total_step_size(c, r, r.unit_word[i], s.rate), size)


cdef inline void update_listed(const Stream *s, const Curvatures *c, Spmm *m,
                               int32_t begin, int32_t end) noexcept nogil:
    """Compute the gradients of outside rows by_unit[begin:end]; update the rows."""
    cdef const Rows *r = &s.workspace.batch.outside
    cdef float steps[LISTED_STEPS]
    cdef int32_t first, i
    m.step = steps
    while begin < end:
        first, begin = begin, min(begin + <int32_t>LISTED_STEPS, end)
        for i in range(first, begin):
            steps[i - first] = total_step_size(c, r, r.unit_word[i], s.rate)
        spmm_listed(m, r.by_unit + first, begin - first)


cdef inline void update_outside_rows(const Stream *s, const Curvatures *c, int unit,
                                     Py_ssize_t size) noexcept nogil:
    """Update a unit's outside rows by a stream's pairs; shared rows come first."""
    cdef const Batch *b = &s.workspace.batch
    cdef const Rows *r = &b.outside
    cdef Spmm m
    cdef int32_t first = r.unit_start[unit], end = r.unit_start[unit + 1]
    cdef int32_t pairs_begin = first
    while pairs_begin < end and r.by_unit[pairs_begin] < b.n_shared:
        pairs_begin += 1
    m.indptr, m.indices = b.pairs.csc.indptr, b.pairs.csc.indices
    m.data = b.pairs.csc.data
    m.X, m.size, m.out, m.out_row = b.hidden.value, size, r.table, r.word
    m.init = r.gradient
    update_listed(s, c, &m, first, pairs_begin)
    m.init = NULL
    update_listed(s, c, &m, pairs_begin, end)


cdef inline void update_unit(Stream *streams, int n, const Curvatures *centre,
                             const Curvatures *outside, int unit,
                             Py_ssize_t size) noexcept nogil:
    """Update the rows of one unit by the batches of all streams."""
    cdef Batch *b
    cdef int i
    for i in range(n):
        if streams[i].pairs > 0:
            b = &streams[i].workspace.batch
            add_curvatures(centre, &b.centre, unit)
            add_curvatures(outside, &b.outside, unit)
    for i in range(n):
        if streams[i].pairs > 0:
            update_centre_rows(streams + i, centre, unit, size)
            update_outside_rows(streams + i, outside, unit, size)
    for i in range(n):
        if streams[i].pairs > 0:
            b = &streams[i].workspace.batch
            clear_curvatures(centre, &b.centre, unit)
            clear_curvatures(outside, &b.outside, unit)
