"""
Cosines of float32 rows with float64 vectors, summed in a fixed order.

The order is that of NumPy's pairwise summation. So equal rows get equal cosines, and
the rounding error hardly grows with the number of dimensions.
"""

DEF UNROLLED = 8  # accumulators
DEF BLOCK = 128  # longer sums are halved


cdef double pairwise_sum(const float *x, const double *y, Py_ssize_t n) noexcept nogil:
    cdef double s0, s1, s2, s3, s4, s5, s6, s7, total
    cdef Py_ssize_t i, half
    if n < UNROLLED:
        total = 0
        for i in range(n):
            total += x[i] * y[i]
        return total
    if n > BLOCK:
        half = n // 2
        half -= half % UNROLLED
        return pairwise_sum(x, y, half) + pairwise_sum(x + half, y + half, n - half)
    s0 = x[0] * y[0]
    s1 = x[1] * y[1]
    s2 = x[2] * y[2]
    s3 = x[3] * y[3]
    s4 = x[4] * y[4]
    s5 = x[5] * y[5]
    s6 = x[6] * y[6]
    s7 = x[7] * y[7]
    i = UNROLLED
    while i <= n - UNROLLED:
        s0 += x[i] * y[i]
        s1 += x[i + 1] * y[i + 1]
        s2 += x[i + 2] * y[i + 2]
        s3 += x[i + 3] * y[i + 3]
        s4 += x[i + 4] * y[i + 4]
        s5 += x[i + 5] * y[i + 5]
        s6 += x[i + 6] * y[i + 6]
        s7 += x[i + 7] * y[i + 7]
        i += UNROLLED
    total = ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))
    while i < n:
        total += x[i] * y[i]
        i += 1
    return total


def exact_cosines(
    const float[:, ::1] vectors,
    const Py_ssize_t[::1] rows,
    const double[:, ::1] units,
    const Py_ssize_t[::1] owners,
    const double[::1] lengths,
    double[::1] out,
):
    """
    Write the cosine of ``vectors[rows[i]]`` and ``units[owners[i]]`` to ``out[i]``.

    Without `owners`, all rows belong to the only unit.

    Parameters
    ----------
    vectors : float32 array, shape (V, d)
    rows : intp array, shape (n,)
        From 0 to V - 1.
    units : float64 array, shape (m, d)
        Of length 1, or zeros.
    owners : intp array, shape (n,), or None
        From 0 to m - 1.
    lengths : float64 array, shape (V,)
        Euclidean lengths of the rows; 1 for rows of zeros.
    out : float64 array, shape (n,)
        Receives numbers from -1 to 1.
    """
    cdef Py_ssize_t n = rows.shape[0], d = vectors.shape[1], i, owner = 0
    cdef double cosine
    if units.shape[1] != d or out.shape[0] != n or units.shape[0] == 0:
        raise ValueError("expected shapes (V, d), (n,), (m, d) and (n,)")
    if lengths.shape[0] != vectors.shape[0]:
        raise ValueError("expected a length for each row of the vectors")
    cdef bint paired = owners is not None
    if paired and owners.shape[0] != n:
        raise ValueError("expected an owner for each row")
    if n == 0 or d == 0:
        out[:] = 0
        return
    with nogil:
        for i in range(n):
            if paired:
                owner = owners[i]
            cosine = pairwise_sum(&vectors[rows[i], 0], &units[owner, 0], d)
            cosine /= lengths[rows[i]]
            out[i] = 1 if cosine > 1 else -1 if cosine < -1 else cosine
