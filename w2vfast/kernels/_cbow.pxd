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

from w2vfast.kernels._batch cimport (
    Chunk, Windows, count_value, forget_values, make_room, put)
from w2vfast.kernels._job cimport Job
from w2vfast.kernels._workspace cimport BAND, STRETCH
from w2vfast.kernels._sgd cimport choose_steps


cdef extern from "_windows.h" nogil:
    void running_sums(float *sums, const float *X, const int32_t *row, Py_ssize_t n,
                      Py_ssize_t size)
    float sum_window(float *h, const float *before, const float *after,
                     const float *own, float weight, Py_ssize_t size)
    struct Places:
        Py_ssize_t count
        const int32_t *word
        const int32_t *x
        const int32_t *first
        const int32_t *line
        const float *change
        const int32_t *open
        const int32_t *centre
        const float *own
    void hand_out(float *table, const float *step, const float *G, const Places *p,
                  Py_ssize_t size)


cdef inline int32_t end_of_windows(const Chunk *c, const Job *job,
                                   int32_t i) noexcept nogil:
    """Where the windows of hidden rows up to i end, or hardly beyond."""
    return min(<int32_t>(c.high_end - c.begin), c.first[i] + job.window + 1)


cdef inline void find_places(Chunk *c, const Job *job, int32_t begin,
                             int32_t end) noexcept nogil:
    """The places of all windows of hidden rows, and hardly any more."""
    cdef Windows *v = &c.windows
    v.low_end = max(<int32_t>(c.low_end - c.begin), c.first[begin] - job.window)
    v.high_end = end_of_windows(c, job, end - 1)


cdef inline const int32_t *words_from(const Chunk *c, Py_ssize_t place) noexcept nogil:
    """Words of the places from one on, which is counted from the first centre."""
    return c.stream.word + c.begin + place


cdef inline void sum_places(Chunk *c, const Job *job, int32_t begin,
                            int32_t end) noexcept nogil:
    """Go on with the running sums up to where windows of rows begin..end-1 end."""
    cdef Windows *v = &c.windows
    cdef int32_t last = end_of_windows(c, job, end - 1)
    if begin % STRETCH == 0:  # bands and parts of them never cross these
        find_places(c, job, begin, min(begin + STRETCH, c.hidden.count))
        memset(v.sums, 0, job.row * sizeof(float))
        v.summed = v.low_end
    running_sums(v.sums + (v.summed - v.low_end) * job.row, c.x.table,
                 words_from(c, v.summed), last - v.summed, job.row)
    v.summed = last


cdef inline void sum_windows(Chunk *c, const Job *job, int32_t begin,
                             int32_t end) noexcept nogil:
    """h_i = weight times the sum over its window, a difference of running sums.

    The centre's own row is read again: should another thread have stepped it meanwhile,
    that step is left in the sum.
    """
    cdef Windows *v = &c.windows
    cdef Py_ssize_t row = job.row
    cdef const float *sums = v.sums - v.low_end * row
    cdef int32_t i, centre
    for i in range(begin, end):
        centre = c.first[i]
        c.hidden.bound[i] = 0
        c.hidden.norm[i] = sum_window(
            c.hidden.value + i * row, sums + (centre - c.left[centre]) * row,
            sums + (centre + c.right[centre] + 1) * row,
            c.x.table + words_from(c, centre)[0] * row, v.weight[i], row)


cdef inline void average(Chunk *c, const Job *job, int32_t begin,
                         int32_t end) noexcept nogil:
    """Make hidden rows begin..end-1, by parts whose sums stay in the first cache."""
    cdef int32_t stop
    while begin < end:
        stop = min(begin + BAND, end)
        sum_places(c, job, begin, stop)
        sum_windows(c, job, begin, stop)
        begin = stop


cdef inline void limit_bounds(Chunk *c, bint mean) noexcept nogil:
    """Hidden rows' bounds, as each word of the window has to reckon with them."""
    cdef int32_t i
    for i in range(c.hidden.count):
        if not mean:  # the hidden row moves by the sum of its words' steps
            c.hidden.bound[i] *= c.left[c.first[i]] + c.right[c.first[i]]
        c.hidden.bound[i] = min(c.hidden.bound[i], FLT_MAX)  # inf - inf would be NaN


cdef inline void enter_windows(Chunk *c, const Job *job, int32_t begin,
                               int32_t end) noexcept nogil:
    """Note where each window begins what it has to give, and where it ends."""
    cdef Windows *v = &c.windows
    cdef int32_t i, k, centre
    find_places(c, job, begin, end)
    k = v.high_end - v.low_end
    memset(v.bound, 0, (k + 1) * sizeof(double))
    memset(v.open, 0, (k + 1) * sizeof(int32_t))
    memset(v.own, 0, k * sizeof(float))
    memset(v.centre, 0, k * sizeof(int32_t))
    for i in range(begin, end):
        centre = c.first[i] - v.low_end
        v.own[centre], v.centre[centre] = v.share[i], i
        v.enter[i] = centre - c.left[c.first[i]]
        v.leave[i] = centre + c.right[c.first[i]] + 1
        v.bound[v.enter[i]] += v.share[i] * <double>c.hidden.bound[i]
        v.bound[v.leave[i]] -= v.share[i] * <double>c.hidden.bound[i]
        v.open[v.enter[i]] += 1
        v.open[v.leave[i]] -= 1
    for i in range(1, k):
        v.open[i] += v.open[i - 1]


cdef inline const int32_t *rows_from(const Chunk *c, Py_ssize_t place) noexcept nogil:
    """Rows of the places from one on, counted as by words_from."""
    return c.x_at + (c.begin - c.low_end + place)


cdef inline void bound_words(Chunk *c) noexcept nogil:
    """Add to words' bounds what the windows that they are in have, but their own."""
    cdef Windows *v = &c.windows
    cdef const int32_t *x = rows_from(c, v.low_end)
    cdef int32_t k
    cdef double bound = 0
    for k in range(v.high_end - v.low_end):
        bound = bound + v.bound[k] if v.open[k] > 0 else 0
        c.x.bound[x[k]] += <float>(
            bound - v.own[k] * <double>c.hidden.bound[v.centre[k]])


cdef inline void sort_events(Windows *v, int32_t begin, int32_t end) noexcept nogil:
    """List by places the windows that begin and end there."""
    cdef int32_t i, places = v.high_end - v.low_end + 1
    forget_values(&v.events, places)
    for i in range(begin, end):
        count_value(&v.events, v.enter[i])
        count_value(&v.events, v.leave[i])
    make_room(&v.events, places)
    for i in range(begin, end):
        put(&v.events, v.enter[i], i, v.share[i])
        put(&v.events, v.leave[i], i, -v.share[i])


cdef inline void step_words(Chunk *c, Py_ssize_t row) noexcept nogil:
    """Words step by what the windows that they are in have for them, but their own."""
    cdef Windows *v = &c.windows
    cdef Places p
    p.count = v.high_end - v.low_end
    p.word, p.x = words_from(c, v.low_end), rows_from(c, v.low_end)
    p.first, p.line, p.change = v.events.first, v.events.row, v.events.value
    p.open, p.centre, p.own = v.open, v.centre, v.own
    hand_out(c.x.table, c.x.step, c.hidden.gradient, &p, row)


cdef inline void hand_back(Chunk *c, const Job *job, double rate) noexcept nogil:
    """Words of windows step by their share of the hidden rows' gradients."""
    cdef int32_t begin, end = 0, n = c.hidden.count
    memset(c.x.bound, 0, c.x.count * sizeof(float))
    limit_bounds(c, job.cbow_mean)
    while end < n:
        begin, end = end, min(end + STRETCH, n)
        enter_windows(c, job, begin, end)
        bound_words(c)
    choose_steps(&c.x, 0, c.x.count, rate)
    end = 0
    while end < n:
        begin, end = end, min(end + STRETCH, n)
        if n > STRETCH:  # else they are those of the only stretch
            enter_windows(c, job, begin, end)
        sort_events(&c.windows, begin, end)
        step_words(c, job.row)
