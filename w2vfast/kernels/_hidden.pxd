# cython: language_level=3
"""CBOW's hidden rows: made of the words around a centre, and handed back to them.

A window's sum is a difference of two running sums over the chunk's places, and what
a place gets back, a running sum itself: neither grows with the window. The reference
adds window by window.
"""
from libc.stdint cimport int32_t
from libc.string cimport memset

from w2vfast.kernels._chunk cimport Chunk, Windows
from w2vfast.kernels._job cimport Job
from w2vfast.kernels._steps cimport look_forward, step_rows


cdef extern from "_windows.h" nogil:
    void run_on(float *to, const float *before, const float *x, Py_ssize_t size)
    float sum_window(float *h, const float *before, const float *after,
                     const float *own, float weight, Py_ssize_t size)
    void spread_window(float *enter, float *leave, const float *gradient, float weight,
                       Py_ssize_t size)
    void hand_out(float *to, const float *before, const float *own, float weight,
                  float *gradient, Py_ssize_t size)


cdef inline void add_up(Chunk *c, Py_ssize_t row) noexcept nogil:
    """Running sums of the places' rows."""
    cdef float *sums = c.windows.sums
    cdef Py_ssize_t k
    memset(sums, 0, row * sizeof(float))
    for k in range(c.high_end - c.low_end):
        run_on(sums + (k + 1) * row, sums + k * row, c.x.value + c.x_at[k] * row, row)


cdef inline void average(Chunk *c, int32_t begin, int32_t end,
                         Py_ssize_t row) noexcept nogil:
    """h_i = weight times the sum over its window."""
    cdef Windows *v = &c.windows
    cdef Py_ssize_t place
    cdef int32_t i
    memset(c.hidden.bound + begin, 0, (end - begin) * sizeof(float))
    for i in range(begin, end):
        place = c.begin - c.low_end + c.first[i]
        c.hidden.norm[i] = sum_window(
            c.hidden.value + i * row, v.sums + (place - c.left[c.first[i]]) * row,
            v.sums + (place + c.right[c.first[i]] + 1) * row,
            c.x.value + c.x_at[place] * row, v.weight[i], row)


cdef inline void enter_windows(Chunk *c, bint mean, Py_ssize_t row) noexcept nogil:
    """Note where each window begins what it has to give, and where it ends.

    Place k has row k + 1 of the sums; the first is zero.
    """
    cdef Windows *v = &c.windows
    cdef Py_ssize_t places = c.high_end - c.low_end, place, enter, leave
    cdef int32_t i
    memset(v.sums, 0, (places + 2) * row * sizeof(float))
    memset(v.bound, 0, (places + 1) * sizeof(double))
    memset(v.count, 0, (places + 1) * sizeof(int32_t))
    for i in range(c.hidden.count):
        place = c.begin - c.low_end + c.first[i]
        enter = place - c.left[c.first[i]]
        leave = place + c.right[c.first[i]] + 1
        spread_window(v.sums + (enter + 1) * row, v.sums + (leave + 1) * row,
                      c.hidden.gradient + i * row, v.share[i], row)
        if not mean:  # the hidden row moves by the sum of its words' steps
            c.hidden.bound[i] *= leave - enter - 1
        v.bound[enter] += v.share[i] * c.hidden.bound[i]
        v.bound[leave] -= v.share[i] * c.hidden.bound[i]
        v.count[enter] += 1
        v.count[leave] -= 1


cdef inline void leave_windows(Chunk *c, Py_ssize_t row) noexcept nogil:
    """Give every place what the windows that it is in have for it, but its own."""
    cdef Windows *v = &c.windows
    cdef const float *before
    cdef Py_ssize_t k
    cdef int32_t next_line = 0, line, count = 0
    cdef double bound = 0
    cdef float share
    for k in range(c.high_end - c.low_end):
        look_forward(c, row)
        before = v.sums + (k * row if count > 0 else 0)
        count += v.count[k]
        if count == 0:  # and what rounding left is nobody's
            bound = 0
            continue
        bound += v.bound[k]
        line, share = min(next_line, c.hidden.count - 1), 0
        if line == next_line and c.first[line] == k + c.low_end - c.begin:
            share = v.share[line]
            next_line += 1
        hand_out(v.sums + (k + 1) * row, before, c.hidden.gradient + line * row, share,
                 c.x.gradient + c.x_at[k] * row, row)
        c.x.bound[c.x_at[k]] += <float>(bound - share * c.hidden.bound[line])


cdef inline void hand_back(Chunk *c, const Job *job, double rate) noexcept nogil:
    """The window's words take their share of the hidden row's gradient."""
    memset(c.x.gradient, 0, c.x.count * job.row * sizeof(float))
    enter_windows(c, job.cbow_mean, job.row)
    leave_windows(c, job.row)
    step_rows(&c.x, job.row, rate)
