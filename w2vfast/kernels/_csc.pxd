# cython: language_level=3
"""A sparse matrix by columns (CSC), filled while its rows are computed."""
from libc.stdint cimport int32_t
from libc.string cimport memset


cdef extern from "_csc.h" nogil:
    struct Csc:
        int32_t *indptr
        int32_t *indices
        float *data
    void csc_append(const Csc *s, int32_t key, int32_t indices, float data)
    struct PairEntries:
        const int32_t *column
        const float *data
        const float *curvature
        const float *squared_norm
        float *row_curvature
        Csc csc
    float csc_scatter(const PairEntries *p, Py_ssize_t begin, Py_ssize_t end, int32_t row,
               float squared_norm)


cdef inline void csc_clear(Csc *s, int32_t keys) noexcept nogil:
    """Begin to count values anew."""
    memset(s.indptr, 0, (keys + 2) * sizeof(int32_t))


cdef inline void csc_count(Csc *s, int32_t key) noexcept nogil:
    """Count one value for a key."""
    s.indptr[key + 2] += 1


cdef inline void csc_set_starts(Csc *s, int32_t keys) noexcept nogil:
    """When all are counted, lay out room for each key; there is nothing in it yet."""
    cdef int32_t k
    for k in range(keys):
        s.indptr[k + 2] += s.indptr[k + 1]
