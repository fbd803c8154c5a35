"""A hash table of distinct words with open addressing. Inline, for `_scanner`."""

from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memcmp, memcpy

from w2vfast.corpus._tokenizer cimport LOW32, Token

cdef enum:
    MAX_TYPES = 0x7ffffffe  # ids are int32

# One distinct word. Most words differ in their first 8 bytes, so comparing `prefix`
# (those bytes, padded with zeros) mostly avoids reading the arena.
cdef struct Entry:
    uint64_t prefix
    uint64_t hash
    int64_t offset
    int64_t length
    int64_t count

# A slot holds the upper 32 bits of the hash and id + 1; 0 is an empty slot. The arena
# holds the bytes of all words, concatenated.
cdef struct WordHash:
    uint64_t *slots
    uint64_t mask
    Entry *entries
    int64_t size
    int64_t capacity
    uint8_t *arena
    int64_t used
    int64_t arena_capacity


cdef inline bint grow_slots(WordHash *words) noexcept nogil:
    """Double the number of slots; False: out of memory."""
    cdef uint64_t mask = 2 * words.mask + 1
    cdef uint64_t *slots = <uint64_t *> calloc(mask + 1, sizeof(uint64_t))
    cdef uint64_t slot_index
    cdef int64_t i
    if slots == NULL:
        return False
    for i in range(words.size):
        slot_index = words.entries[i].hash & mask
        while slots[slot_index]:
            slot_index = (slot_index + 1) & mask
        slots[slot_index] = (words.entries[i].hash & ~LOW32) | <uint64_t> (i + 1)
    free(words.slots)
    words.slots = slots
    words.mask = mask
    return True


cdef inline bint reserve(WordHash *words, int64_t length) noexcept nogil:
    """Make room for one more word of `length` bytes; False: out of memory."""
    cdef void *grown
    cdef int64_t capacity
    if words.size == words.capacity:
        capacity = 2 * words.capacity
        grown = realloc(words.entries, capacity * sizeof(Entry))
        if grown == NULL:
            return False
        words.entries = <Entry *> grown
        words.capacity = capacity
    if words.used + length > words.arena_capacity:
        capacity = 2 * words.arena_capacity + length
        grown = realloc(words.arena, capacity)
        if grown == NULL:
            return False
        words.arena = <uint8_t *> grown
        words.arena_capacity = capacity
    return words.size < MAX_TYPES


cdef inline int64_t insert(
    WordHash *words, Token *token, uint64_t slot_index
) noexcept nogil:
    """Add a word at an empty slot; return its id, or -1: out of memory."""
    cdef int64_t new = words.size
    cdef Entry *entry
    if not reserve(words, token.length):
        return -1
    entry = &words.entries[new]
    entry.prefix = token.prefix
    entry.hash = token.hash
    entry.offset = words.used
    entry.length = token.length
    entry.count = 0
    memcpy(words.arena + words.used, token.start, token.length)
    words.used += token.length
    words.slots[slot_index] = (token.hash & ~LOW32) | <uint64_t> (new + 1)
    words.size += 1
    if 2 * <uint64_t> words.size > words.mask and not grow_slots(words):
        return -1
    return new


cdef inline bint same_word(WordHash *words, Entry *entry, Token *token) noexcept nogil:
    if entry.prefix != token.prefix or entry.length != token.length:
        return False
    return token.length <= 8 or not memcmp(
        words.arena + entry.offset + 8, token.start + 8, token.length - 8
    )


cdef inline int64_t find_or_insert(WordHash *words, Token *token) noexcept nogil:
    """Return the id of a word, adding it if it is new; -1: out of memory."""
    cdef uint64_t slot_index = token.hash & words.mask
    cdef uint64_t slot = words.slots[slot_index]
    cdef int64_t found
    while slot:
        if (slot ^ token.hash) <= LOW32:
            found = <int64_t> (slot & LOW32) - 1
            if same_word(words, &words.entries[found], token):
                return found
        slot_index = (slot_index + 1) & words.mask
        slot = words.slots[slot_index]
    return insert(words, token, slot_index)
