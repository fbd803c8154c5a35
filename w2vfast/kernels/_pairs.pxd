# cython: language_level=3
"""The positive pairs of every objective: a sparse matrix of hidden and outside rows.

Rows of the matrix are hidden rows. Columns are outside rows. An entry is a pair, or
with hierarchical softmax a node on the path of a pair's outside word.
"""
from libc.stdint cimport int32_t

from w2vfast.kernels._arguments cimport SOFTMAX, KernelArguments
from w2vfast.kernels._batch cimport Batch, Pairs, Rows, fill_padded
from w2vfast.kernels._csc cimport PairEntries, csc_scatter
from w2vfast.kernels._sgd cimport (
    Spmm, apply_gradients, prefetch_next_batch, stores_gradients)


cdef enum:
    ROWS_PER_CALL = 8       # rows with one entry that are scored in one call


cdef extern from "_matmul.h" nogil:
    void dots(const float *h, const float *Y, const int32_t *y, int n, Py_ssize_t size,
              Py_ssize_t used_size, float *out)
    void rowwise_dots(const float *H, const float *Y, const int32_t *y, int n,
                      Py_ssize_t size, Py_ssize_t used_size, float *out)


cdef extern from "_logistic.h" nogil:
    double pair_logistic(float *s, const float *label, float *curvature, int n)
    double weighted_logistic(float *s, const float *label, const float *weight,
                             float *curvature, int n)


cdef extern from "_softmax.h" nogil:
    double pair_softmax(float *s, const float *log_z, const float *weight,
                        float *curvature, int n)


cdef inline int32_t score_rows(Batch *b, const KernelArguments *args, int32_t i,
                               int32_t end) noexcept nogil:
    """Score the entries of row i, or of some rows with one entry; return the next."""
    cdef Pairs *p = &b.pairs
    cdef const float *h = b.hidden.value + p.hidden_row[i] * args.row_size
    cdef int32_t e = p.indptr[i], n = min(<int32_t>ROWS_PER_CALL, end - i)
    if args.cbow and not b.paths:
        rowwise_dots(h, b.outside.table, p.word + e, n, args.row_size, args.used_size,
                     p.data + e)
        return i + n
    dots(h, b.outside.table, p.word + e, p.indptr[i + 1] - e, args.row_size,
         args.used_size, p.data + e)
    return i + 1


cdef inline double pair_gradients(Batch *b, const KernelArguments *args, int32_t begin,
                                  int32_t end) noexcept nogil:
    """Turn the scores of rows begin..end-1 into gradient factors; return the loss."""
    cdef Pairs *p = &b.pairs
    cdef int32_t i, e = p.indptr[begin], n = p.indptr[end] - e
    cdef const float *weight = NULL if p.weight == NULL else p.weight + e
    if args.loss == SOFTMAX:
        for i in range(begin, end):
            fill_padded(p.label + p.indptr[i], b.softmax.log_z[p.hidden_row[i]],
                        p.indptr[i + 1] - p.indptr[i])
        return pair_softmax(p.data + e, p.label + e, weight, p.curvature + e, n)
    if weight == NULL:
        return pair_logistic(p.data + e, p.label + e, p.curvature + e, n)
    return weighted_logistic(p.data + e, p.label + e, weight, p.curvature + e, n)


cdef inline double score_pairs(Batch *b, const KernelArguments *args, int32_t begin,
                               int32_t end) noexcept nogil:
    """Score rows begin..end-1; turn scores into gradient factors; return the loss."""
    cdef int32_t i = begin
    while i < end:
        prefetch_next_batch(b, args.row_size)
        i = score_rows(b, args, i, end)
    return pair_gradients(b, args, begin, end)


cdef inline void apply_hidden_gradients(Batch *b, const KernelArguments *args,
                                        int32_t begin, int32_t end,
                                        double rate) noexcept nogil:
    """Complete the gradients of hidden rows begin..end-1, and build the CSC form.

    Skip-gram's rows are updated at once; see stores_gradients for the exceptions.
    """
    cdef Pairs *p = &b.pairs
    cdef Rows *h = &b.hidden
    cdef PairEntries entries
    cdef Spmm s
    cdef bint at_once = not args.cbow and not stores_gradients(args)
    cdef int32_t i, k
    entries.column, entries.data, entries.curvature = p.indices, p.data, p.curvature
    entries.squared_norm, entries.csc = b.outside.squared_norm, p.csc
    entries.column_curvature = b.outside.curvature
    for i in range(begin, end):
        prefetch_next_batch(b, args.row_size)
        k = p.hidden_row[i]
        h.curvature[k] += csc_scatter(&entries, p.indptr[i], p.indptr[i + 1], k,
                                      h.squared_norm[k])
    s.indptr, s.indices, s.data = p.indptr, p.word, p.data
    s.X, s.size, s.used_size = b.outside.table, args.row_size, args.used_size
    s.out_row = p.hidden_row
    s.init = h.gradient if b.n_shared_padded > 0 else NULL
    apply_gradients(&s, h, begin, end, at_once, rate)
