# cython: language_level=3
"""The sparse part of every objective: hidden rows and the rows that they aim at."""
from libc.stdint cimport int32_t

from w2vfast.kernels._chunk cimport Chunk, Pairs, Rows
from w2vfast.kernels._job cimport HIERARCHICAL_SOFTMAX, SOFTMAX, Job
from w2vfast.kernels._steps cimport combine, combine_columns, expect


cdef extern from "_products.h" nogil:
    void dots(const float *h, const float *Y, const int32_t *rows, int n,
              Py_ssize_t size, float *out)


cdef extern from "_logistic.h" nogil:
    double attract(float *s, const float *label, float *slope, int n)


cdef extern from "_softmax.h" nogil:
    double attract_softmax(float *s, const float *log_z, float *slope, int n)


cdef inline void look_forward(const Rows *r, const Chunk *c, int32_t i,
                              Py_ssize_t row) noexcept nogil:
    """Ask for a row of the next chunk."""
    if c.end + i < c.ahead.size:
        expect(r.table + c.ahead.word[c.end + i] * row, row)


cdef inline double score(Chunk *c, const Job *job) noexcept nogil:
    """Scores of all pairs, turned into their terms' slopes; return their loss."""
    cdef Pairs *p = &c.pairs
    cdef int32_t i, e, n
    for i in range(p.lines):
        e, n = p.start[i], p.start[i + 1] - p.start[i]
        look_forward(&c.x, c, i, job.row)
        dots(c.hidden.value + p.hidden[i] * job.row, c.y.value, p.column + e, n,
             job.row, p.value + e)
    n = p.start[p.lines]
    if job.loss != SOFTMAX:
        return attract(p.value, p.label, p.slope, n)
    for e in range(n):
        p.label[e] = c.z.log_z[p.owner[e]]
    return attract_softmax(p.value, p.label, p.slope, n)


cdef inline void attract_hidden(Chunk *c, const Job *job) noexcept nogil:
    """What the pairs add to the hidden rows' gradients and bounds."""
    cdef Pairs *p = &c.pairs
    cdef Rows *h = &c.hidden
    cdef int32_t i, e, n
    cdef float bound
    for i in range(p.lines):
        e, n = p.start[i], p.start[i + 1] - p.start[i]
        if job.loss != HIERARCHICAL_SOFTMAX:
            look_forward(&c.y, c, i, job.row)
        combine(True, h.gradient + p.hidden[i] * job.row, c.y.value, p.column + e,
                p.value + e, n, job.row)
        bound = 0
        for e in range(p.start[i], p.start[i + 1]):
            bound += p.slope[e] * c.y.norm[p.column[e]]
        h.bound[p.hidden[i]] += bound


cdef inline double attraction(Chunk *c, const Job *job, int32_t begun,
                              double rate) noexcept nogil:
    """The pairs' part of the step; the first `begun` outside rows don't step yet."""
    cdef double loss = score(c, job)
    attract_hidden(c, job)
    combine_columns(&c.y, c.hidden.value, c.hidden.norm, &c.pairs, c.pairs.value,
                    begun, c, job.row, rate)
    return loss
