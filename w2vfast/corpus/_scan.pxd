"""Tokens of text, and values that are tokens, to ids. Inline, for `_scanner`."""

from libc.stdint cimport int32_t, int64_t

from w2vfast.corpus._tokenizer cimport (
    TOKEN_BLOCK,
    Cursor,
    Token,
    end_sentence,
    read_tokens,
)
from w2vfast.corpus._values cimport Values, is_inside, prefetch_tokens, read_values
from w2vfast.corpus._word_hash cimport WordHash, find_or_insert


cdef inline bint scan_tokens(
    WordHash *words, Cursor *cursor, int32_t *ids
) noexcept nogil:
    """Write the id of every token; False: out of memory.

    Tokens are looked up a block at a time. Slots, then entries, are prefetched for the
    whole block, so that cache misses overlap.
    """
    cdef Token tokens[TOKEN_BLOCK]
    cdef int64_t done = 0, found, i, word
    while True:
        found = read_tokens(tokens, cursor)
        if found == 0:
            return True
        prefetch_tokens(words, tokens, found)
        for i in range(found):
            word = find_or_insert(words, &tokens[i])
            if word < 0:
                return False
            words.entries[word].count += 1
            ids[done + i] = <int32_t> word
        done += found


cdef inline int64_t scan_texts(
    WordHash *words, Cursor *cursor, Values *texts, int32_t *ids, int64_t room
) noexcept nogil:
    """Split texts at white space, each a sentence; return how many were scanned.

    A text that is not in its buffer, or has no room for its ids, is not scanned.
    -1: out of memory.
    """
    cdef int64_t i, length
    for i in range(texts.n):
        if not is_inside(texts, i):
            return i
        length = texts.stops[i] - texts.starts[i]
        if (length + 1) // 2 > room - cursor.tokens:
            return i
        cursor.next = texts.data + texts.starts[i]
        cursor.end = cursor.next + length
        if not scan_tokens(words, cursor, ids + cursor.tokens):
            return -1
        end_sentence(cursor, cursor.tokens)
    return texts.n


cdef inline bint count_values(
    WordHash *words, Values *values, const int64_t *counts, int32_t *ids
) noexcept nogil:
    """Write the id of each value, a token; False: out of memory."""
    cdef Token tokens[TOKEN_BLOCK]
    cdef int64_t first = 0, found, i, word
    while first < values.n:
        found = read_values(tokens, values, first)
        prefetch_tokens(words, tokens, found)
        for i in range(found):
            word = find_or_insert(words, &tokens[i])
            if word < 0:
                return False
            words.entries[word].count += counts[first + i] if counts != NULL else 1
            ids[first + i] = <int32_t> word
        first += found
    return True
