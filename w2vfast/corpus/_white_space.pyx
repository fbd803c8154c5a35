"""Find white space in bytes, from the left and from the right."""

from libc.stdint cimport int64_t, uint8_t


cdef int64_t search_white(
    const uint8_t *data, int64_t start, int64_t stop, int64_t step
) noexcept nogil:
    """Return the first position from start, by step, with white space, or stop."""
    while start != stop and not is_white(data[start]):
        start += step
    return start


def find_white(const uint8_t[::1] data, int64_t start):
    """Return the position of the first white byte from `start` on, or the length."""
    if not 0 <= start < data.shape[0]:
        return data.shape[0]
    return search_white(&data[0], start, data.shape[0], 1)


def rfind_white(const uint8_t[::1] data, int64_t start):
    """Return the position of the last white byte from `start` on, or ``start - 1``."""
    if not 0 <= start < data.shape[0]:
        return start - 1
    return search_white(&data[0], data.shape[0] - 1, start - 1, -1)
