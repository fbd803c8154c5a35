# cython: language_level=3
"""The dense part: every hidden row against the same few outside rows.

Negative sampling: the shared negatives. Hierarchical softmax: the top of the tree.
"""
from libc.stdint cimport int32_t

from w2vfast.kernels._chunk cimport Chunk, Pairs, Rows


cdef extern from "_products.h" nogil:
    void product(bint add, float *C, Py_ssize_t c_row, const float *A,
                 Py_ssize_t a_row, Py_ssize_t a_col, const float *B, Py_ssize_t b_row,
                 Py_ssize_t rows, Py_ssize_t columns, Py_ssize_t depth)
    void transpose(float *to, const float *rows, Py_ssize_t count, Py_ssize_t columns)


cdef extern from "_logistic.h" nogil:
    void fill(float *to, float x, Py_ssize_t n)
    float repel(float *s, const float *omega, const float *share, const float *norms,
                float norm, float *bounds, float *bound, Py_ssize_t n)
    float sort_out(const float *pull, float *s, const float *omega, const float *share,
                   const float *norms, float norm, float *bounds, float *bound,
                   Py_ssize_t n)


cdef inline void weigh(Chunk *c, int32_t i) noexcept nogil:
    """omega[k] = #{targets of hidden row i other than negative k}."""
    cdef Pairs *p = &c.pairs
    cdef int32_t e
    fill(c.omega, c.times[i], c.noise)
    for e in range(p.start[i], p.start[i + 1]):
        if p.column[e] < c.noise:
            c.omega[p.column[e]] -= 1


cdef inline double dense(Chunk *c, int32_t begin, int32_t end,
                         Py_ssize_t row) noexcept nogil:
    """Set gradients of hidden rows, add to those of dense rows; return the loss."""
    cdef Rows *h = &c.hidden
    cdef const float *H = h.value + begin * row
    cdef Py_ssize_t n = c.noise, rows = end - begin
    cdef double loss = 0
    cdef float *s = c.score
    cdef int32_t i
    if begin == 0:
        transpose(c.across, c.y.value, n, row)
    product(False, s, n, H, row, 1, c.across, n, rows, n, row)
    for i in range(begin, end):
        if c.tree:
            loss += sort_out(c.pull + i * n, s, c.omega + i * n, c.share, c.y.norm,
                             h.norm[i], c.y.bound, h.bound + i, n)
        else:
            weigh(c, i)
            loss += repel(s, c.omega, c.share, c.y.norm, h.norm[i], c.y.bound,
                          h.bound + i, n)
        s += n
    s = c.score
    product(False, h.gradient + begin * row, row, s, n, 1, c.y.value, row, rows, row,
            c.drawn)
    product(begin > 0, c.y.gradient, row, s, 1, n, H, row, c.drawn, row, rows)
    return loss
