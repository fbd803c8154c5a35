"""A hash table of distinct words with open addressing. Inline, for `_scanner`."""

from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memcmp, memcpy, memset

from w2vfast.corpus._tokenizer cimport LOW32, Token

cdef enum:
    INITIAL_CAPACITY = 1024  # words
    MAX_TYPES = 0x7ffffffe  # ids are int32
    LONG = 0xffff  # stands for lengths of this and more
    LENGTH_BYTES = 8  # of a long word, before its text
    SHRINK_INTERVAL = 1 << 17  # words removed between releases of memory

# One distinct word. Most words differ in their first 8 bytes, so comparing `prefix`
# (those bytes, padded with zeros) mostly avoids reading the arena. `place` is the
# offset in the arena, times 2 ** 16, plus the length.
cdef struct Entry:
    uint64_t prefix
    uint64_t hash
    uint64_t place
    int64_t count

# A slot holds the upper 32 bits of the hash and id + 1; 0 is an empty slot. At most
# three quarters of the slots are used. The arena holds the bytes of all words,
# concatenated; the length of a long word comes before it.
cdef struct WordHash:
    uint64_t *slots
    uint64_t mask
    Entry *entries
    int64_t size
    int64_t capacity
    uint8_t *arena
    int64_t used
    int64_t arena_capacity


cdef inline bint allocate(WordHash *words) noexcept nogil:
    """Make an empty table; False: out of memory, and `release` frees what there is."""
    memset(words, 0, sizeof(WordHash))
    words.mask = 2 * INITIAL_CAPACITY - 1
    words.capacity = INITIAL_CAPACITY
    words.arena_capacity = 8 * INITIAL_CAPACITY
    words.slots = <uint64_t *> calloc(2 * INITIAL_CAPACITY, sizeof(uint64_t))
    words.entries = <Entry *> realloc(NULL, INITIAL_CAPACITY * sizeof(Entry))
    words.arena = <uint8_t *> realloc(NULL, 8 * INITIAL_CAPACITY)
    return words.slots != NULL and words.entries != NULL and words.arena != NULL


cdef inline void release(WordHash *words) noexcept nogil:
    """Release the memory of a table."""
    free(words.slots)
    free(words.entries)
    free(words.arena)


cdef inline void remove_all(WordHash *words) noexcept nogil:
    """Remove all words; the memory stays for others."""
    memset(words.slots, 0, (words.mask + 1) * sizeof(uint64_t))
    words.size = words.used = 0


cdef inline int64_t memory_of(WordHash *words) noexcept nogil:
    """Return the bytes of memory that the words take."""
    return ((words.mask + 1) * sizeof(uint64_t)
            + words.size * sizeof(Entry) + words.used)


cdef inline int64_t text_length(WordHash *words, Entry *entry) noexcept nogil:
    cdef int64_t length = entry.place & LONG
    if length == LONG:
        memcpy(&length, words.arena + (entry.place >> 16), LENGTH_BYTES)
    return length


cdef inline const uint8_t *text_start(WordHash *words, Entry *entry) noexcept nogil:
    cdef bint is_long = (entry.place & LONG) == LONG
    return words.arena + (entry.place >> 16) + is_long * LENGTH_BYTES


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
    length += LENGTH_BYTES
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
    entry.place = (<uint64_t> words.used << 16) | <uint64_t> min(token.length, LONG)
    entry.count = 0
    if token.length >= LONG:
        memcpy(words.arena + words.used, &token.length, LENGTH_BYTES)
        words.used += LENGTH_BYTES
    memcpy(words.arena + words.used, token.start, token.length)
    words.used += token.length
    words.slots[slot_index] = (token.hash & ~LOW32) | <uint64_t> (new + 1)
    words.size += 1
    if 4 * <uint64_t> words.size > 3 * words.mask and not grow_slots(words):
        return -1
    return new


cdef inline bint same_word(WordHash *words, Entry *entry, Token *token) noexcept nogil:
    if entry.prefix != token.prefix or text_length(words, entry) != token.length:
        return False
    return token.length <= 8 or not memcmp(
        text_start(words, entry) + 8, token.start + 8, token.length - 8
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


cdef inline bint has_slots(WordHash *words) noexcept nogil:
    return words.slots != NULL


cdef inline void free_slots(WordHash *words) noexcept nogil:
    """Release the slots: no word can be found or added any more."""
    free(words.slots)
    words.slots = NULL


cdef inline void remove_last(WordHash *words) noexcept nogil:
    """Remove the last word, without its slot; release memory from time to time."""
    cdef void *shrunk
    words.size -= 1
    words.used = words.entries[words.size].place >> 16
    if words.size % SHRINK_INTERVAL == 0 and words.size:
        shrunk = realloc(words.entries, words.size * sizeof(Entry))
        if shrunk != NULL:
            words.entries = <Entry *> shrunk
            words.capacity = words.size
        shrunk = realloc(words.arena, words.used + 1)
        if shrunk != NULL:
            words.arena = <uint8_t *> shrunk
            words.arena_capacity = words.used + 1
