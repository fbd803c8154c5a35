"""Read the words of a table: hashes, counts, lengths, text. Inline, for `_scanner`."""

from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.string cimport memcpy

from w2vfast.corpus._tokenizer cimport public_hash
from w2vfast.corpus._utf8 cimport is_text
from w2vfast.corpus._word_hash cimport Entry, WordHash, text_length, text_start


cdef inline int64_t first_invalid(
    WordHash *words, int64_t first, bint strict, bint with_nul
) noexcept nogil:
    """Return the first word, from `first` on, that is no text, or -1 for none."""
    cdef int64_t i
    cdef Entry *entry
    for i in range(first, words.size):
        entry = &words.entries[i]
        if not is_text(
            text_start(words, entry), text_length(words, entry), strict, with_nul
        ):
            return i
    return -1


cdef inline void write_hashes(WordHash *words, uint64_t[::1] hashes) noexcept nogil:
    """Write the public hash of every word."""
    cdef int64_t i
    cdef Entry *entry
    for i in range(words.size):
        entry = &words.entries[i]
        hashes[i] = public_hash(text_start(words, entry), text_length(words, entry))


cdef inline void write_counts(WordHash *words, int64_t[::1] counts) noexcept nogil:
    """Write the count of every word."""
    cdef int64_t i
    for i in range(words.size):
        counts[i] = words.entries[i].count


cdef inline int64_t write_lengths(
    WordHash *words, const int64_t[::1] order, int64_t[::1] lengths
) noexcept nogil:
    """Write the lengths of the words `order`; stop at a word that does not exist.

    Return how many lengths were written.
    """
    cdef int64_t i = 0
    while i < order.shape[0] and 0 <= order[i] < words.size:
        lengths[i] = text_length(words, &words.entries[order[i]])
        i += 1
    return i


cdef inline int64_t write_text(
    WordHash *words, const int64_t[::1] order, const int64_t[::1] offsets,
    uint8_t[::1] text,
) noexcept nogil:
    """Write the words `order` at `offsets`; stop at one without room, or not there.

    Return how many words were written.
    """
    cdef int64_t i = 0, length
    cdef Entry *entry
    while i < order.shape[0] and 0 <= order[i] < words.size:
        entry = &words.entries[order[i]]
        length = text_length(words, entry)
        if offsets[i] < 0 or offsets[i] + length > text.shape[0]:
            break
        memcpy(&text[offsets[i]], text_start(words, entry), length)
        i += 1
    return i
