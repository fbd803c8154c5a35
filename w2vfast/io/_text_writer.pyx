"""Float32 vectors to lines of text, without the GIL.

Numbers have the 9 significant digits of C's ``%.9g``, enough to read the same float32
again. A double product gives the digits. Where it lies too near the middle of two
candidates for its rounding error, Python's ``%`` operator decides.
"""

from libc.math cimport fabs, floor
from libc.stdint cimport int64_t, uint8_t, uint32_t
from libc.string cimport memcpy

from w2vfast.io._decimal cimport POWERS

cdef enum:
    NUMBER_BYTES = 16  # -1.23456789e-38 and a separator
    DIGITS = 9

cdef double MARGIN = 1e-5  # far above the rounding error of numbers up to 1e9


cdef int64_t write_hard(float value, uint8_t *out) except -1 with gil:
    """Write a number with Python's correctly rounded ``%.9g``."""
    cdef bytes text = b"%.9g" % (<double> value)
    memcpy(out, <const char *> text, len(text))
    return len(text)


cdef inline int64_t place(
    uint8_t *out, const uint8_t *digits, int64_t n_digits, int64_t exponent
) noexcept nogil:
    """Write digits d.ddd times 10**exponent as ``%g`` does; return the length."""
    cdef int64_t i, n = 0
    if exponent < -4 or exponent >= DIGITS:
        out[0] = digits[0]
        n = 1
        if n_digits > 1:
            out[1] = 46  # .
            memcpy(out + 2, digits + 1, n_digits - 1)
            n = n_digits + 1
        out[n] = 101  # e
        out[n + 1] = 45 if exponent < 0 else 43  # - +
        exponent = -exponent if exponent < 0 else exponent
        out[n + 2] = <uint8_t> (48 + exponent // 10)
        out[n + 3] = <uint8_t> (48 + exponent % 10)
        return n + 4
    if exponent < 0:
        out[0] = 48
        out[1] = 46
        for i in range(-exponent - 1):
            out[2 + i] = 48
        memcpy(out + 1 - exponent, digits, n_digits)
        return 1 - exponent + n_digits
    for i in range(exponent + 1):
        out[i] = digits[i] if i < n_digits else 48
    if n_digits <= exponent + 1:
        return exponent + 1
    out[exponent + 1] = 46
    memcpy(out + exponent + 2, digits + exponent + 1, n_digits - exponent - 1)
    return n_digits + 1


cdef int64_t write_number(float value, uint8_t *out) except -1 nogil:
    """Write `value` like ``%.9g``; return the number of bytes, 15 at most."""
    cdef uint8_t digits[DIGITS]
    cdef uint32_t bits, number
    cdef int64_t exponent, i, n_digits = DIGITS, sign = 0
    cdef double magnitude = fabs(<double> value), scaled, whole
    memcpy(&bits, &value, 4)
    if (bits & 0x7f800000) == 0x7f800000:  # NaN or infinity
        return write_hard(value, out)
    if bits >> 31:
        out[0] = 45
        sign = 1
    if magnitude == 0:
        out[sign] = 48
        return sign + 1
    # log10(2) times the binary exponent; at most one too small for normal numbers.
    exponent = ((<int64_t> (bits >> 23 & 255) - 127) * 78913) >> 18
    while True:
        i = DIGITS - 1 - exponent
        scaled = magnitude * POWERS[i] if i >= 0 else magnitude / POWERS[-i]
        if scaled < 1e8 - 0.5:
            exponent -= 1
        elif scaled >= 1e9:
            exponent += 1
        else:
            break
    whole = floor(scaled)
    if fabs(scaled - whole - 0.5) < MARGIN or scaled < 1e8 + MARGIN:
        if scaled != 1e8 or whole != scaled:
            return write_hard(value, out)
    number = <uint32_t> (whole + (scaled - whole > 0.5))
    if number == 1000000000:
        number = 100000000
        exponent += 1
    for i in range(DIGITS):
        digits[DIGITS - 1 - i] = <uint8_t> (48 + number % 10)
        number //= 10
    while n_digits > 1 and digits[n_digits - 1] == 48:
        n_digits -= 1
    return sign + place(out + sign, digits, n_digits, exponent)


def text_bytes(int64_t prefix_bytes, int64_t n_rows, int64_t dimensions):
    """Return an upper bound for the bytes that `format_rows` writes."""
    return prefix_bytes + n_rows * dimensions * NUMBER_BYTES


def format_rows(const float[:, ::1] vectors, const uint8_t[::1] prefixes,
                const int64_t[::1] offsets, uint8_t[::1] out):
    """
    Write lines: a prefix, the numbers of a row with spaces between, a newline.

    Parameters
    ----------
    vectors : float32, shape (rows, dimensions)
    prefixes : buffer of bytes
        The prefixes of all rows, one after the other.
    offsets : int64, shape (rows + 1,)
        The prefix of row i is ``prefixes[offsets[i]:offsets[i + 1]]``.
    out : uint8
        At least ``text_bytes(len(prefixes), rows, dimensions)`` bytes.

    Returns
    -------
    int
        Bytes written to `out`.
    """
    cdef int64_t i, j, n = 0, rows = vectors.shape[0], dimensions = vectors.shape[1]
    if offsets.shape[0] != rows + 1 or dimensions == 0:
        raise ValueError(f"{offsets.shape[0]} offsets for {rows} rows")
    if rows == 0:
        return 0
    for i in range(rows):
        if not 0 <= offsets[i] <= offsets[i + 1] <= prefixes.shape[0]:
            raise ValueError(f"prefix {i} lies outside the prefixes")
    if out.shape[0] < offsets[rows] - offsets[0] + rows * dimensions * NUMBER_BYTES:
        raise ValueError(f"{out.shape[0]} bytes are too few for {rows} rows")
    with nogil:
        for i in range(rows):
            if offsets[i + 1] > offsets[i]:
                memcpy(&out[n], &prefixes[offsets[i]], offsets[i + 1] - offsets[i])
            n += offsets[i + 1] - offsets[i]
            for j in range(dimensions):
                n += write_number(vectors[i, j], &out[n])
                out[n] = 32 if j + 1 < dimensions else 10
                n += 1
    return n
