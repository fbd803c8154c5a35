# cython: language_level=3
"""The dense part: every hidden row against the same few outside rows.

Negative sampling: the shared negatives. Hierarchical softmax: the top of the tree.
"""
from libc.stdint cimport int32_t

from w2vfast.kernels._batch cimport Chunk, Pairs, Rows, repeat
from w2vfast.kernels._job cimport Job
from w2vfast.kernels._sgd cimport look_forward


cdef extern from "_matmul.h" nogil:
    void product(bint add, float *C, Py_ssize_t c_row, const float *A,
                 Py_ssize_t a_row, Py_ssize_t a_col, const float *B, Py_ssize_t b_row,
                 Py_ssize_t rows, Py_ssize_t columns, Py_ssize_t depth)
    void transpose(float *to, const float *rows, Py_ssize_t count, Py_ssize_t columns)


cdef extern from "_logistic.h" nogil:
    float repel(float *s, const float *omega, const float *share, const float *norms,
                float norm, float *bounds, float *bound, Py_ssize_t n)
    float sort_out(const float *pull, float *s, const float *omega, const float *share,
                   const float *norms, float norm, float *bounds, float *bound,
                   Py_ssize_t n)


cdef inline void weigh(Chunk *c, int32_t i) noexcept nogil:
    """omega[k] = #{targets of hidden row i other than negative k}."""
    cdef Pairs *p = &c.pairs
    cdef int32_t e
    repeat(c.omega, c.times[i], c.noise)
    for e in range(p.start[i], p.start[i + 1]):
        if p.column[e] < c.noise:
            c.omega[p.column[e]] -= 1


cdef inline float respond(Chunk *c, int32_t i, float *s) noexcept nogil:
    """Scores of hidden row i become factors of its gradient; return the loss."""
    cdef Rows *h = &c.hidden
    cdef Py_ssize_t n = c.noise
    if c.tree:
        return sort_out(c.pull + i * n, s, c.omega + i * n, c.share, c.y.norm,
                        h.norm[i], c.y.bound, h.bound + i, n)
    weigh(c, i)
    return repel(s, c.omega, c.share, c.y.norm, h.norm[i], c.y.bound, h.bound + i, n)


cdef inline double dense(Chunk *c, const Job *job, int32_t begin,
                         int32_t end) noexcept nogil:
    """Take a band of hidden rows; return the loss.

    Their gradients are set; those of the dense rows by the first band, and added to by
    the others. Rows beyond the last one may be written; their places are free yet.
    """
    cdef Py_ssize_t n = c.noise, row = job.row
    cdef const float *H = c.hidden.value + begin * row
    cdef int32_t rows = end - begin, i
    cdef Py_ssize_t up = (rows + 3) // 4 * 4  # or the last tiles are narrow ones
    cdef double loss = 0
    if begin == 0:
        transpose(c.across, c.y.value, n, row)
    product(False, c.score, n, H, row, 1, c.across, n, up, n, row)
    for i in range(rows):
        look_forward(c, row)
        loss += respond(c, begin + i, c.score + i * n)
    if not job.learning:
        return loss
    product(False, c.hidden.gradient + begin * row, row, c.score, n, 1, c.y.value, row,
            up, row, c.drawn)
    product(begin > 0, c.y.gradient, row, c.score, 1, n, H, row, n, row, rows)
    return loss
