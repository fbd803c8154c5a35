# cython: language_level=3
"""Sparse matrices by columns (CSC): count the entries of columns, then append them.

A counting sort: csc_clear, csc_count once for each entry, csc_set_starts, and then
csc_append once for each entry.
"""
from libc.stdint cimport int32_t
from libc.string cimport memset


cdef extern from "_csc.h" nogil:
    struct Csc:
        int32_t *indptr
        int32_t *indices
        float *data
    void csc_append(const Csc *s, int32_t column, int32_t row, float value)

    struct PairEntries:
        const int32_t *column
        const float *data
        const float *curvature
        const float *squared_norm
        float *column_curvature
        Csc csc
    float csc_scatter(const PairEntries *p, Py_ssize_t begin, Py_ssize_t end,
                      int32_t row, float squared_norm)


cdef inline void csc_clear(Csc *s, int32_t columns) noexcept nogil:
    """Set all counts to zero."""
    memset(s.indptr, 0, (columns + 2) * sizeof(int32_t))


cdef inline void csc_count(Csc *s, int32_t column) noexcept nogil:
    """Count one entry of a column."""
    s.indptr[column + 2] += 1


cdef inline void csc_set_starts(Csc *s, int32_t columns) noexcept nogil:
    """Turn the counts into starts: indptr[k + 1] is where column k begins, and ends."""
    cdef int32_t k
    for k in range(columns):
        s.indptr[k + 2] += s.indptr[k + 1]
