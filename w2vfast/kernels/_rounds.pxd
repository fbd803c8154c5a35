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
    Stream, begin_stream, build_stream, has_merged_rows, is_active, merge_rows,
    train_stream)
from w2vfast.kernels._tiles cimport MERGE_PARTS, VOCABULARY_PARTS
from w2vfast.kernels._vocabulary_parts cimport (
    Part, allocate_parts, begin_softmax, release_parts, score_softmax_pairs,
    sum_exponentials, update_hidden, update_vocabulary)
from w2vfast.kernels._workspace cimport allocate, release


cdef extern from "_work_queue.h" nogil:
    struct WorkQueue:
        pass
    void start_phase(WorkQueue *q, uint64_t items)
    bint is_finished(WorkQueue *q)
    uint64_t join_queue(WorkQueue *q)
    int64_t claim_item(WorkQueue *q, uint64_t thread, uint64_t threads)
    bint finish_item(WorkQueue *q)


cdef enum:                  # phases
    BEGIN                   # of a group: no item
    BUILD                   # a stream: its next batch
    TRAIN                   # a stream: its batch, except merged rows
    MERGE                   # a part of a stream's merged rows
    LOG_Z                   # a part of the vocabulary: sums of exponentials
    VOCABULARY              # a part of the vocabulary: gradients and updates


cdef struct Group:
    KernelArguments args
    WorkQueue queue
    int phase
    int64_t epoch
    int threads             # expected number; affects the speed only
    Stream *streams         # (args.streams,)
    Part *parts             # softmax: (VOCABULARY_PARTS,)


cdef inline void release_group(Group *g) noexcept nogil:
    cdef int i
    if g.streams != NULL:
        for i in range(g.args.streams):
            release(&g.streams[i].workspace)
    release_parts(g.parts)
    free(g.streams)


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
    return True


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
    cdef bint finite = True, merges = False, active = False
    if g.phase == BUILD:
        begin_phase(g, TRAIN, n)
        return
    for i in range(n):
        finite = finite and g.streams[i].totals.finite
        merges = merges or has_merged_rows(g.streams + i)
        active = active or is_active(g.streams + i)
    if g.phase == TRAIN and finite and merges:
        begin_phase(g, MERGE, n * MERGE_PARTS)
    else:
        begin_phase(g, BUILD, n if finite and active else 0)


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
        build_stream(s, &g.args, g.epoch)
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
    cdef int n = g.args.streams
    if g.phase == BUILD:
        build_stream(g.streams + i, &g.args, g.epoch)
    elif g.phase == TRAIN:
        train_stream(g.streams, n, i, &g.args)
    elif g.phase == MERGE:
        merge_rows(g.streams, i % n, i // n, False, g.args.row_size)
        merge_rows(g.streams, i % n, i // n, True, g.args.row_size)
    elif g.phase == LOG_Z:
        sum_exponentials(g.parts + i, &g.streams[0].workspace.batch, &g.args)
    else:
        update_vocabulary(g.parts + i, &g.args, g.streams[0].rate)


cdef inline void begin_group(Group *g, int64_t epoch, int64_t first_block,
                             int64_t last_block) noexcept nogil:
    """Begin the first phase of blocks first_block..last_block-1, one a stream."""
    cdef int i
    g.epoch = epoch
    for i in range(g.args.streams):
        begin_stream(g.streams + i,
                     first_block + i if first_block + i < last_block else -1)
    g.phase = BEGIN
    next_phase(g)


cdef inline void process(Group *g) noexcept nogil:
    """Process items until the group is trained."""
    cdef uint64_t thread = join_queue(&g.queue)
    cdef int64_t i = claim_item(&g.queue, thread, g.threads)
    while i >= 0:
        process_item(g, <int>i)
        if finish_item(&g.queue):
            next_phase(g)
        i = claim_item(&g.queue, thread, g.threads)
