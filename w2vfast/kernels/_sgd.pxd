# cython: language_level=3
"""Bounded SGD steps on embedding rows, for every objective.

Each distinct row of a batch gets one gradient g and one curvature h: the sum over its
terms of weight * sigma'(score) * |other vector|^2. Its step is rate * min(1, 2 / (rate
h)) * g, because gradient descent on a sum of logistic losses is stable up to that size.
docs/explanation/algorithm.md gives the measurements.
"""
from libc.stdint cimport int32_t, int64_t, uint16_t
from libc.string cimport memset

from w2vfast.kernels._arguments cimport SOFTMAX, KernelArguments
from w2vfast.kernels._batch cimport Batch, Pairs, Rows, prefetch_word


cdef enum:
    COLUMNS_PER_PREFETCH = 4    # columns processed for each row that is prefetched


cdef extern from "_matmul.h" nogil:
    void squared_norms(const float *Y, const int32_t *y, int n, Py_ssize_t size,
                       float *out)


cdef extern from "_spmm.h" nogil:
    struct Spmm:
        const float *init
        const int32_t *indptr
        const float *data
        const int32_t *indices
        const float *X
        float *out
        const int32_t *out_row
        const float *step
        Py_ssize_t size
        Py_ssize_t used_size
    void spmm(const Spmm *s, Py_ssize_t begin, Py_ssize_t end)


cdef extern from "_rows.h" nogil:
    float copy_row(float *to, const float *row, Py_ssize_t size)
    void axpy(float *row, const float *gradient, float step, Py_ssize_t size)


cdef extern from "_half_rows.h" nogil:
    float widen_row(float *to, const uint16_t *row, Py_ssize_t size)
    void half_axpy(uint16_t *row, const float *gradient, float step, Py_ssize_t size)


cdef inline void prefetch_next_batch(Batch *b, Py_ssize_t row) noexcept nogil:
    """Prefetch one row of the next batch, alternately from the two matrices.

    One row per call: the CPU tracks few outstanding cache misses.
    """
    cdef int32_t word
    if b.prefetched < b.prefetch_end:
        word = b.tokens.word[b.prefetched // 2]
        prefetch_word(&b.outside if b.prefetched % 2 else &b.centre, word, row)
        # With paths, row `word` of outside is rarely a target: skip it.
        b.prefetched += 2 if b.paths else 1


cdef inline double compute_norms(Rows *r, int32_t begin, int32_t end,
                                 Py_ssize_t row) noexcept nogil:
    """Compute squared norms of rows in the matrix; reset curvatures; return the sum."""
    cdef double total = 0
    cdef int32_t i
    memset(r.curvature + begin, 0, (end - begin) * sizeof(float))
    squared_norms(r.table, r.word + begin, end - begin, row, r.squared_norm + begin)
    for i in range(begin, end):
        total += r.squared_norm[i]
    return total


cdef inline double copy_rows(Rows *r, int32_t begin, int32_t end,
                             Py_ssize_t row) noexcept nogil:
    """Copy rows to consecutive memory; otherwise like compute_norms.

    Padding rows (word -1) become zeros.
    """
    cdef double total = 0
    cdef int32_t i
    memset(r.curvature + begin, 0, (end - begin) * sizeof(float))
    for i in range(begin, end):
        if r.word[i] < 0:
            r.squared_norm[i] = 0
            memset(r.value + i * row, 0, row * sizeof(float))
        elif r.half != NULL:
            r.squared_norm[i] = widen_row(r.value + i * row, r.half + r.word[i] * row,
                                          row)
        else:
            r.squared_norm[i] = copy_row(r.value + i * row, r.table + r.word[i] * row,
                                         row)
        total += r.squared_norm[i]
    return total


cdef inline double learning_rate(const KernelArguments *args, int64_t epoch,
                                 int64_t position) noexcept nogil:
    """Return the learning rate, which falls linearly with the tokens processed."""
    cdef double done
    if args.alpha_interval > 0:
        position -= position % args.alpha_interval
    done = <double>(epoch - args.first_epoch) * args.n_tokens + position
    done = done / args.n_tokens / args.epochs
    return args.alpha + (args.min_alpha - args.alpha) * done


cdef inline float step_size(float curvature, double rate) noexcept nogil:
    """Return the step size of a row: the rate, or 2 / curvature if that is less."""
    return <float>rate if rate * curvature <= 2 else 2 / curvature


cdef inline void compute_step_sizes(Rows *r, int32_t begin, int32_t end,
                                    double rate) noexcept nogil:
    """Compute the step sizes of rows whose curvatures are complete."""
    cdef int32_t i
    if r.scale == NULL:
        for i in range(begin, end):
            r.step_size[i] = step_size(r.curvature[i], rate)
    else:
        for i in range(begin, end):
            if r.word[i] >= 0:  # not a padding row
                r.step_size[i] = step_size(r.curvature[i], rate * r.scale[r.word[i]])


cdef inline void update_row(const Rows *r, int32_t word, const float *gradient,
                            float step, Py_ssize_t row) noexcept nogil:
    """Add step times gradient to a word's row of the matrix."""
    if r.half == NULL:
        axpy(r.table + word * row, gradient, step, row)
    else:
        half_axpy(r.half + word * row, gradient, step, row)


cdef inline bint is_merged(const Rows *r, int32_t i) noexcept nogil:
    """Return whether the gradient of row i is stored for a merge."""
    return r.merged != NULL and r.merged[i] != 0


cdef inline bint is_updated(const Rows *r, int32_t i) noexcept nogil:
    """Return whether row i is to be updated: not a padding row, nor a merged one.

    A row without a gradient has no curvature. Writing it, or a frozen one, could undo
    another thread's update.
    """
    if r.word[i] < 0 or is_merged(r, i):
        return False
    return r.half == NULL or (r.curvature[i] > 0 and r.step_size[i] > 0)


cdef inline void update_rows(Rows *r, Py_ssize_t row, double rate) noexcept nogil:
    """Add step size times stored gradient to every row of the matrix."""
    cdef int32_t i
    compute_step_sizes(r, 0, r.count, rate)
    for i in range(r.count):
        if is_updated(r, i):
            update_row(r, r.word[i], r.gradient + i * row, r.step_size[i], row)


cdef inline bint stores_gradients(const KernelArguments *args) noexcept nogil:
    """Return whether all gradients are stored, and applied after the whole batch.

    Softmax needs the old rows again. A number in float16 is rounded once per batch.
    """
    return args.loss == SOFTMAX or args.half_rows


cdef inline int32_t equal_rows_end(const Rows *r, int32_t begin,
                                   int32_t end) noexcept nogil:
    """Return the end of the rows from `begin` on that are all merged, or all not."""
    cdef int32_t i = begin + 1
    while i < end and (r.merged[i] != 0) == (r.merged[begin] != 0):
        i += 1
    return i


cdef inline void apply_gradients(Spmm *s, Rows *r, int32_t begin, int32_t end,
                                 bint at_once, double rate) noexcept nogil:
    """Compute the gradients s.init + S X of rows begin..end-1.

    With at_once the rows of the matrix are updated and the gradients are not stored,
    except those of merged rows. Sparse row i then belongs to r's row i. Otherwise the
    gradients are stored in r.gradient, at row s.out_row[i].
    """
    cdef int32_t first
    if at_once:
        compute_step_sizes(r, begin, end, rate)
    while begin < end:
        first, begin = begin, end
        if at_once and r.merged != NULL:
            begin = equal_rows_end(r, first, end)
        if at_once and not is_merged(r, first):
            s.out, s.out_row, s.step = r.table, r.word, r.step_size
        else:
            s.out, s.step = r.gradient, NULL
            if at_once:
                s.out_row = NULL
        spmm(s, first, begin)


cdef inline void apply_outside_gradients(Batch *b, const KernelArguments *args,
                                         double rate) noexcept nogil:
    """Add the pairs' terms to the gradients of outside rows, and update the rows.

    Shared rows have a part of their gradient already. See stores_gradients.
    """
    cdef Pairs *p = &b.pairs
    cdef Spmm s
    cdef int32_t begin, end = b.n_shared_padded
    cdef bint at_once = not stores_gradients(args)
    s.indptr, s.indices, s.data = p.csc.indptr, p.csc.indices, p.csc.data
    s.X, s.size, s.used_size = b.hidden.value, args.row_size, args.used_size
    s.init, s.out_row = b.outside.gradient, NULL
    apply_gradients(&s, &b.outside, 0, b.n_shared, at_once, rate)
    s.init = NULL
    while end < b.outside.count:
        prefetch_next_batch(b, args.row_size)
        begin = end
        end = b.outside.count
        if b.prefetched < b.prefetch_end:
            end = min(begin + COLUMNS_PER_PREFETCH, end)
        apply_gradients(&s, &b.outside, begin, end, at_once, rate)
