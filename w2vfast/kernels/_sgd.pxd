# cython: language_level=3
"""Rows are fetched, get their gradients, and step: what all objectives share."""
from libc.stdint cimport int32_t
from libc.string cimport memset

from w2vfast.kernels._batch cimport Chunk, Pairs, Rows, expect
from w2vfast.kernels._job cimport SOFTMAX, Job


cdef enum:
    FEW = 4         # columns for which a row of the next chunk is asked for


cdef extern from "_matmul.h" nogil:
    void squares(const float *Y, const int32_t *y, int n, Py_ssize_t size, float *out)


cdef extern from "_spmm.h" nogil:
    struct RowSums:
        const float *G
        const int32_t *first
        const float *weight
        const int32_t *row
        const float *X
        float *out
        const int32_t *at
        const float *step
        Py_ssize_t size
    void add_up_rows(const RowSums *s, Py_ssize_t begin, Py_ssize_t end)


cdef extern from "_rows.h" nogil:
    float fetch(float *to, const float *row, Py_ssize_t size)
    void advance(float *row, const float *gradient, float step, Py_ssize_t size)


cdef inline void look_forward(Chunk *c, Py_ssize_t row) noexcept nogil:
    """Ask for a row that the next chunk needs, of one table or the other in turn.

    Not for many at a time: they would have to wait for each other.
    """
    cdef int32_t word
    if c.asked < c.forward:
        word = c.stream.word[c.asked // 2]
        expect((c.y.table if c.asked % 2 else c.x.table) + word * row, row)
        c.asked += 2 if c.tree else 1  # a word's outside rows are not its nodes'


cdef inline double measure_rows(Rows *r, int32_t begin, int32_t end,
                                Py_ssize_t row) noexcept nogil:
    """Measure rows in the table, their bounds zero; return the sum of their squares."""
    cdef double total = 0
    cdef int32_t i
    memset(r.bound + begin, 0, (end - begin) * sizeof(float))
    squares(r.table, r.word + begin, end - begin, row, r.norm + begin)
    for i in range(begin, end):
        total += r.norm[i]
    return total


cdef inline double fetch_rows(Rows *r, int32_t begin, int32_t end,
                              Py_ssize_t row) noexcept nogil:
    """Copy rows side by side, their bounds zero; return the sum of their squares."""
    cdef double total = 0
    cdef int32_t i
    memset(r.bound + begin, 0, (end - begin) * sizeof(float))
    for i in range(begin, end):
        if r.word[i] < 0:
            r.norm[i] = 0
            memset(r.value + i * row, 0, row * sizeof(float))
        else:
            r.norm[i] = fetch(r.value + i * row, r.table + r.word[i] * row, row)
        total += r.norm[i]
    return total


cdef inline float step_of(float bound, double rate) noexcept nogil:
    """Length of a row's step: the rate, or less where the curvature forbids it."""
    return <float>rate if rate * bound <= 2 else 2 / bound


cdef inline void choose_steps(Rows *r, int32_t begin, int32_t end,
                              double rate) noexcept nogil:
    """Settle the lengths of rows' steps, whose bounds are complete."""
    cdef int32_t i
    for i in range(begin, end):
        r.step[i] = step_of(r.bound[i], rate)


cdef inline void step_rows(Rows *r, Py_ssize_t row, double rate) noexcept nogil:
    """Add the gradients to the table."""
    cdef int32_t i
    for i in range(r.count):
        advance(r.table + r.word[i] * row, r.gradient + i * row,
                step_of(r.bound[i], rate), row)


cdef inline void settle(RowSums *s, Rows *r, int32_t begin, int32_t end, bint at_once,
                        double rate) noexcept nogil:
    """Gradients of rows begin..end-1: what they have as G, and the sums.

    The rows step at once, their gradients not being written down, or keep these, at
    s.at. (Lines whose rows step at once are not sorted: a line's row is its own.)
    """
    s.out, s.step = r.gradient, NULL
    if at_once:
        choose_steps(r, begin, end, rate)
        s.out, s.at, s.step = r.table, r.word, r.step
    add_up_rows(s, begin, end)


cdef inline void settle_columns(Chunk *c, const Job *job, double rate) noexcept nogil:
    """Settle each outside row: add what its pairs amount to.

    Those of the dense part have a part of their gradient already. In softmax all keep
    what they have for the second pass.
    """
    cdef Pairs *p = &c.pairs
    cdef RowSums s
    cdef int32_t begin, end = c.noise
    cdef bint at_once = job.loss != SOFTMAX
    s.first, s.row, s.weight = p.columns.first, p.columns.row, p.columns.value
    s.X, s.size = c.hidden.value, job.row
    s.G, s.at = c.y.gradient, NULL
    settle(&s, &c.y, 0, c.drawn, at_once, rate)
    s.G = NULL
    while end < c.y.count:
        look_forward(c, job.row)
        begin = end
        end = c.y.count if c.asked >= c.forward else min(begin + FEW, c.y.count)
        settle(&s, &c.y, begin, end, at_once, rate)
