# cython: language_level=3
"""Hierarchical softmax: the nodes on the paths to a chunk's words."""
from libc.stdint cimport int32_t, int64_t
from libc.string cimport memset

from w2vfast.kernels._batch cimport (
    Chunk, Pairs, Sorted, count_value, end_dense_rows, expect, forget_values, make_room,
    put, row_of, surprise)
from w2vfast.kernels._job cimport LANES, Job
from w2vfast.kernels._workspace cimport end_of_band
from w2vfast.kernels._token_block cimport PREFETCH


cdef enum:
    NEAR = 4        # words until a path's numbers that are asked for are read
    DEEP = 8        # and how many are asked for
    LENGTHS = 64    # of paths that are told apart; longer ones come last, as they are


cdef extern from "_logistic.h" nogil:
    void count_labels(float *pairs, float *ones, const float *labels, Py_ssize_t n)


cdef inline void name_top(Chunk *c, const Job *job) noexcept nogil:
    """The first nodes of the tree, which most words' paths lead through."""
    cdef int32_t k
    for k in range(<int32_t>min(<int64_t>job.top, job.words)):
        c.share[row_of(&c.y, k)] = 1
    end_dense_rows(c)
    memset(c.top, 0, (c.high_end - c.low_end) * c.noise * sizeof(float))
    memset(c.omega, 0, (c.end - c.begin) * c.noise * sizeof(float))
    memset(c.pull, 0, (c.end - c.begin) * c.noise * sizeof(float))


cdef inline void ask_for_path(const Job *job, int32_t word) noexcept nogil:
    """Ask for a word's path: two cache lines of nodes, and of labels."""
    cdef int64_t first = job.path_offsets[word]
    expect(<const float *>job.path_nodes + first, LANES + 1)
    expect(job.path_labels + first, LANES + 1)


cdef inline void ask_for_numbers(const Chunk *c, const Job *job,
                                 int32_t word) noexcept nogil:
    """Ask for the numbers of a path's last nodes, which are rare ones."""
    cdef int64_t end = job.path_offsets[word + 1]
    cdef int k
    if end >= DEEP:
        for k in range(DEEP):
            PREFETCH(c.y.place + job.path_nodes[end - 1 - k])


cdef inline int32_t name_path(Chunk *c, const Job *job, int32_t word, int32_t n,
                              float *top) noexcept nogil:
    """Write down a path's nodes from n on, those of the dense part in `top`."""
    cdef int64_t i
    cdef int32_t node
    for i in range(job.path_offsets[word], job.path_offsets[word + 1]):
        node = job.path_nodes[i]
        if node < c.drawn:
            top[node] = job.path_labels[i]
            continue
        c.y_at[n] = surprise(&c.y, node, job.row)
        c.y_word[n] = node
        c.y_label[n] = job.path_labels[i]
        n += 1
    return n


cdef inline void count_top(Chunk *c, Py_ssize_t row, Py_ssize_t at) noexcept nogil:
    """Hidden row `row` aims at what row `at` of c.top labels: count it."""
    cdef const float *labels = c.top + at * c.noise
    count_labels(c.omega + row * c.noise, c.pull + row * c.noise, labels, c.noise)


cdef inline int32_t length_of(const Job *job, int32_t word) noexcept nogil:
    """Nodes of a word's path, or the most that are told apart."""
    cdef int64_t length = job.path_offsets[word + 1] - job.path_offsets[word]
    return <int32_t>min(length, <int64_t>(LENGTHS - 1))


cdef inline void order_by_length(Chunk *c, const Job *job, int32_t begin,
                                 int32_t end) noexcept nogil:
    """Sort lines begin..end-1 by the lengths of their paths.

    Neighbours then mostly have equally many entries, so that the processor foretells
    where loops over them end; an end that it does not foretell costs as much as a node.
    """
    cdef const int32_t *word = c.stream.word + c.begin
    cdef int32_t first[LENGTHS + 2]
    cdef Sorted lines
    cdef int32_t i
    lines.first, lines.row = first, c.pairs.row + begin
    lines.value = c.pairs.value  # there are none yet
    forget_values(&lines, LENGTHS)
    for i in range(begin, end):
        count_value(&lines, length_of(job, word[c.first[i]]))
    make_room(&lines, LENGTHS)
    for i in range(begin, end):
        put(&lines, length_of(job, word[c.first[i]]), i, 0)


cdef inline void name_lines(Chunk *c, const Job *job) noexcept nogil:
    """Put CBOW's lines in order, and name the nodes of their centres' paths."""
    cdef const int32_t *word = c.stream.word + c.begin
    cdef Pairs *p = &c.pairs
    cdef int32_t i, end = 0
    while end < p.lines:
        i, end = end, end_of_band(c, end)
        order_by_length(c, job, i, end)
    for i in range(p.lines):
        if i + NEAR < p.lines:
            ask_for_numbers(c, job, word[c.first[p.row[i + NEAR]]])
        p.start[i + 1] = name_path(c, job, word[c.first[p.row[i]]], p.start[i],
                                   c.top + i * c.noise)
        count_top(c, p.row[i], i)
