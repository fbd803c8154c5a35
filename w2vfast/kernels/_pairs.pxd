# cython: language_level=3
"""The sparse part of every objective: hidden rows and the rows that they aim at."""
from libc.stdint cimport int32_t

from w2vfast.kernels._batch cimport Chunk, Pairs, Rows, Sorted, repeat
from w2vfast.kernels._job cimport SOFTMAX, Job
from w2vfast.kernels._sgd cimport RowSums, look_forward, settle


cdef enum:
    GROUP = 8       # lines of one entry that are taken at once


cdef extern from "_csc.h" nogil:
    struct Entries:
        const int32_t *column
        const float *value
        const float *slope
        const float *norm
        float *bound
        Sorted columns
    float tell(const Entries *p, Py_ssize_t begin, Py_ssize_t end, int32_t row,
               float norm)


cdef extern from "_matmul.h" nogil:
    void dots(const float *h, const float *Y, const int32_t *y, int n, Py_ssize_t size,
              float *out)
    void dots_in_turn(const float *H, const float *Y, const int32_t *y, int n,
                      Py_ssize_t size, float *out)


cdef extern from "_logistic.h" nogil:
    double attract(float *s, const float *label, float *slope, int n)


cdef extern from "_softmax.h" nogil:
    double attract_softmax(float *s, const float *log_z, float *slope, int n)


cdef inline int32_t take_scores(Chunk *c, const Job *job, int32_t i,
                                int32_t end) noexcept nogil:
    """Scores of line i, or of some lines with one entry each; return the next line."""
    cdef Pairs *p = &c.pairs
    cdef const float *h = c.hidden.value + p.row[i] * job.row
    cdef int32_t e = p.start[i], n = min(<int32_t>GROUP, end - i)
    if job.cbow and not c.tree:
        dots_in_turn(h, c.y.table, p.word + e, n, job.row, p.value + e)
        return i + n
    dots(h, c.y.table, p.word + e, p.start[i + 1] - e, job.row, p.value + e)
    return i + 1


cdef inline double score(Chunk *c, const Job *job, int32_t begin,
                         int32_t end) noexcept nogil:
    """Scores of the pairs become factors of the gradients; return their loss."""
    cdef Pairs *p = &c.pairs
    cdef int32_t i = begin, e, n
    while i < end:
        look_forward(c, job.row)
        i = take_scores(c, job, i, end)
    e, n = p.start[begin], p.start[end] - p.start[begin]
    if job.loss != SOFTMAX:
        return attract(p.value + e, p.label + e, p.slope + e, n)
    for i in range(begin, end):
        repeat(p.label + p.start[i], c.z.log_z[p.row[i]], p.start[i + 1] - p.start[i])
    return attract_softmax(p.value + e, p.label + e, p.slope + e, n)


cdef inline void settle_lines(Chunk *c, const Job *job, int32_t begin, int32_t end,
                              double rate) noexcept nogil:
    """Settle each hidden row: add what its pairs amount to, and tell the columns."""
    cdef Pairs *p = &c.pairs
    cdef Rows *h = &c.hidden
    cdef Entries entries
    cdef RowSums s
    cdef bint at_once = job.loss != SOFTMAX and not job.cbow
    cdef int32_t i, k
    entries.column, entries.value, entries.slope = p.column, p.value, p.slope
    entries.norm, entries.bound, entries.columns = c.y.norm, c.y.bound, p.columns
    for i in range(begin, end):
        look_forward(c, job.row)
        k = p.row[i]
        h.bound[k] += tell(&entries, p.start[i], p.start[i + 1], k, h.norm[k])
    s.first, s.row, s.weight = p.start, p.word, p.value
    s.X, s.size, s.at = c.y.table, job.row, p.row
    s.G = h.gradient if c.noise > 0 else NULL
    settle(&s, h, begin, end, at_once, rate)
