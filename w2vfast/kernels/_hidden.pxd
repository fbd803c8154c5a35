# cython: language_level=3
"""CBOW's hidden rows: made of the words around a centre, and handed back to them."""
from libc.stdint cimport int32_t
from libc.string cimport memset

from w2vfast.kernels._chunk cimport Chunk, Pairs
from w2vfast.kernels._job cimport Job
from w2vfast.kernels._steps cimport combine, settle_columns


cdef extern from "_rows.h" nogil:
    float square(const float *x, Py_ssize_t size)


cdef inline void average(Chunk *c, int32_t begin, int32_t end,
                         Py_ssize_t row) noexcept nogil:
    """h_i = sum over its window of value x."""
    cdef Pairs *p = &c.context
    cdef int32_t i
    memset(c.hidden.bound + begin, 0, (end - begin) * sizeof(float))
    for i in range(begin, end):
        combine(c.hidden.value + i * row, NULL, c.x.value, p.column + p.start[i],
                p.value + p.start[i], p.start[i + 1] - p.start[i], row)
        c.hidden.norm[i] = square(c.hidden.value + i * row, row)


cdef inline void hand_back(Chunk *c, const Job *job, double rate) noexcept nogil:
    """The window's words take their share of the hidden row's gradient."""
    cdef Pairs *p = &c.context
    cdef int32_t e, i
    if not job.cbow_mean:  # the hidden row moves by the sum of its words' steps
        for i in range(p.lines):
            c.hidden.bound[i] *= p.start[i + 1] - p.start[i]
    for e in range(p.start[p.lines]):
        p.slope[e] = p.value[e] if job.cbow_exact else <float>1
    settle_columns(c, &c.x, c.hidden.gradient, c.hidden.bound, p, p.slope, 0, True,
                   job.row, rate)
