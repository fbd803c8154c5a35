# cython: language_level=3
"""Softmax over the whole vocabulary, once for each hidden row.

There are two passes over the outside matrix, one tile of words at a time. The first
computes log Z with a running maximum. The second computes gradients and updates rows.

h_i is hidden row i, n_i its number of pairs, n_iw its number of pairs with word w, U
the outside matrix with rows u_w, and y_i = softmax(U h_i). Then

    -dJ/dh_i = sum_o u_o - n_i U' y_i
    -dJ/du_w = sum_i (n_iw - n_i y_iw) h_i

_pairs computes the terms sum_o u_o and n_iw h_i. This file computes the others.
"""
from libc.math cimport INFINITY, isfinite, log
from libc.stdint cimport int32_t, int64_t
from libc.string cimport memcpy, memset

from w2vfast.kernels._arguments cimport PANEL_WIDTH, KernelArguments, padded_size
from w2vfast.kernels._batch cimport Batch, Rows, Softmax
from w2vfast.kernels._sgd cimport axpy, step_size, update_rows
from w2vfast.kernels._tiles cimport VOCAB_TILE


cdef extern from "_matmul.h" nogil:
    void gemm(bint add, float *C, Py_ssize_t c_row, const float *A, Py_ssize_t a_row,
              Py_ssize_t a_col, const float *B, Py_ssize_t b_row, Py_ssize_t rows,
              Py_ssize_t columns, Py_ssize_t depth, float *panel)
    void transpose(float *to, const float *rows, Py_ssize_t count, Py_ssize_t columns)


cdef extern from "_rows.h" nogil:
    float row_squared_norm(const float *x, Py_ssize_t size)


cdef extern from "_softmax.h" nogil:
    void exp_scores(float *s, Py_ssize_t stride, Py_ssize_t words, Py_ssize_t columns,
                    float *max_score, double *exp_sum)
    void exp_scores_again(float *s, Py_ssize_t stride, Py_ssize_t words,
                          Py_ssize_t columns, const float *max_score)
    void softmax_scale(float *scale, const float *max_score, const float *log_z,
                       Py_ssize_t columns)
    float normalise(float *e, const float *scale, const float *pair_count,
                    const float *squared_norms, float squared_norm, float *curvatures,
                    Py_ssize_t columns)


cdef inline float *tile_scores(Batch *b, int64_t first) noexcept nogil:
    """Return the scores of the tile that begins with word `first`."""
    return b.score + (first * b.softmax.score_stride if b.softmax.keep_scores else 0)


cdef inline void score_tile(Batch *b, const KernelArguments *args, int64_t first,
                            Py_ssize_t words) noexcept nogil:
    """Compute the scores of a tile: (words, columns), a column for each hidden row."""
    gemm(False, tile_scores(b, first), b.softmax.score_stride,
         args.outside + first * args.row_size, args.row_size, 1, b.transposed,
         b.softmax.columns, words, b.softmax.columns, args.row_size, b.softmax.packed)


cdef inline void transpose_hidden(Batch *b, Py_ssize_t row) noexcept nogil:
    """Transpose the hidden rows. Padding rows are zero and have no effect."""
    cdef Softmax *z = &b.softmax
    cdef Rows *h = &b.hidden
    cdef int32_t i
    z.columns = padded_size(h.count)
    # An odd number of cache lines per row: otherwise columns share few cache sets.
    z.score_stride = z.columns + PANEL_WIDTH * (z.columns // PANEL_WIDTH % 2 == 0)
    memset(h.value + h.count * row, 0, (z.columns - h.count) * row * sizeof(float))
    for i in range(h.count, <int32_t>z.columns):
        h.squared_norm[i] = h.curvature[i] = 0
    transpose(b.transposed, h.value, z.columns, row)


cdef inline void clear_exp_sums(Softmax *z) noexcept nogil:
    """Begin the sums of exponentials."""
    cdef Py_ssize_t i
    for i in range(z.columns):
        z.max_score[i], z.exp_sum[i] = -INFINITY, 0


cdef inline double log_z_tile(Batch *b, const KernelArguments *args, int64_t first,
                              Py_ssize_t words) noexcept nogil:
    """Add a tile to the sums of exponentials; return its sum of squared norms."""
    cdef Softmax *z = &b.softmax
    cdef Py_ssize_t tile = first // VOCAB_TILE
    cdef double total = 0
    cdef int64_t w
    score_tile(b, args, first, words)
    exp_scores(tile_scores(b, first), z.score_stride, words, z.columns, z.max_score,
               z.exp_sum)
    memcpy(z.tile_max + tile * z.columns, z.max_score, z.columns * sizeof(float))
    for w in range(first, first + words):
        z.squared_norm[w] = row_squared_norm(args.outside + w * args.row_size,
                                             args.row_size)
        total += z.squared_norm[w]
    return total


cdef inline bint compute_log_z(Batch *b, const KernelArguments *args) noexcept nogil:
    """First pass: log Z of every hidden row. False if a number is not finite."""
    cdef Softmax *z = &b.softmax
    cdef int64_t first = 0
    cdef Py_ssize_t words, i
    cdef double total = 0
    transpose_hidden(b, args.row_size)
    clear_exp_sums(z)
    while first < args.n_words:
        words = min(<int64_t>VOCAB_TILE, args.n_words - first)
        total += log_z_tile(b, args, first, words)
        first += words
    for i in range(z.columns):
        z.log_z[i] = <float>(z.max_score[i] + log(z.exp_sum[i]))
        total += z.log_z[i]
    return isfinite(total)


cdef inline void update_tile(Batch *b, const KernelArguments *args, int64_t first,
                             Py_ssize_t words, double rate) noexcept nogil:
    """Add the gradients from pairs to a tile's gradients, then update its rows."""
    cdef Softmax *z = &b.softmax
    cdef Py_ssize_t w
    cdef int32_t k
    cdef double scale = 1
    for k in range(b.outside.count):
        w = b.outside.word[k] - first
        if 0 <= w < words:
            axpy(z.gradient + w * args.row_size,
                 b.outside.gradient + k * args.row_size, 1, args.row_size)
            z.curvature[w] += b.outside.curvature[k]
    for w in range(words):
        if args.outside_scale != NULL:
            scale = args.outside_scale[first + w]
        axpy(args.outside + (first + w) * args.row_size, z.gradient + w * args.row_size,
             step_size(z.curvature[w], rate * scale), args.row_size)


cdef inline void gradient_tile(Batch *b, const KernelArguments *args, int64_t first,
                               Py_ssize_t words) noexcept nogil:
    """Compute the gradients of a tile's rows; add the tile to the hidden gradients."""
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
    gemm(True, h.gradient, size, s, 1, z.score_stride, args.outside + first * size,
         size, h.count, size, words, z.packed)
    gemm(False, z.gradient, size, s, z.score_stride, 1, h.value, size, words, size,
         h.count, z.packed)


cdef inline void softmax_gradient(Batch *b, const KernelArguments *args,
                                  double rate) noexcept nogil:
    """Second pass: complete the gradients; update all rows except CBOW's context."""
    cdef int64_t first = 0
    cdef Py_ssize_t words
    while first < args.n_words:
        words = min(<int64_t>VOCAB_TILE, args.n_words - first)
        gradient_tile(b, args, first, words)
        update_tile(b, args, first, words, rate)
        first += words
    if not args.cbow:
        update_rows(&b.centre, args.row_size, rate)
