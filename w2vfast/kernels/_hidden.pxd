# cython: language_level=3
"""CBOW's hidden rows: made of the words around a centre, and handed back to them.

A window's sum is a difference of two running sums over places, and what a place gets
back is a running sum itself: the cost does not grow with the window. They start anew
every STRETCH hidden rows, so that rounding does not grow with the chunk. The reference
adds up each window.
"""
from libc.float cimport FLT_MAX
from libc.stdint cimport int32_t
from libc.string cimport memset

from w2vfast.kernels._chunk cimport Chunk, Windows
from w2vfast.kernels._job cimport Job
from w2vfast.kernels._room cimport BAND


cdef enum:
    STRETCH = 4 * BAND


cdef extern from "_windows.h" nogil:
    void running_sums(float *sums, const float *X, const int32_t *row, Py_ssize_t n,
                      Py_ssize_t size)
    float sum_window(float *h, const float *before, const float *after,
                     const float *own, float weight, Py_ssize_t size)
    void spread_window(float *enter, float *leave, const float *gradient, float weight,
                       Py_ssize_t size)
    void hand_out(float *G, const int32_t *row, const float *change,
                  const int32_t *open, const float *own, const int32_t *centre,
                  const float *H, Py_ssize_t n, Py_ssize_t size)


cdef inline void find_places(Chunk *c, int32_t begin, int32_t end) noexcept nogil:
    """The places from the first to the last of all windows of hidden rows."""
    cdef Windows *v = &c.windows
    cdef int32_t i, centre
    v.low_end = v.high_end = c.first[begin]
    for i in range(begin, end):
        centre = c.first[i]
        v.low_end = min(v.low_end, centre - c.left[centre])
        v.high_end = max(v.high_end, centre + c.right[centre] + 1)


cdef inline const int32_t *words_from(const Chunk *c, Py_ssize_t place) noexcept nogil:
    """Words of the places from one on, which is counted from the first centre."""
    return c.ahead.word + c.begin + place


cdef inline void average(Chunk *c, int32_t begin, int32_t end,
                         Py_ssize_t row) noexcept nogil:
    """h_i = weight times the sum over its window."""
    cdef Windows *v = &c.windows
    cdef const float *sums
    cdef int32_t i, centre
    if begin % STRETCH == 0:
        find_places(c, begin, min(begin + STRETCH, c.hidden.count))
        running_sums(v.sums, c.x.table, words_from(c, v.low_end),
                     v.high_end - v.low_end, row)
    sums = v.sums - v.low_end * row
    for i in range(begin, end):
        centre = c.first[i]
        c.hidden.bound[i] = 0
        c.hidden.norm[i] = sum_window(
            c.hidden.value + i * row, sums + (centre - c.left[centre]) * row,
            sums + (centre + c.right[centre] + 1) * row,
            c.x.table + words_from(c, centre)[0] * row, v.weight[i], row)


cdef inline void enter_windows(Chunk *c, int32_t begin, int32_t end, bint mean,
                               Py_ssize_t row) noexcept nogil:
    """Note where each window begins what it has to give, and where it ends."""
    cdef Windows *v = &c.windows
    cdef Py_ssize_t places = v.high_end - v.low_end
    cdef int32_t i, enter, leave
    memset(v.sums, 0, (places + 1) * row * sizeof(float))
    memset(v.bound, 0, (places + 1) * sizeof(double))
    memset(v.open, 0, (places + 1) * sizeof(int32_t))
    memset(v.own, 0, places * sizeof(float))
    memset(v.centre, 0, places * sizeof(int32_t))
    for i in range(begin, end):
        enter = c.first[i] - c.left[c.first[i]] - v.low_end
        leave = c.first[i] + c.right[c.first[i]] + 1 - v.low_end
        spread_window(v.sums + enter * row, v.sums + leave * row,
                      c.hidden.gradient + i * row, v.share[i], row)
        if not mean:  # the hidden row moves by the sum of its words' steps
            c.hidden.bound[i] *= leave - enter - 1
        c.hidden.bound[i] = min(c.hidden.bound[i], FLT_MAX)  # inf - inf would be NaN
        v.bound[enter] += v.share[i] * <double>c.hidden.bound[i]
        v.bound[leave] -= v.share[i] * <double>c.hidden.bound[i]
        v.open[enter] += 1
        v.open[leave] -= 1
        v.own[c.first[i] - v.low_end] = v.share[i]
        v.centre[c.first[i] - v.low_end] = i


cdef inline void leave_windows(Chunk *c, Py_ssize_t row) noexcept nogil:
    """Give every place what the windows that it is in have for it, but its own."""
    cdef Windows *v = &c.windows
    cdef const int32_t *x = c.x_at + (c.begin - c.low_end + v.low_end)
    cdef int32_t k, places = v.high_end - v.low_end
    cdef double bound = 0
    for k in range(places):
        v.open[k] += v.open[k - 1] if k > 0 else 0
        bound = bound + v.bound[k] if v.open[k] > 0 else 0
        c.x.bound[x[k]] += <float>(
            bound - v.own[k] * <double>c.hidden.bound[v.centre[k]])
    hand_out(c.x.gradient, x, v.sums, v.open, v.own, v.centre, c.hidden.gradient,
             places, row)


cdef inline void hand_back(Chunk *c, const Job *job) noexcept nogil:
    """Words of windows take their share of the hidden rows' gradients."""
    cdef int32_t begin, end = 0
    memset(c.x.gradient, 0, c.x.count * job.row * sizeof(float))
    memset(c.x.bound, 0, c.x.count * sizeof(float))
    while end < c.hidden.count:
        begin, end = end, min(end + STRETCH, c.hidden.count)
        find_places(c, begin, end)
        enter_windows(c, begin, end, job.cbow_mean, job.row)
        leave_windows(c, job.row)
