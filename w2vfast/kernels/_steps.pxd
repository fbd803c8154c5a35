# cython: language_level=3
"""Rows are fetched, get their gradients, and step: what all objectives share."""
from libc.stdint cimport int32_t
from libc.string cimport memset

from w2vfast.kernels._chunk cimport Chunk, Pairs, Rows, expect
from w2vfast.kernels._job cimport SOFTMAX, Job


cdef extern from "_products.h" nogil:
    void combine(float *out, const float *G, const float *X, const int32_t *rows,
                 const float *weight, int n, Py_ssize_t size)
    void combine_step(float *out, const float *G, float step, const float *X,
                      const int32_t *rows, const float *weight, int n, Py_ssize_t size)


cdef extern from "_rows.h" nogil:
    float square(const float *row, Py_ssize_t size)
    float fetch(float *to, const float *row, Py_ssize_t size)
    void advance(float *row, const float *gradient, float step, Py_ssize_t size)


cdef inline void look_forward(Chunk *c, Py_ssize_t row) noexcept nogil:
    """Ask for a row that the next chunk needs, of one table or the other in turn.

    Not for many at a time: they would have to wait for each other.
    """
    cdef int32_t word
    if c.asked < c.forward:
        word = c.ahead.word[c.asked // 2]
        expect((c.y.table if c.asked % 2 else c.x.table) + word * row, row)
        c.asked += 2 if c.tree else 1  # a word's outside rows are not its nodes'


cdef inline double measure_rows(Rows *r, int32_t begin, int32_t end,
                                Py_ssize_t row) noexcept nogil:
    """Set rows' norms, and their bounds to zero; return the sum of the norms."""
    cdef double total = 0
    cdef int32_t i
    memset(r.bound + begin, 0, (end - begin) * sizeof(float))
    for i in range(begin, end):
        r.norm[i] = square(r.table + r.word[i] * row, row)
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


cdef inline void step_rows(Rows *r, Py_ssize_t row, double rate) noexcept nogil:
    """Add the gradients to the table."""
    cdef int32_t i
    for i in range(r.count):
        advance(r.table + r.word[i] * row, r.gradient + i * row,
                step_of(r.bound[i], rate), row)


cdef inline void settle(Rows *r, int32_t i, bint begun, bint at_once, const float *X,
                        const int32_t *rows, const float *weight, int n, Py_ssize_t row,
                        double rate) noexcept nogil:
    """Gradient of row i: what it has if it is begun, and the sum of weight X[rows].

    The row steps at once, its gradient not being written down, or keeps it.
    """
    cdef const float *G = r.gradient + i * row if begun else NULL
    if at_once:
        combine_step(r.table + r.word[i] * row, G, step_of(r.bound[i], rate), X, rows,
                     weight, n, row)
    else:
        combine(r.gradient + i * row, G, X, rows, weight, n, row)


cdef inline void settle_columns(Chunk *c, const Job *job, double rate) noexcept nogil:
    """Settle each outside row: add what its pairs amount to.

    Those of the dense part have a part of their gradient already. In softmax all keep
    what they have for the second pass.
    """
    cdef Pairs *p = &c.pairs
    cdef Rows *y = &c.y
    cdef bint at_once = job.loss != SOFTMAX
    cdef int32_t i, first, n
    for i in range(y.count):
        look_forward(c, job.row)
        if y.word[i] < 0:
            continue
        first, n = p.first[i], p.first[i + 1] - p.first[i]
        if n > 0 or i < c.noise or not at_once:
            settle(y, i, i < c.noise, at_once, c.hidden.value,
                   p.lines_by_column + first, p.values_by_column + first, n, job.row,
                   rate)
