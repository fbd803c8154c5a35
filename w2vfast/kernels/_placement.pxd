# cython: language_level=3
"""Place the arrays of each struct in the one allocation of a kernel call.

Each place_ function takes memory at a cursor, and assigns the arrays of one struct.
Array sizes are upper bounds for any batch of the call.
"""
from libc.stdint cimport int32_t, int64_t, uint16_t, uint32_t

from w2vfast.kernels._arguments cimport KernelArguments, padded_size
from w2vfast.kernels._batch cimport (
    ROUNDED_SLACK, Pairs, RoundedOperands, Rows, Windows)
from w2vfast.kernels._csc cimport Csc
from w2vfast.kernels._tiles cimport ROUNDED_TILE
from w2vfast.kernels._token_block cimport TokenBlock


cdef extern from "_guards.h" nogil:
    const int GUARD_BYTES
    void open_array(const char *begin, size_t size)


cdef inline void *take(char **cursor, Py_ssize_t items, Py_ssize_t size) noexcept nogil:
    """Return memory for an array and advance the cursor.

    Arrays are aligned to cache lines. 16 spare items allow writes of whole panels.
    """
    cdef char *array = cursor[0]
    open_array(array, (items + 16) * size)
    cursor[0] += ((items + 16) * size + 63) // 64 * 64 + GUARD_BYTES
    return array


cdef inline void place_rows(Rows *r, char **cursor, Py_ssize_t n,
                            float *table, uint16_t *half,
                            const float *scale) noexcept nogil:
    r.table, r.half, r.scale = table, half, scale
    r.merged, r.merged_rows, r.n_merged = NULL, NULL, 0
    r.word = <int32_t *>take(cursor, n, sizeof(int32_t))
    r.squared_norm = <float *>take(cursor, n, sizeof(float))
    r.curvature = <float *>take(cursor, n, sizeof(float))
    r.step_size = <float *>take(cursor, n, sizeof(float))


cdef inline void place_copies(Rows *r, char **cursor, Py_ssize_t values,
                              Py_ssize_t gradients, Py_ssize_t row) noexcept nogil:
    r.value = <float *>take(cursor, padded_size(values) * row, sizeof(float))
    r.gradient = <float *>take(cursor, padded_size(gradients) * row, sizeof(float))
    if r.half != NULL:
        r.table = r.value


cdef inline void place_csc(Csc *s, char **cursor, Py_ssize_t keys,
                           Py_ssize_t values) noexcept nogil:
    s.indptr = <int32_t *>take(cursor, keys + 2, sizeof(int32_t))
    s.indices = <int32_t *>take(cursor, values, sizeof(int32_t))
    s.data = <float *>take(cursor, values, sizeof(float))


cdef inline void place_pairs(Pairs *p, char **cursor, Py_ssize_t rows,
                             Py_ssize_t entries, Py_ssize_t columns) noexcept nogil:
    p.indptr = <int32_t *>take(cursor, rows + 1, sizeof(int32_t))
    p.hidden_row = <int32_t *>take(cursor, rows, sizeof(int32_t))
    p.indices = <int32_t *>take(cursor, entries, sizeof(int32_t))
    p.word = <int32_t *>take(cursor, entries, sizeof(int32_t))
    p.weight = NULL
    p.label = <float *>take(cursor, entries, sizeof(float))
    p.data = <float *>take(cursor, entries, sizeof(float))
    p.curvature = <float *>take(cursor, entries, sizeof(float))
    place_csc(&p.csc, cursor, columns, entries)


cdef inline void place_windows(Windows *v, char **cursor, Py_ssize_t centres,
                               Py_ssize_t tokens, Py_ssize_t row) noexcept nogil:
    v.context_weight = <float *>take(cursor, centres, sizeof(float))
    v.gradient_weight = <float *>take(cursor, centres, sizeof(float))
    v.window_begin = <int32_t *>take(cursor, centres, sizeof(int32_t))
    v.window_end = <int32_t *>take(cursor, centres, sizeof(int32_t))
    v.prefix = <float *>take(cursor, (tokens + 1) * row, sizeof(float))
    v.curvature_change = <double *>take(cursor, tokens + 1, sizeof(double))
    v.n_windows = <int32_t *>take(cursor, tokens + 1, sizeof(int32_t))
    v.own_weight = <float *>take(cursor, tokens, sizeof(float))
    v.own_hidden = <int32_t *>take(cursor, tokens, sizeof(int32_t))
    place_csc(&v.changes, cursor, tokens + 1, 2 * centres)


cdef inline void place_token_block(TokenBlock *s, char **cursor,
                                   const KernelArguments *args) noexcept nogil:
    cdef Py_ssize_t n = args.block_size + 2 * args.window + 1
    s.word = <int32_t *>take(cursor, n, sizeof(int32_t))
    s.position = <int64_t *>take(cursor, n, sizeof(int64_t))
    s.radius = <int32_t *>take(cursor, n, sizeof(int32_t))
    s.sentence_begin = <int32_t *>take(cursor, n, sizeof(int32_t))
    s.sentence_end = <int32_t *>take(cursor, n, sizeof(int32_t))


cdef inline void place_rounded(RoundedOperands *p, char **cursor,
                               const KernelArguments *args,
                               Py_ssize_t shared) noexcept nogil:
    """Operands in bfloat16. Sizes are those of the widest use of each array."""
    cdef Py_ssize_t size = args.row_size
    cdef Py_ssize_t rows = ROUNDED_TILE + ROUNDED_SLACK
    cdef Py_ssize_t n = shared + ROUNDED_SLACK
    p.amx, p.size, p.used_size = args.amx, size, args.used_size
    p.hidden = <float *>take(cursor, rows * size, sizeof(float))
    p.shared_rows = <float *>take(cursor, n * size, sizeof(float))
    p.shared_columns = <float *>take(cursor, n * size, sizeof(float))
    if not args.amx:
        return
    p.hidden_pairs = <uint32_t *>take(cursor, rows // 2 * size, sizeof(uint32_t))
    p.shared_pairs = <uint32_t *>take(cursor, n // 2 * size, sizeof(uint32_t))
    p.factors = <uint16_t *>take(cursor, rows * n, sizeof(uint16_t))
    p.factor_pairs = <uint32_t *>take(cursor, rows // 2 * n, sizeof(uint32_t))
    p.factor_columns = <uint32_t *>take(cursor, rows // 2 * n, sizeof(uint32_t))
