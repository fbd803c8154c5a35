"""Compute float32 scores of rows, and select the rows with the largest scores."""

from libc.math cimport sqrtf
from libc.stdint cimport int32_t

DEF GROUP = 32  # scores that are compared with the limit at once
DEF MIN_SQUARE = 1e-30  # sums of smaller squares lose digits
DEF MAX_SQUARE = 1e30


cdef inline bint any_reaches(
    const float *scores, const float *scale, float limit
) noexcept nogil:
    """Return whether one of `GROUP` scaled scores reaches the limit."""
    cdef int32_t reached = 0
    cdef Py_ssize_t i
    for i in range(GROUP):
        reached |= scores[i] * scale[i] >= limit
    return reached


cdef inline void replace_smallest(
    float *heap, Py_ssize_t k, float score
) noexcept nogil:
    """Replace the first, smallest number of a heap of k numbers."""
    cdef Py_ssize_t parent = 0, child = 1
    while child < k:
        if child + 1 < k and heap[child + 1] < heap[child]:
            child += 1
        if score <= heap[child]:
            break
        heap[parent] = heap[child]
        parent = child
        child = 2 * parent + 1
    heap[parent] = score


cdef Py_ssize_t select_of_query(
    const float *scores,
    const float *scale,
    Py_ssize_t n_rows,
    Py_ssize_t first_row,
    float *best,
    Py_ssize_t k,
    float error,
    Py_ssize_t *rows,
    float *selected,
) noexcept nogil:
    """Append the rows of one query; return their number."""
    cdef Py_ssize_t row = 0, stop, n = 0, kept = 0, i
    cdef float limit = best[0] - error
    cdef float score
    while row < n_rows:
        stop = row + GROUP
        if stop > n_rows:
            stop = n_rows
        elif not any_reaches(scores + row, scale + row, limit):
            row = stop
            continue
        while row < stop:
            score = scores[row] * scale[row]
            if score >= limit:
                rows[n] = first_row + row
                selected[n] = score
                n += 1
                if score > best[0]:
                    replace_smallest(best, k, score)
                    limit = best[0] - error
            row += 1
    for i in range(n):  # the limit has risen since the first rows
        if selected[i] >= limit:
            rows[kept] = rows[i]
            selected[kept] = selected[i]
            kept += 1
    return kept


def select_rows(
    const float[:, ::1] scores,
    const float[::1] scale,
    Py_ssize_t first_row,
    float[:, ::1] best,
    float error,
    Py_ssize_t[::1] rows,
    float[::1] selected,
    Py_ssize_t[::1] counts,
):
    """
    Select the rows of a block whose scores may be among the k largest of all blocks.

    Parameters
    ----------
    scores : float32 array, shape (n, B)
        The score of query i and row j of the block is ``scores[i, j] * scale[j]``.
    scale : float32 array, shape (B,)
    first_row : int
        Index of the block's first row.
    best : float32 array, shape (n, k)
        For each query, the k largest scores of the blocks so far as a heap: the
        smallest is the first. Updated. Initially negative infinity.
    error : float
        Scores that are lower by at most this value are selected too.
    rows : intp array, shape (n * B,)
        Receives the selected rows, ascending, one query after the other.
    selected : float32 array, shape (n * B,)
        Receives the scores of these rows.
    counts : intp array, shape (n,)
        Receives the number of rows of each query.

    Returns
    -------
    int
        The number of selected rows of all queries.
    """
    cdef Py_ssize_t n = scores.shape[0], b = scores.shape[1], k = best.shape[1]
    if scale.shape[0] != b or best.shape[0] != n or counts.shape[0] != n:
        raise ValueError("expected shapes (n, B), (B,), (n, k) and (n,)")
    if rows.shape[0] < n * b or selected.shape[0] < n * b:
        raise ValueError("expected space for each score")
    if n == 0 or b == 0 or k == 0:
        counts[:] = 0
        return 0
    cdef Py_ssize_t total = 0, i
    with nogil:
        for i in range(n):
            counts[i] = select_of_query(
                &scores[i, 0], &scale[0], b, first_row, &best[i, 0], k, error,
                &rows[0] + total, &selected[0] + total,
            )
            total += counts[i]
    return total


cdef void products_of_rows(
    const float *rows,
    const float *query,
    Py_ssize_t dimensions,
    float *products,
    float *squares,
) noexcept nogil:
    """Process four rows: so many sums hide the latency of an addition."""
    cdef const float *b = rows + dimensions
    cdef const float *c = b + dimensions
    cdef const float *d = c + dimensions
    cdef float pa = 0, pb = 0, pc = 0, pd = 0, sa = 0, sb = 0, sc = 0, sd = 0
    cdef Py_ssize_t i
    for i in range(dimensions):
        pa += rows[i] * query[i]
        pb += b[i] * query[i]
        pc += c[i] * query[i]
        pd += d[i] * query[i]
        sa += rows[i] * rows[i]
        sb += b[i] * b[i]
        sc += c[i] * c[i]
        sd += d[i] * d[i]
    products[0], products[1], products[2], products[3] = pa, pb, pc, pd
    squares[0], squares[1], squares[2], squares[3] = sa, sb, sc, sd


cdef void products_of_row(
    const float *row,
    const float *query,
    Py_ssize_t dimensions,
    float *product,
    float *square,
) noexcept nogil:
    cdef float total = 0, squares = 0
    cdef Py_ssize_t i
    for i in range(dimensions):
        total += row[i] * query[i]
        squares += row[i] * row[i]
    product[0] = total
    square[0] = squares


def products_and_lengths(
    const float[:, ::1] rows,
    const float[::1] query,
    float[::1] products,
    float[::1] lengths,
):
    """
    Write ``rows @ query`` and the Euclidean lengths of the rows, in one pass.

    Parameters
    ----------
    rows : float32 array, shape (n, d)
    query : float32 array, shape (d,)
    products, lengths : float32 arrays, shape (n,)

    Returns
    -------
    bool
        False if a length is wrong, because its square is too large or small, or NaN.
    """
    cdef Py_ssize_t n = rows.shape[0], d = rows.shape[1], i
    cdef int32_t right = 1
    if query.shape[0] != d or products.shape[0] != n or lengths.shape[0] != n:
        raise ValueError("expected shapes (n, d), (d,), (n,) and (n,)")
    if n == 0 or d == 0:
        products[:] = 0
        lengths[:] = 0
        return n == 0
    with nogil:
        for i in range(0, n - 3, 4):
            products_of_rows(&rows[i, 0], &query[0], d, &products[i], &lengths[i])
        for i in range(n - n % 4, n):
            products_of_row(&rows[i, 0], &query[0], d, &products[i], &lengths[i])
        for i in range(n):
            right &= lengths[i] > MIN_SQUARE and lengths[i] < MAX_SQUARE
            lengths[i] = sqrtf(lengths[i])
    return right != 0
