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

from w2vfast.kernels._arguments cimport PANEL_WIDTH, KernelArguments, padded_size
from w2vfast.kernels._batch cimport Batch, Rows, Softmax
from w2vfast.kernels._sgd cimport axpy, step_size, update_rows
from w2vfast.kernels._tiles cimport VOCAB_TILE


cdef extern from "_matmul.h" nogil:
    void gemm(bint add, float *C, Py_ssize_t c_row, const float *A,
                       Py_ssize_t a_row, Py_ssize_t a_col, const float *B,
                       Py_ssize_t b_row, Py_ssize_t rows, Py_ssize_t columns,
                       Py_ssize_t depth, float *panel)
    void transpose(float *to, const float *rows, Py_ssize_t count, Py_ssize_t columns)


cdef extern from "_rows.h" nogil:
    float row_squared_norm(const float *x, Py_ssize_t size)


cdef extern from "_softmax.h" nogil:
    void exp_scores(float *s, Py_ssize_t s_row, Py_ssize_t words, Py_ssize_t lanes,
                      float *top, double *sum)
    void exp_scores_again(float *s, Py_ssize_t s_row, Py_ssize_t words, Py_ssize_t lanes,
                     const float *top)
    void softmax_scale(float *scale, const float *top, const float *log_z, Py_ssize_t lanes)
    float normalise(float *e, const float *scale, const float *times,
                    const float *norms, float norm, float *bounds, Py_ssize_t lanes)


cdef inline float *tile_scores(Batch *b, int64_t first) noexcept nogil:
    """Where the scores of the tile that begins with word `first` stand."""
    return b.score + (first * b.softmax.score_stride if b.softmax.keep_scores else 0)


cdef inline void score_tile(Batch *b, const KernelArguments *args, int64_t first,
                            Py_ssize_t words) noexcept nogil:
    gemm(False, tile_scores(b, first), b.softmax.score_stride,
                  args.outside + first * args.row_size, args.row_size, 1, b.transposed, b.softmax.columns,
                  words, b.softmax.columns, args.row_size, b.softmax.packed)


cdef inline void transpose_hidden(Batch *b, Py_ssize_t row) noexcept nogil:
    """Transpose the hidden rows; padding rows are zeros that count for nothing."""
    cdef Softmax *z = &b.softmax
    cdef Rows *h = &b.hidden
    cdef int32_t i
    z.columns = padded_size(h.count)
    # An odd number of cache lines, so that columns don't fall on the same places.
    z.score_stride = z.columns + PANEL_WIDTH * (z.columns // PANEL_WIDTH % 2 == 0)
    memset(h.value + h.count * row, 0, (z.columns - h.count) * row * sizeof(float))
    for i in range(h.count, <int32_t>z.columns):
        h.squared_norm[i] = h.curvature[i] = 0
    transpose(b.transposed, h.value, z.columns, row)


cdef inline double log_z_tile(Batch *b, const KernelArguments *args, int64_t first,
                              Py_ssize_t words) noexcept nogil:
    cdef Softmax *z = &b.softmax
    cdef Py_ssize_t tile = first // VOCAB_TILE
    cdef double total = 0
    cdef int64_t w
    score_tile(b, args, first, words)
    exp_scores(tile_scores(b, first), z.score_stride, words, z.columns, z.max_score,
               z.exp_sum)
    memcpy(z.tile_max + tile * z.columns, z.max_score, z.columns * sizeof(float))
    for w in range(first, first + words):
        z.squared_norm[w] = row_squared_norm(args.outside + w * args.row_size, args.row_size)
        total += z.squared_norm[w]
    return total


cdef inline bint compute_log_z(Batch *b, const KernelArguments *args) noexcept nogil:
    """First pass: log Z of every hidden row; False if it isn't finite."""
    cdef Softmax *z = &b.softmax
    cdef int64_t first = 0
    cdef Py_ssize_t words, i
    cdef double total = 0
    transpose_hidden(b, args.row_size)
    for i in range(z.columns):
        z.max_score[i], z.exp_sum[i] = -INFINITY, 0
    while first < args.n_words:
        words = min(<int64_t>VOCAB_TILE, args.n_words - first)
        total += log_z_tile(b, args, first, words)
        first += words
    for i in range(z.columns):
        z.log_z[i] = <float>(z.max_score[i] + log(z.exp_sum[i]))
        total += z.log_z[i]
    return isfinite(total)


cdef inline void update_tile(Batch *b, const KernelArguments *args, int64_t first, Py_ssize_t words,
                           double rate) noexcept nogil:
    """Add the pairs' part of the gradients, then step."""
    cdef Softmax *z = &b.softmax
    cdef Py_ssize_t w
    cdef int32_t k
    cdef float step
    for k in range(b.outside.count):
        w = b.outside.word[k] - first
        if 0 <= w < words:
            axpy(z.gradient + w * args.row_size, b.outside.gradient + k * args.row_size, 1, args.row_size)
            z.curvature[w] += b.outside.curvature[k]
    for w in range(words):
        step = step_size(z.curvature[w], rate)
        if args.outside_scale != NULL:
            step *= args.outside_scale[first + w]
        axpy(args.outside + (first + w) * args.row_size, z.gradient + w * args.row_size,
             step, args.row_size)


cdef inline void gradient_tile(Batch *b, const KernelArguments *args, int64_t first,
                               Py_ssize_t words) noexcept nogil:
    cdef Softmax *z = &b.softmax
    cdef Rows *h = &b.hidden
    cdef Py_ssize_t w, size = args.row_size
    cdef float *s = tile_scores(b, first)
    cdef float *max_score = z.tile_max + first // VOCAB_TILE * z.columns
    if not z.keep_scores:
        score_tile(b, args, first, words)
        exp_scores_again(s, z.score_stride, words, z.columns, max_score)
    softmax_scale(z.scale, max_score, z.log_z, z.columns)
    for w in range(words):
        z.curvature[w] = normalise(
            s + w * z.score_stride, z.scale, b.pair_count, h.squared_norm,
            z.squared_norm[first + w], h.curvature, z.columns)
    gemm(True, h.gradient, size, s, 1, z.score_stride, args.outside + first * size, size,
         h.count, size, words, z.packed)
    gemm(False, z.gradient, size, s, z.score_stride, 1, h.value, size, words, size,
         h.count, z.packed)


cdef inline void softmax_gradient(Batch *b, const KernelArguments *args, double rate) noexcept nogil:
    """Second pass: the rest of the gradients; all rows but CBOW's centres step."""
    cdef int64_t first = 0
    cdef Py_ssize_t words
    while first < args.n_words:
        words = min(<int64_t>VOCAB_TILE, args.n_words - first)
        gradient_tile(b, args, first, words)
        update_tile(b, args, first, words, rate)
        first += words
    if not args.cbow:
        update_rows(&b.centre, args.row_size, rate)
