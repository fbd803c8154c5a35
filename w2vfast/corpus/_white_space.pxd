"""Which bytes are white space. Inline, for `_tokenizer` and `_white_space`."""

from libc.stdint cimport uint8_t


cdef inline bint is_white(uint8_t byte) noexcept nogil:
    return byte == 32 or 9 <= byte <= 13
