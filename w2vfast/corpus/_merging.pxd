"""Add the words of one table to another. Inline, for `_scanner`."""

from libc.stdint cimport int32_t, int64_t, uint8_t

from w2vfast.corpus._tokenizer cimport Token, prefetch
from w2vfast.corpus._word_hash cimport (
    Entry,
    WordHash,
    find_or_insert,
    remove_last,
    text_length,
    text_start,
)

cdef enum:
    PREFETCH_DISTANCE = 8  # entries between a prefetch and its use in merge_all


cdef inline Token token_of(WordHash *words, Entry *entry) noexcept nogil:
    """Return the token that an entry was made from."""
    cdef Token token
    token.prefix = entry.prefix
    token.hash = entry.hash
    token.start = text_start(words, entry)
    token.length = text_length(words, entry)
    return token


cdef inline bint merge_all(
    WordHash *words, WordHash *other, int32_t *mapping
) noexcept nogil:
    """
    Move the words and counts of `other`; write their new ids; False: no memory.

    The last words come first, so that the memory of `other` is released meanwhile.
    """
    cdef Token token
    cdef Entry *entry
    cdef int64_t word
    while other.size:
        if other.size > PREFETCH_DISTANCE:
            entry = &other.entries[other.size - 1 - PREFETCH_DISTANCE]
            prefetch(&words.slots[entry.hash & words.mask])
        entry = &other.entries[other.size - 1]
        token = token_of(other, entry)
        word = find_or_insert(words, &token)
        if word < 0:
            return False
        words.entries[word].count += entry.count
        mapping[other.size - 1] = <int32_t> word
        remove_last(other)
    return True


cdef inline bint add_selected(
    WordHash *words, WordHash *other, const uint8_t *selected, int32_t *mapping
) noexcept nogil:
    """Add selected words of `other`; write all new ids; False: no memory."""
    cdef Token token
    cdef int64_t i, word
    for i in range(other.size):
        mapping[i] = 0
        if selected[i]:
            token = token_of(other, &other.entries[i])
            word = find_or_insert(words, &token)
            if word < 0:
                return False
            words.entries[word].count += other.entries[i].count
            mapping[i] = <int32_t> word
    return True
