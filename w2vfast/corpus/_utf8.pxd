"""Whether bytes are UTF-8 text without NUL. Inline, for `_entries`."""

from libc.stdint cimport int64_t, uint8_t

# The bytes that may follow each first byte, as in Unicode's table 3-7. Overlong forms,
# surrogates and numbers beyond U+10FFFF are invalid, as in Python.


cdef inline bint is_continuation(uint8_t byte) noexcept nogil:
    return byte & 0xc0 == 0x80


cdef inline int64_t sequence_length(
    const uint8_t *data, int64_t left
) noexcept nogil:
    """Return the length of the character of several bytes at `data`, 0: invalid."""
    cdef uint8_t first = data[0]
    cdef uint8_t second = data[1] if left > 1 else 0
    if not is_continuation(second):
        return 0
    if 0xc2 <= first <= 0xdf:
        return 2
    if left < 3 or not is_continuation(data[2]):
        return 0
    if 0xe0 <= first <= 0xef:
        if (first == 0xe0 and second < 0xa0) or (first == 0xed and second > 0x9f):
            return 0
        return 3
    if left < 4 or not is_continuation(data[3]) or not 0xf0 <= first <= 0xf4:
        return 0
    if (first == 0xf0 and second < 0x90) or (first == 0xf4 and second > 0x8f):
        return 0
    return 4


cdef inline bint is_text(
    const uint8_t *data, int64_t length, bint strict, bint with_nul
) noexcept nogil:
    """Return whether there is no NUL, unless `with_nul`, and only UTF-8, if `strict`.
    """
    cdef int64_t i = 0, step
    while i < length:
        step = 1
        if data[i] == 0 and not with_nul:
            return False
        if data[i] >= 0x80 and strict:
            step = sequence_length(data + i, length - i)
            if step == 0:
                return False
        i += step
    return True
