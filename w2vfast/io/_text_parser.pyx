"""Lines of text to float32 vectors, without the GIL.

A number becomes the float32 that Python gives it: the nearest double, rounded to
float32. Numbers of up to 2**53 with a power of ten of at most 22 need one exact
operation (Clinger, 1990). For the others the double is known to a few units in its
last place. Only if a float32 boundary lies that near does Python's ``float`` decide.
"""

from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memchr, memcpy

from w2vfast.io._decimal cimport EXACT_POWER, MAX_POWER, POWERS, is_digit, is_white

cdef enum:
    MAX_EXPONENT = 100000  # larger exponents mean zero or infinity as well

cdef uint64_t MAX_MANTISSA = 10 ** 18  # one more digit fits 64 bits
cdef uint64_t EXACT_MANTISSA = 2 ** 53  # doubles hold all integers up to this one
# Bounds of the error of a product or quotient of two rounded doubles: 4 units.
cdef double LOWER = 1 - 1e-15
cdef double UPPER = 1 + 1e-15


cdef int convert_hard(
    const uint8_t *start, const uint8_t *end, float *out
) except -1 with gil:
    """Convert a number with Python's correctly rounded ``float``."""
    cdef double value = float(PyBytes_FromStringAndSize(<char *> start, end - start))
    out[0] = <float> value
    return 0


cdef inline bint matches(
    const uint8_t *at, const uint8_t *end, const char *word, int64_t length
) noexcept nogil:
    """Return whether the bytes at `at` are `word`, in upper or lower case."""
    cdef int64_t i
    if end - at != length:
        return False
    for i in range(length):
        if (at[i] | 32) != <uint8_t> word[i]:
            return False
    return True


cdef struct Decimal:
    uint64_t mantissa  # the first 18 or 19 digits
    int64_t power      # the number is about mantissa * 10 ** power
    bint exact         # False if there are more digits
    bint has_digits


cdef inline const uint8_t *read_digits(
    const uint8_t *at, const uint8_t *end, Decimal *number, bint fraction
) noexcept nogil:
    """Append digits to a number; return their end."""
    while at < end and is_digit(at[0]):
        number.has_digits = True
        if number.mantissa < MAX_MANTISSA:
            number.mantissa = 10 * number.mantissa + (at[0] - 48)
            number.power -= fraction
        else:
            number.power += not fraction
            number.exact = False
        at += 1
    return at


cdef inline const uint8_t *read_exponent(
    const uint8_t *at, const uint8_t *end, Decimal *number
) noexcept nogil:
    """Read the exponent behind an "e"; return its end, or NULL if it has no digits."""
    cdef int64_t exponent = 0
    cdef bint negative = False
    if at < end and (at[0] == 43 or at[0] == 45):  # + -
        negative = at[0] == 45
        at += 1
    if at == end or not is_digit(at[0]):
        return NULL
    while at < end and is_digit(at[0]):
        if exponent < MAX_EXPONENT:
            exponent = 10 * exponent + (at[0] - 48)
        at += 1
    number.power += -exponent if negative else exponent
    return at


cdef int parse_name(
    const uint8_t **cursor, const uint8_t *at, const uint8_t *end, float *out
) except -1 nogil:
    """Read "nan", "inf" or "infinity" at `at`, behind a sign; return 0 if none is."""
    cdef const uint8_t *stop = at
    while stop < end and not is_white(stop[0]):
        stop += 1
    if not (matches(at, stop, b"nan", 3) or matches(at, stop, b"inf", 3)
            or matches(at, stop, b"infinity", 8)):
        return 0
    convert_hard(cursor[0], stop, out)
    cursor[0] = stop
    return 1


cdef inline bint convert_easy(const Decimal *number, float *out) noexcept nogil:
    """Write the nearest float32; return False if this cannot tell which it is."""
    cdef double value = <double> number.mantissa
    cdef int64_t power = number.power
    if number.mantissa == 0:
        out[0] = 0
        return True
    if not -MAX_POWER <= power <= MAX_POWER:
        return False
    value = value * POWERS[power] if power >= 0 else value / POWERS[-power]
    out[0] = <float> value
    if (number.exact and number.mantissa <= EXACT_MANTISSA
            and -EXACT_POWER <= power <= EXACT_POWER):
        return True
    return <float> (value * LOWER) == <float> (value * UPPER)


cdef inline void negate(float *number) noexcept nogil:
    """Set the sign bit, so that -0 keeps it."""
    cdef uint32_t bits
    memcpy(&bits, number, 4)
    bits |= <uint32_t> 1 << 31
    memcpy(number, &bits, 4)


cdef int parse_number(
    const uint8_t **cursor, const uint8_t *end, float *out
) except -1 nogil:
    """Read the number at `cursor` and move behind it; return 0 if there is none."""
    cdef const uint8_t *start = cursor[0]
    cdef const uint8_t *at = start
    cdef Decimal number = Decimal(0, 0, True, False)
    cdef bint negative = at < end and at[0] == 45  # -
    if at < end and (negative or at[0] == 43):  # +
        at += 1
    at = read_digits(at, end, &number, False)
    if at < end and at[0] == 46:  # .
        at = read_digits(at + 1, end, &number, True)
    if not number.has_digits:
        return parse_name(cursor, at, end, out)
    if at < end and (at[0] | 32) == 101:  # e E
        at = read_exponent(at + 1, end, &number)
        if at == NULL:
            return 0
    if at < end and not is_white(at[0]):
        return 0
    cursor[0] = at
    if not convert_easy(&number, out):
        convert_hard(start, at, out)
    elif negative:
        negate(out)
    return 1


cdef int parse_numbers(
    const uint8_t *at, const uint8_t *end, float *out, int64_t dimensions
) except -1 nogil:
    """Read exactly `dimensions` numbers, each after white space; return 0 if not so."""
    cdef int64_t i
    for i in range(dimensions):
        if at == end or not is_white(at[0]):
            return 0
        while at < end and is_white(at[0]):
            at += 1
        if not parse_number(&at, end, &out[i]):
            return 0
    return at == end


cdef const uint8_t *fields_from_right(
    const uint8_t *start, const uint8_t *end, int64_t count
) noexcept nogil:
    """Return the end of the text before the last `count` fields, or NULL."""
    while count > 0:
        count -= 1
        while end > start and not is_white((end - 1)[0]):
            end -= 1
        while end > start and is_white((end - 1)[0]):
            end -= 1
        if end == start:
            return NULL
    return end


cdef int parse_line(
    const uint8_t *start, const uint8_t *end, float *out, int64_t dimensions,
    const uint8_t **key_start, const uint8_t **key_end
) except -1 nogil:
    """Read a key and its numbers; return 0 if the line holds anything else."""
    cdef const uint8_t *at
    cdef const uint8_t *last
    cdef float ignored
    while start < end and is_white(start[0]):
        start += 1
    while end > start and is_white((end - 1)[0]):
        end -= 1
    key_start[0] = start
    at = start
    while at < end and not is_white(at[0]):
        at += 1
    key_end[0] = at
    if parse_numbers(at, end, out, dimensions):
        return 1
    # The key may hold spaces: count the numbers from the right.
    at = fields_from_right(start, end, dimensions)
    if at == NULL or at == key_end[0]:
        return 0
    last = at
    while last > start and not is_white((last - 1)[0]):
        last -= 1
    if parse_number(&last, at, &ignored):
        return 0  # one number too many
    key_end[0] = at
    return parse_numbers(at, end, out, dimensions)


def count_lines(const uint8_t[::1] data):
    """Return the number of lines; the last one may lack its line end."""
    cdef const uint8_t *at
    cdef const uint8_t *end
    cdef int64_t n_lines = 0
    if data.shape[0] == 0:
        return 0
    at = &data[0]
    end = at + data.shape[0]
    with nogil:
        while at < end:
            n_lines += 1
            at = <const uint8_t *> memchr(at, 10, end - at)
            if at == NULL:
                break
            at += 1
    return n_lines


def find_lines(const uint8_t[::1] data, int64_t[::1] starts):
    """
    Write the start of each line.

    Parameters
    ----------
    data : buffer of bytes
    starts : int64, shape (count_lines(data) + 1,)
        Receives the first byte of each line, then the length of `data`.
    """
    cdef const uint8_t *first
    cdef const uint8_t *at
    cdef int64_t i = 0
    if starts.shape[0] == 0:
        raise ValueError("starts is empty; expected count_lines(data) + 1 items")
    starts[starts.shape[0] - 1] = data.shape[0]
    if data.shape[0] == 0:
        return
    first = at = &data[0]
    with nogil:
        for i in range(starts.shape[0] - 1):
            starts[i] = at - first
            at = <const uint8_t *> memchr(at, 10, data.shape[0] - (at - first))
            if at == NULL:
                break
            at += 1


def parse_lines(const uint8_t[::1] data, const int64_t[::1] starts, int64_t first,
                int64_t last, float[:, ::1] vectors, int64_t[:, ::1] keys):
    """
    Read lines of a key and `dimensions` numbers.

    Parameters
    ----------
    data : buffer of bytes
    starts : int64, shape (lines + 1,)
        What `find_lines` writes.
    first, last : int
        The lines to read: ``first <= line < last``.
    vectors : float32, shape (lines, dimensions)
        Receives the numbers.
    keys : int64, shape (lines, 2)
        Receives the first byte of each key and the byte after its last.

    Returns
    -------
    int
        The first line that holds anything else, or `last`.
    """
    cdef const uint8_t *base
    cdef const uint8_t *key_start = NULL
    cdef const uint8_t *key_end = NULL
    cdef int64_t i = first, dimensions = vectors.shape[1]
    if not (0 <= first <= last < starts.shape[0] and last <= vectors.shape[0]
            and last <= keys.shape[0] and keys.shape[1] == 2 and dimensions > 0):
        raise ValueError(f"lines {first} to {last} do not fit the given arrays")
    if first == last:
        return last
    for i in range(first, last):
        if not 0 <= starts[i] <= starts[i + 1] <= data.shape[0]:
            raise ValueError(f"line {i} starts outside the data")
    if data.shape[0] == 0:
        return first
    base = &data[0]
    i = first
    with nogil:
        while i < last:
            if not parse_line(base + starts[i], base + starts[i + 1], &vectors[i, 0],
                              dimensions, &key_start, &key_end):
                break
            keys[i, 0] = key_start - base
            keys[i, 1] = key_end - base
            i += 1
    return i
