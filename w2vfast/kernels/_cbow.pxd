# cython: language_level=3
"""CBOW's hidden rows: made of the words around a centre, and handed back to them.

A window's sum is a difference of two running sums over places, and what a place gets
back is the running sum of what windows begin and end to give: the cost does not grow
with the window. They start anew every STRETCH hidden rows, so that rounding does not
grow with the chunk. The reference adds up each window.
"""
from libc.float cimport FLT_MAX
from libc.stdint cimport int32_t
from libc.string cimport memset

from w2vfast.kernels._arguments cimport KernelArguments
from w2vfast.kernels._batch cimport Batch, Windows
from w2vfast.kernels._csc cimport csc_append, csc_clear, csc_count, csc_set_starts
from w2vfast.kernels._sgd cimport compute_step_sizes
from w2vfast.kernels._tiles cimport PREFIX_TILE, ROW_TILE


cdef extern from "_windows.h" nogil:
    void prefix_sums(float *sums, const float *X, const int32_t *row, Py_ssize_t n,
                      Py_ssize_t size)
    float window_sum(float *h, const float *before, const float *after,
                     const float *own, float weight, Py_ssize_t size)
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
    void scatter_windows(float *table, const float *step, const float *G, const WindowTokens *p,
                  Py_ssize_t size)


cdef inline int32_t windows_end(const Batch *b, const KernelArguments *args,
                                   int32_t i) noexcept nogil:
    """Where the windows of hidden rows up to i end, or hardly beyond."""
    return min(<int32_t>(b.context_end - b.begin), b.first_centre[i] + args.window + 1)


cdef inline void find_context(Batch *b, const KernelArguments *args, int32_t begin,
                             int32_t end) noexcept nogil:
    """The places of all windows of hidden rows, and hardly any more."""
    cdef Windows *v = &b.windows
    v.begin = max(<int32_t>(b.context_begin - b.begin), b.first_centre[begin] - args.window)
    v.end = windows_end(b, args, end - 1)


cdef inline const int32_t *words_from(const Batch *b, Py_ssize_t place) noexcept nogil:
    """Words of the places from one on, which is counted from the first centre."""
    return b.tokens.word + b.begin + place


cdef inline void extend_prefix_sums(Batch *b, const KernelArguments *args, int32_t begin,
                            int32_t end) noexcept nogil:
    """Go on with the running sums up to where windows of rows begin..end-1 end."""
    cdef Windows *v = &b.windows
    cdef int32_t last = windows_end(b, args, end - 1)
    if begin % PREFIX_TILE == 0:  # bands and parts of them never cross these
        find_context(b, args, begin, min(begin + PREFIX_TILE, b.hidden.count))
        memset(v.prefix, 0, args.row_size * sizeof(float))
        v.prefix_end = v.begin
    prefix_sums(v.prefix + (v.prefix_end - v.begin) * args.row_size, b.centre.table,
                 words_from(b, v.prefix_end), last - v.prefix_end, args.row_size)
    v.prefix_end = last


cdef inline void sum_windows(Batch *b, const KernelArguments *args, int32_t begin,
                             int32_t end) noexcept nogil:
    """h_i = weight times the sum over its window, a difference of running sums.

    The centre's own row is read again: should another thread have stepped it meanwhile,
    that step is left in the sum.
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
            b.centre.table + words_from(b, centre)[0] * row, v.context_weight[i], row)


cdef inline void compute_hidden_rows(Batch *b, const KernelArguments *args, int32_t begin,
                         int32_t end) noexcept nogil:
    """Make hidden rows begin..end-1, by parts whose sums stay in the first cache."""
    cdef int32_t stop
    while begin < end:
        stop = min(begin + ROW_TILE, end)
        extend_prefix_sums(b, args, begin, stop)
        sum_windows(b, args, begin, stop)
        begin = stop


cdef inline void scale_curvatures(Batch *b, bint mean) noexcept nogil:
    """Hidden rows' bounds, as each word of the window has to reckon with them."""
    cdef int32_t i
    for i in range(b.hidden.count):
        if not mean:  # the hidden row moves by the sum of its words' steps
            b.hidden.curvature[i] *= b.left[b.first_centre[i]] + b.right[b.first_centre[i]]
        b.hidden.curvature[i] = min(b.hidden.curvature[i], FLT_MAX)  # inf - inf would be NaN


cdef inline void clear_windows(Windows *v, int32_t n) noexcept nogil:
    memset(v.curvature_change, 0, (n + 1) * sizeof(double))
    memset(v.n_windows, 0, (n + 1) * sizeof(int32_t))
    memset(v.own_weight, 0, n * sizeof(float))
    memset(v.own_hidden, 0, n * sizeof(int32_t))


cdef inline void mark_windows(Batch *b, const KernelArguments *args, int32_t begin,
                               int32_t end) noexcept nogil:
    """Note where each window begins what it has to give, and where it ends."""
    cdef Windows *v = &b.windows
    cdef int32_t i, k, centre
    find_context(b, args, begin, end)
    k = v.end - v.begin
    clear_windows(v, k)
    for i in range(begin, end):
        centre = b.first_centre[i] - v.begin
        v.own_weight[centre], v.own_hidden[centre] = v.gradient_weight[i], i
        v.window_begin[i] = centre - b.left[b.first_centre[i]]
        v.window_end[i] = centre + b.right[b.first_centre[i]] + 1
        v.curvature_change[v.window_begin[i]] += v.gradient_weight[i] * <double>b.hidden.curvature[i]
        v.curvature_change[v.window_end[i]] -= v.gradient_weight[i] * <double>b.hidden.curvature[i]
        v.n_windows[v.window_begin[i]] += 1
        v.n_windows[v.window_end[i]] -= 1
    for i in range(1, k):
        v.n_windows[i] += v.n_windows[i - 1]


cdef inline const int32_t *rows_from(const Batch *b, Py_ssize_t place) noexcept nogil:
    """Rows of the places from one on, counted as by words_from."""
    return b.centre_row + (b.begin - b.context_begin + place)


cdef inline void add_context_curvatures(Batch *b) noexcept nogil:
    """Add to words' bounds what the windows that they are in have, but their own."""
    cdef Windows *v = &b.windows
    cdef const int32_t *x = rows_from(b, v.begin)
    cdef int32_t k
    cdef double bound = 0
    for k in range(v.end - v.begin):
        bound = bound + v.curvature_change[k] if v.n_windows[k] > 0 else 0
        b.centre.curvature[x[k]] += <float>(
            bound - v.own_weight[k] * <double>b.hidden.curvature[v.own_hidden[k]])


cdef inline void sort_window_changes(Windows *v, int32_t begin, int32_t end) noexcept nogil:
    """List by places the windows that begin and end there."""
    cdef int32_t i, places = v.end - v.begin + 1
    csc_clear(&v.changes, places)
    for i in range(begin, end):
        csc_count(&v.changes, v.window_begin[i])
        csc_count(&v.changes, v.window_end[i])
    csc_set_starts(&v.changes, places)
    for i in range(begin, end):
        csc_append(&v.changes, v.window_begin[i], i, v.gradient_weight[i])
        csc_append(&v.changes, v.window_end[i], i, -v.gradient_weight[i])


cdef inline void update_context(Batch *b, Py_ssize_t row) noexcept nogil:
    """Words step by what the windows that they are in have for them, but their own."""
    cdef Windows *v = &b.windows
    cdef WindowTokens p
    p.count = v.end - v.begin
    p.word, p.row = words_from(b, v.begin), rows_from(b, v.begin)
    p.indptr, p.indices, p.data = v.changes.indptr, v.changes.indices, v.changes.data
    p.n_windows, p.own_hidden, p.own_weight = v.n_windows, v.own_hidden, v.own_weight
    scatter_windows(b.centre.table, b.centre.step_size, b.hidden.gradient, &p, row)


cdef inline void scatter_to_context(Batch *b, const KernelArguments *args, double rate) noexcept nogil:
    """Words of windows step by their share of the hidden rows' gradients."""
    cdef int32_t begin, end = 0, n = b.hidden.count
    memset(b.centre.curvature, 0, b.centre.count * sizeof(float))
    scale_curvatures(b, args.cbow_mean)
    while end < n:
        begin, end = end, min(end + PREFIX_TILE, n)
        mark_windows(b, args, begin, end)
        add_context_curvatures(b)
    compute_step_sizes(&b.centre, 0, b.centre.count, rate)
    end = 0
    while end < n:
        begin, end = end, min(end + PREFIX_TILE, n)
        if n > PREFIX_TILE:  # else they are those of the only stretch
            mark_windows(b, args, begin, end)
        sort_window_changes(&b.windows, begin, end)
        update_context(b, args.row_size)
