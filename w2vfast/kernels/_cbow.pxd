# cython: language_level=3
"""CBOW: hidden rows from the context, and their gradients back to the context.

The sum over a window is the difference of two prefix sums over tokens. In the other
direction, the gradient of a token is the prefix sum of changes: a window adds its
gradient at its first token and subtracts it behind its last. So the cost does not grow
with the window. Prefix sums restart every PREFIX_TILE hidden rows, so that rounding
errors do not grow with the batch. The reference sums each window by itself.

Tokens are numbered from the first centre of the batch; those before it are negative.
"""
from libc.float cimport FLT_MAX
from libc.stdint cimport int32_t
from libc.string cimport memset

from w2vfast.kernels._arguments cimport KernelArguments
from w2vfast.kernels._batch cimport Batch, Rows, Windows, fill_padded
from w2vfast.kernels._csc cimport csc_append, csc_clear, csc_count, csc_set_starts
from w2vfast.kernels._sgd cimport compute_step_sizes
from w2vfast.kernels._tiles cimport PREFIX_TILE, ROW_TILE


cdef extern from "_windows.h" nogil:
    void prefix_sums(float *prefix, const float *X, const int32_t *index, Py_ssize_t n,
                     Py_ssize_t size, Py_ssize_t used_size)
    float window_sum(float *h, const float *before, const float *after,
                     const float *centre, float weight, Py_ssize_t size)
    struct WindowTokens:
        Py_ssize_t count
        const int32_t *word
        const int32_t *row
        const int32_t *indptr
        const int32_t *indices
        const float *data
        const int32_t *n_windows
        const int32_t *own_hidden
        const float *own_weight
        const int32_t *merged
        float *gradient
    void scatter_windows(float *matrix, const float *step, const float *G,
                         const WindowTokens *p, Py_ssize_t size, Py_ssize_t used_size)


cdef inline int32_t windows_end(const Batch *b, const KernelArguments *args,
                                int32_t i) noexcept nogil:
    """Return an upper bound for the end of the windows of hidden rows up to i."""
    return min(<int32_t>(b.context_end - b.begin), b.first_centre[i] + args.window + 1)


cdef inline void find_context(Batch *b, const KernelArguments *args, int32_t begin,
                              int32_t end) noexcept nogil:
    """Set the range of tokens that contains the windows of hidden rows begin..end-1."""
    cdef Windows *v = &b.windows
    v.begin = max(<int32_t>(b.context_begin - b.begin),
                  b.first_centre[begin] - args.window)
    v.end = windows_end(b, args, end - 1)


cdef inline const int32_t *rows_from(const Batch *b, Py_ssize_t token) noexcept nogil:
    """Return the rows in b.centre of the tokens from `token` on."""
    return b.centre_row + (b.begin - b.context_begin + token)


cdef inline const int32_t *table_rows_from(const Batch *b,
                                           Py_ssize_t token) noexcept nogil:
    """Return the rows in b.centre.table of the tokens from `token` on."""
    if b.centre.half != NULL:
        return rows_from(b, token)
    return b.tokens.word + b.begin + token


cdef inline void extend_prefix_sums(Batch *b, const KernelArguments *args,
                                    int32_t begin, int32_t end) noexcept nogil:
    """Continue the prefix sums to the end of the windows of rows begin..end-1."""
    cdef Windows *v = &b.windows
    cdef int32_t last = windows_end(b, args, end - 1)
    if begin % PREFIX_TILE == 0:  # no row tile crosses the end of a prefix tile
        find_context(b, args, begin, min(begin + PREFIX_TILE, b.hidden.count))
        memset(v.prefix, 0, args.row_size * sizeof(float))
        v.prefix_end = v.begin
    prefix_sums(v.prefix + (v.prefix_end - v.begin) * args.row_size, b.centre.table,
                table_rows_from(b, v.prefix_end), last - v.prefix_end, args.row_size,
                args.used_size)
    v.prefix_end = last


cdef inline void sum_windows(Batch *b, const KernelArguments *args, int32_t begin,
                             int32_t end) noexcept nogil:
    """Compute h_i = weight * (sum over the window of row i, without the centre).

    The centre's row is read again. If another thread has updated it since the prefix
    sum, the difference of the two values remains in h_i.
    """
    cdef Windows *v = &b.windows
    cdef Py_ssize_t row = args.row_size
    cdef const float *sums = v.prefix - v.begin * row
    cdef int32_t i, centre
    for i in range(begin, end):
        centre = b.first_centre[i]
        b.hidden.curvature[i] = 0
        b.hidden.squared_norm[i] = window_sum(
            b.hidden.value + i * row, sums + (centre - b.left[centre]) * row,
            sums + (centre + b.right[centre] + 1) * row,
            b.centre.table + table_rows_from(b, centre)[0] * row, v.context_weight[i],
            args.used_size)


cdef inline void compute_hidden_rows(Batch *b, const KernelArguments *args,
                                     int32_t begin, int32_t end) noexcept nogil:
    """Compute hidden rows begin..end-1, by tiles whose prefix sums stay in the L1."""
    cdef int32_t stop
    while begin < end:
        stop = min(begin + ROW_TILE, end)
        extend_prefix_sums(b, args, begin, stop)
        sum_windows(b, args, begin, stop)
        begin = stop


cdef inline void scale_curvatures(Batch *b, bint mean) noexcept nogil:
    """Turn curvatures along hidden rows into curvatures along context words.

    Without the mean, a hidden row moves by the sum of all its words' steps, so each
    word's curvature is multiplied by their number.
    """
    cdef int32_t i
    for i in range(b.hidden.count):
        if not mean:
            b.hidden.curvature[i] *= (b.left[b.first_centre[i]]
                                      + b.right[b.first_centre[i]])
        # Finite, because the prefix sums subtract it again: inf - inf is NaN.
        b.hidden.curvature[i] = min(b.hidden.curvature[i], FLT_MAX)


cdef inline void clear_windows(Windows *v, int32_t n) noexcept nogil:
    """Reset the arrays that mark_windows fills, for n tokens."""
    memset(v.curvature_change, 0, (n + 1) * sizeof(double))
    memset(v.n_windows, 0, (n + 1) * sizeof(int32_t))
    memset(v.own_weight, 0, n * sizeof(float))
    memset(v.own_hidden, 0, n * sizeof(int32_t))


cdef inline void mark_windows(Batch *b, const KernelArguments *args, int32_t begin,
                              int32_t end) noexcept nogil:
    """Record the first token and the end of each window, and their changes."""
    cdef Windows *v = &b.windows
    cdef int32_t i, k, centre
    cdef double curvature
    find_context(b, args, begin, end)
    k = v.end - v.begin
    clear_windows(v, k)
    for i in range(begin, end):
        centre = b.first_centre[i] - v.begin
        v.own_weight[centre], v.own_hidden[centre] = v.gradient_weight[i], i
        v.window_begin[i] = centre - b.left[b.first_centre[i]]
        v.window_end[i] = centre + b.right[b.first_centre[i]] + 1
        curvature = v.gradient_weight[i] * <double>b.hidden.curvature[i]
        v.curvature_change[v.window_begin[i]] += curvature
        v.curvature_change[v.window_end[i]] -= curvature
        v.n_windows[v.window_begin[i]] += 1
        v.n_windows[v.window_end[i]] -= 1
    for i in range(1, k):
        v.n_windows[i] += v.n_windows[i - 1]


cdef inline void add_context_curvatures(Batch *b) noexcept nogil:
    """Add to each word's curvature those of the windows that contain it.

    The window around the word itself does not count.
    """
    cdef Windows *v = &b.windows
    cdef const int32_t *row = rows_from(b, v.begin)
    cdef int32_t k
    cdef double curvature = 0
    for k in range(v.end - v.begin):
        curvature = curvature + v.curvature_change[k] if v.n_windows[k] > 0 else 0
        b.centre.curvature[row[k]] += <float>(
            curvature - v.own_weight[k] * <double>b.hidden.curvature[v.own_hidden[k]])


cdef inline void sort_window_changes(Windows *v, int32_t begin,
                                     int32_t end) noexcept nogil:
    """List, by token, the windows that begin or end there."""
    cdef int32_t i, tokens = v.end - v.begin + 1
    csc_clear(&v.changes, tokens)
    for i in range(begin, end):
        csc_count(&v.changes, v.window_begin[i])
        csc_count(&v.changes, v.window_end[i])
    csc_set_starts(&v.changes, tokens)
    for i in range(begin, end):
        csc_append(&v.changes, v.window_begin[i], i, v.gradient_weight[i])
        csc_append(&v.changes, v.window_end[i], i, -v.gradient_weight[i])


cdef inline void update_context(Batch *b, const KernelArguments *args) noexcept nogil:
    """Add to each word's row the gradients of the windows that contain it."""
    cdef Windows *v = &b.windows
    cdef WindowTokens p
    cdef float *to = b.centre.table if b.centre.half == NULL else b.centre.gradient
    p.count = v.end - v.begin
    p.word, p.row = table_rows_from(b, v.begin), rows_from(b, v.begin)
    p.indptr, p.indices, p.data = v.changes.indptr, v.changes.indices, v.changes.data
    p.n_windows, p.own_hidden, p.own_weight = v.n_windows, v.own_hidden, v.own_weight
    p.merged, p.gradient = b.centre.merged, b.centre.gradient
    scatter_windows(to, b.centre.step_size, b.hidden.gradient, &p, args.row_size,
                    args.used_size)


cdef inline void clear_stored_gradients(Rows *r, Py_ssize_t row) noexcept nogil:
    """Prepare the rows whose gradients are added up instead of applied."""
    cdef int32_t i
    if r.half != NULL:
        fill_padded(r.step_size, 1, r.count)
        memset(r.gradient, 0, r.count * row * sizeof(float))
        return
    if r.merged != NULL:
        for i in range(r.n_merged):
            r.step_size[r.merged_rows[i]] = 1
            memset(r.gradient + r.merged_rows[i] * row, 0, row * sizeof(float))


cdef inline void scatter_to_context(Batch *b, const KernelArguments *args,
                                    double rate) noexcept nogil:
    """Update the context words by their share of the hidden rows' gradients."""
    cdef int32_t begin, end = 0, n = b.hidden.count
    memset(b.centre.curvature, 0, b.centre.count * sizeof(float))
    scale_curvatures(b, args.cbow_mean)
    while end < n:
        begin, end = end, min(end + PREFIX_TILE, n)
        mark_windows(b, args, begin, end)
        add_context_curvatures(b)
    compute_step_sizes(&b.centre, 0, b.centre.count, rate)
    clear_stored_gradients(&b.centre, args.row_size)
    end = 0
    while end < n:
        begin, end = end, min(end + PREFIX_TILE, n)
        if n > PREFIX_TILE:  # with one tile the marks of the first loop are still valid
            mark_windows(b, args, begin, end)
        sort_window_changes(&b.windows, begin, end)
        update_context(b, args)
