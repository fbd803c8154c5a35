# cython: language_level=3
"""Deterministic training of a group of blocks, on any number of threads.

Every thread calls `process`, which returns when the group is trained. Work is done in
phases (_work_queue.h): in turn the items of a phase, on all threads, and what comes
between two phases, on one.
"""
from libc.stdint cimport int64_t, uint64_t
from libc.stdlib cimport calloc, free

from w2vfast.kernels._arguments cimport SOFTMAX, KernelArguments
from w2vfast.kernels._batch cimport Batch
from w2vfast.kernels._blocks cimport Totals, clear_totals
from w2vfast.kernels._streams cimport (
    Curvatures, Stream, begin_stream, is_active, next_stream_batch, offer_prefetch,
    score_stream, unit_stride, update_unit)
from w2vfast.kernels._tiles cimport UNITS, VOCABULARY_PARTS
from w2vfast.kernels._vocabulary_parts cimport (
    Part, allocate_parts, begin_softmax, release_parts, score_softmax_pairs,
    sum_exponentials, update_hidden, update_vocabulary)
from w2vfast.kernels._workspace cimport allocate, release


cdef extern from "_work_queue.h" nogil:
    struct WorkQueue:
        pass
    void start_phase(WorkQueue *q, uint64_t items)
    bint is_finished(WorkQueue *q)
    int64_t claim_item(WorkQueue *q)
    bint finish_item(WorkQueue *q)


cdef enum:                  # phases
    BEGIN                   # of a group: no item
    SCORE                   # a stream: the gradients of its next batch
    UPDATE                  # a unit of rows
    LOG_Z                   # a part of the vocabulary: sums of exponentials
    VOCABULARY              # a part of the vocabulary: gradients and updates


cdef struct Group:
    KernelArguments args
    WorkQueue queue
    int phase
    int64_t epoch
    int threads             # expected number; affects prefetches only
    Stream *streams         # (args.streams,)
    Curvatures centre
    Curvatures outside
    Part *parts             # softmax: (VOCABULARY_PARTS,)


cdef inline void release_group(Group *g) noexcept nogil:
    cdef int i
    if g.streams != NULL:
        for i in range(g.args.streams):
            release(&g.streams[i].workspace)
    release_parts(g.parts)
    free(g.streams)
    free(g.centre.total)
    free(g.outside.total)


cdef inline bint allocate_sums(Curvatures *c, int64_t rows) noexcept nogil:
    c.stride = unit_stride(rows)
    c.total = <float *>calloc(UNITS * c.stride, sizeof(float))
    return c.total != NULL


cdef inline bint allocate_group(Group *g) noexcept nogil:
    """Allocate the memory of all streams; False if that is impossible."""
    cdef const KernelArguments *args = &g.args
    cdef int i
    g.streams = <Stream *>calloc(args.streams, sizeof(Stream))
    if g.streams == NULL:
        return False
    for i in range(args.streams):
        begin_stream(g.streams + i, -1)
        if not allocate(&g.streams[i].workspace, args):
            return False
    if args.loss == SOFTMAX:
        g.parts = allocate_parts(args, &g.streams[0].workspace.batch)
        return g.parts != NULL
    return (allocate_sums(&g.centre, args.n_words)
            and allocate_sums(&g.outside, args.n_outside))


cdef inline Totals group_totals(const Group *g) noexcept nogil:
    """Return the totals of all streams, added in their order."""
    cdef Totals totals
    cdef int i
    clear_totals(&totals)
    for i in range(g.args.streams):
        totals.loss += g.streams[i].totals.loss
        totals.pairs += g.streams[i].totals.pairs
        totals.centres += g.streams[i].totals.centres
        totals.finite = totals.finite and g.streams[i].totals.finite
    return totals


cdef inline void begin_phase(Group *g, int phase, int items) noexcept nogil:
    g.phase = phase
    start_phase(&g.queue, items)


cdef inline void next_round_phase(Group *g) noexcept nogil:
    """Begin the phase that follows the present one; no item if the group is trained."""
    cdef int n = g.args.streams, i
    cdef bint finite = True, updates = False, active = False
    for i in range(n):
        finite = finite and g.streams[i].totals.finite
        updates = updates or g.streams[i].pairs > 0
        active = active or is_active(g.streams + i)
        offer_prefetch(g.streams + i, &g.args)
    if finite and updates and g.phase == SCORE:
        begin_phase(g, UPDATE, UNITS)
    else:
        begin_phase(g, SCORE, n if finite and active else 0)


cdef inline void next_softmax_phase(Group *g) noexcept nogil:
    """The same for softmax: the parts of one batch, then the next batch."""
    cdef Stream *s = g.streams
    cdef Batch *b = &s.workspace.batch
    if g.phase == LOG_Z:
        s.totals.finite = score_softmax_pairs(b, &g.args, g.parts, &s.totals.loss)
        begin_phase(g, VOCABULARY, VOCABULARY_PARTS if s.totals.finite else 0)
        return
    if g.phase == VOCABULARY:
        update_hidden(b, &g.args, g.parts, s.rate)
    s.pairs = 0
    while s.pairs == 0 and is_active(s):
        next_stream_batch(s, &g.args, g.epoch, True, NULL)
    if s.pairs > 0:
        s.totals.finite = begin_softmax(b, &g.args)
    begin_phase(g, LOG_Z,
                VOCABULARY_PARTS if s.pairs > 0 and s.totals.finite else 0)


cdef inline void next_phase(Group *g) noexcept nogil:
    if g.args.loss == SOFTMAX:
        next_softmax_phase(g)
    else:
        next_round_phase(g)


cdef inline void process_item(Group *g, int i) noexcept nogil:
    """Process item i of the present phase."""
    if g.phase == SCORE:
        score_stream(
            g.streams + i, &g.args, g.epoch, i < g.threads,
            g.streams + i + g.threads if i + g.threads < g.args.streams else NULL)
    elif g.phase == UPDATE:
        update_unit(g.streams, g.args.streams, &g.centre, &g.outside, i,
                    g.args.row_size)
    elif g.phase == LOG_Z:
        sum_exponentials(g.parts + i, &g.streams[0].workspace.batch, &g.args)
    else:
        update_vocabulary(g.parts + i, &g.args, g.streams[0].rate)


cdef inline void begin_group(Group *g, int64_t epoch, int64_t first_block,
                             int64_t last_block) noexcept nogil:
    """Begin the first phase of blocks first_block..last_block-1, one for each stream."""
    cdef int i
    g.epoch = epoch
    for i in range(g.args.streams):
        begin_stream(g.streams + i,
                     first_block + i if first_block + i < last_block else -1)
    g.phase = BEGIN
    next_phase(g)


cdef inline void process(Group *g) noexcept nogil:
    """Process items until the group is trained."""
    cdef int64_t i = claim_item(&g.queue)
    while i >= 0:
        process_item(g, <int>i)
        if finish_item(&g.queue):
            next_phase(g)
        i = claim_item(&g.queue)
