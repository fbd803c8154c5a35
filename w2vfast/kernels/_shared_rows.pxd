# cython: language_level=3
"""Every hidden row against the shared rows: a dense matrix of scores.

The shared rows are the batch's negatives, or with hierarchical softmax the first nodes
of the tree, which most paths contain.
"""
from libc.stdint cimport int32_t

from w2vfast.kernels._arguments cimport KernelArguments
from w2vfast.kernels._batch cimport (
    Batch, Pairs, RoundedOperands, Rows, fill_padded)
from w2vfast.kernels._sgd cimport axpy, prefetch_next_batch


cdef extern from "_matmul.h" nogil:
    void gemm_small(bint add, float *C, Py_ssize_t c_row, const float *A,
                    Py_ssize_t a_row, Py_ssize_t a_col, const float *B,
                    Py_ssize_t b_row, Py_ssize_t rows, Py_ssize_t columns,
                    Py_ssize_t depth)
    void transpose(float *to, const float *rows, Py_ssize_t count, Py_ssize_t columns)


cdef extern from "_bfloat16.h" nogil:
    void round_shared(RoundedOperands *p, const float *N, Py_ssize_t shared)
    void rounded_scores(RoundedOperands *p, float *S, const float *H, Py_ssize_t rows)
    void rounded_gradients(RoundedOperands *p, bint add, float *hidden_gradient,
                           float *shared_gradient, float *S, const float *H,
                           Py_ssize_t rows)


cdef extern from "_logistic.h" nogil:
    float negative_logistic(float *s, const float *omega, const float *shared_weight,
                            const float *squared_norms, float squared_norm,
                            float *curvatures, float *curvature, Py_ssize_t n)
    float node_logistic(const float *n_positive, float *s, const float *omega,
                        const float *shared_weight, const float *squared_norms,
                        float squared_norm, float *curvatures, float *curvature,
                        Py_ssize_t n)


cdef inline void count_pairs(Batch *b, int32_t i) noexcept nogil:
    """Compute omega[k], the targets of hidden row i except negative k, by weight."""
    cdef Pairs *p = &b.pairs
    cdef int32_t e
    fill_padded(b.omega, b.pair_count[i], b.n_shared_padded)
    for e in range(p.indptr[i], p.indptr[i + 1]):
        if p.indices[e] < b.n_shared_padded:
            b.omega[p.indices[e]] -= p.weight[e] if p.weight != NULL else 1


cdef inline float logistic_gradient(Batch *b, bint thin_gradients, int32_t i,
                                    float *s) noexcept nogil:
    """Turn the scores of hidden row i into gradient factors; return the loss.

    Curvatures of the hidden row and of the shared rows grow by their terms.
    """
    cdef Rows *h = &b.hidden
    cdef Py_ssize_t n = b.n_shared_padded
    cdef float squared_norm = h.squared_norm[i]
    if b.shared_nodes:
        return node_logistic(
            b.n_positive + i * n, s, b.omega + i * n, b.shared_weight,
            b.outside.squared_norm, squared_norm, b.outside.curvature,
            h.curvature + i, n)
    count_pairs(b, i)
    if thin_gradients:  # the bound counts a row as often as the gradient does
        squared_norm *= 0 if (i + b.first_thinned) % 2 else 2
    return negative_logistic(
        s, b.omega, b.shared_weight, b.outside.squared_norm, squared_norm,
        b.outside.curvature, h.curvature + i, n)


cdef inline double logistic_gradients(Batch *b, const KernelArguments *args,
                                      int32_t begin, int32_t end) noexcept nogil:
    """Turn the scores of some hidden rows into gradient factors; return the loss."""
    cdef int32_t i
    cdef double loss = 0
    for i in range(begin, end):
        prefetch_next_batch(b, args.row_size)
        loss += logistic_gradient(b, args.thin_gradients, i,
                                  b.score + (i - begin) * b.n_shared_padded)
    return loss


cdef inline double rounded_rows_gradient(Batch *b, const KernelArguments *args,
                                         int32_t begin, int32_t end) noexcept nogil:
    """Like shared_rows_gradient, with products in bfloat16."""
    cdef Py_ssize_t row = args.row_size
    cdef const float *H = b.hidden.value + begin * row
    cdef double loss
    if begin == 0:
        round_shared(&b.rounded, b.outside.value, b.n_shared_padded)
    rounded_scores(&b.rounded, b.score, H, end - begin)
    loss = logistic_gradients(b, args, begin, end)
    if args.training:
        rounded_gradients(&b.rounded, begin > 0, b.hidden.gradient + begin * row,
                          b.outside.gradient, b.score, H, end - begin)
    return loss


cdef inline void thinned_gradients(Batch *b, const KernelArguments *args, int32_t begin,
                                   int32_t end) noexcept nogil:
    """Add a tile's part of the shared rows' gradients, from every second hidden row.

    The last tile doubles them, so that their expectation is the sum over all rows.
    """
    cdef Py_ssize_t n = b.n_shared_padded, row = args.row_size
    cdef int32_t first = begin + (begin + b.first_thinned) % 2
    gemm_small(begin > 0, b.outside.gradient, row, b.score + (first - begin) * n, 1,
               2 * n, b.hidden.value + first * row, 2 * row, n, args.used_size,
               (end - first + 1) // 2)
    if end == b.hidden.count:
        axpy(b.outside.gradient, b.outside.gradient, 1, n * row)


cdef inline double shared_rows_gradient(Batch *b, const KernelArguments *args,
                                        int32_t begin, int32_t end) noexcept nogil:
    """Compute the gradients of a tile of hidden rows; return the loss.

    The first tile sets the gradients of the shared rows, and the others add to them. A
    few rows behind the tile are written too; their gradients are not used yet.
    """
    cdef Py_ssize_t n = b.n_shared_padded, row = args.row_size, used = args.used_size
    cdef const float *H = b.hidden.value + begin * row
    cdef int32_t rows = end - begin
    # A multiple of 4 rows: narrow register tiles at the end would be slow.
    cdef Py_ssize_t padded_rows = (rows + 3) // 4 * 4
    cdef double loss
    if args.rounds_products:
        return rounded_rows_gradient(b, args, begin, end)
    if begin == 0:
        transpose(b.transposed, b.outside.value, n, row)
    gemm_small(False, b.score, n, H, row, 1, b.transposed, n, padded_rows, n,
               args.vector_size)
    loss = logistic_gradients(b, args, begin, end)
    if not args.training:
        return loss
    gemm_small(False, b.hidden.gradient + begin * row, row, b.score, n, 1,
               b.outside.value, row, padded_rows, used, b.n_shared)
    if args.thin_gradients:
        thinned_gradients(b, args, begin, end)
    else:
        gemm_small(begin > 0, b.outside.gradient, row, b.score, 1, n, H, row, n, used,
                   rows)
    return loss
