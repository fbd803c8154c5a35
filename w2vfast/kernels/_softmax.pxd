# cython: language_level=3
"""The softmax over the whole vocabulary, once for each hidden row.

In two passes over the outside table, a tile of its words at a time: the first finds
log Z by a running maximum, the second gradients and steps. Letters: H hidden rows,
U outside rows, n_i pairs of hidden row i, y_i = softmax(U h_i).
-dJ/dh_i = sum_o u_o - n_i U' y_i;  -dJ/du_w = sum_i (n_iw - n_i y_iw) h_i.
The sums over o and n_iw are the pairs' part; here are the others.
"""
from libc.math cimport INFINITY, isfinite, log
from libc.stdint cimport int32_t, int64_t
from libc.string cimport memcpy, memset

from w2vfast.kernels._batch cimport Chunk, Partition, Rows
from w2vfast.kernels._job cimport LANES, Job, padded
from w2vfast.kernels._workspace cimport TILE_WORDS
from w2vfast.kernels._sgd cimport advance, step_of, step_rows


cdef extern from "_matmul.h" nogil:
    void large_product(bint add, float *C, Py_ssize_t c_row, const float *A,
                       Py_ssize_t a_row, Py_ssize_t a_col, const float *B,
                       Py_ssize_t b_row, Py_ssize_t rows, Py_ssize_t columns,
                       Py_ssize_t depth, float *panel)
    void transpose(float *to, const float *rows, Py_ssize_t count, Py_ssize_t columns)


cdef extern from "_rows.h" nogil:
    float square(const float *x, Py_ssize_t size)


cdef extern from "_softmax.h" nogil:
    void exponentiate(float *s, Py_ssize_t s_row, Py_ssize_t words, Py_ssize_t lanes,
                      float *top, double *sum)
    void raise_again(float *s, Py_ssize_t s_row, Py_ssize_t words, Py_ssize_t lanes,
                     const float *top)
    void rescale(float *scale, const float *top, const float *log_z, Py_ssize_t lanes)
    float share_out(float *e, const float *scale, const float *times,
                    const float *norms, float norm, float *bounds, Py_ssize_t lanes)


cdef inline float *scores_of(Chunk *c, int64_t first) noexcept nogil:
    """Where the scores of the tile that begins with word `first` stand."""
    return c.score + (first * c.z.score_row if c.z.kept else 0)


cdef inline void score_tile(Chunk *c, const Job *job, int64_t first,
                            Py_ssize_t words) noexcept nogil:
    large_product(False, scores_of(c, first), c.z.score_row,
                  job.outside + first * job.row, job.row, 1, c.across, c.z.lanes,
                  words, c.z.lanes, job.row, c.z.panel)


cdef inline void spread_lanes(Chunk *c, Py_ssize_t row) noexcept nogil:
    """Transpose the hidden rows; padding rows are zeros that count for nothing."""
    cdef Partition *z = &c.z
    cdef Rows *h = &c.hidden
    cdef int32_t i
    z.lanes = padded(h.count)
    # An odd number of cache lines, so that columns don't fall on the same places.
    z.score_row = z.lanes + LANES * (z.lanes // LANES % 2 == 0)
    memset(h.value + h.count * row, 0, (z.lanes - h.count) * row * sizeof(float))
    for i in range(h.count, <int32_t>z.lanes):
        h.norm[i] = h.bound[i] = 0
    transpose(c.across, h.value, z.lanes, row)


cdef inline bint partition(Chunk *c, const Job *job) noexcept nogil:
    """First pass: log Z of every hidden row; False if it isn't finite."""
    cdef Partition *z = &c.z
    cdef int64_t first = 0, w
    cdef Py_ssize_t words, i
    cdef double size = 0
    spread_lanes(c, job.row)
    for i in range(z.lanes):
        z.top[i], z.sum[i] = -INFINITY, 0
    while first < job.words:
        words = min(<int64_t>TILE_WORDS, job.words - first)
        score_tile(c, job, first, words)
        exponentiate(scores_of(c, first), z.score_row, words, z.lanes, z.top, z.sum)
        memcpy(z.tops + first // TILE_WORDS * z.lanes, z.top, z.lanes * sizeof(float))
        for w in range(first, first + words):
            z.norm[w] = square(job.outside + w * job.row, job.row)
            size += z.norm[w]
        first += words
    for i in range(z.lanes):
        z.log_z[i] = <float>(z.top[i] + log(z.sum[i]))
        size += z.log_z[i]
    return isfinite(size)


cdef inline void step_tile(Chunk *c, const Job *job, int64_t first, Py_ssize_t words,
                           double rate) noexcept nogil:
    """Add the pairs' part of the gradients, then step."""
    cdef Partition *z = &c.z
    cdef Py_ssize_t w
    cdef int32_t k
    for k in range(c.y.count):
        w = c.y.word[k] - first
        if 0 <= w < words:
            advance(z.gradient + w * job.row, c.y.gradient + k * job.row, 1, job.row)
            z.bound[w] += c.y.bound[k]
    for w in range(words):
        advance(job.outside + (first + w) * job.row, z.gradient + w * job.row,
                step_of(z.bound[w], rate), job.row)


cdef inline void spread(Chunk *c, const Job *job, double rate) noexcept nogil:
    """Second pass: the rest of the gradients; all rows but CBOW's centres step."""
    cdef Partition *z = &c.z
    cdef Rows *h = &c.hidden
    cdef int64_t first = 0
    cdef Py_ssize_t words, w, row = job.row
    cdef float *top
    cdef float *s
    while first < job.words:
        words = min(<int64_t>TILE_WORDS, job.words - first)
        s, top = scores_of(c, first), z.tops + first // TILE_WORDS * z.lanes
        if not z.kept:
            score_tile(c, job, first, words)
            raise_again(s, z.score_row, words, z.lanes, top)
        rescale(z.scale, top, z.log_z, z.lanes)
        for w in range(words):
            z.bound[w] = share_out(s + w * z.score_row, z.scale, c.times, h.norm,
                                   z.norm[first + w], h.bound, z.lanes)
        large_product(True, h.gradient, row, s, 1, z.score_row,
                      job.outside + first * row, row, h.count, row, words, z.panel)
        large_product(False, z.gradient, row, s, z.score_row, 1, h.value, row, words,
                      row, h.count, z.panel)
        step_tile(c, job, first, words, rate)
        first += words
    if not job.cbow:
        step_rows(&c.x, job.row, rate)
