"""Bytes to words to ids, without the GIL: the hash table behind `Corpus`."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memcmp, memcpy, memset

from w2vfast.corpus._tokenizer cimport (
    BLOCK,
    LOW32,
    Cursor,
    Token,
    end_sentence,
    is_white,
    prefetch,
    read_tokens,
)

cdef enum:
    AHEAD = 8  # entries whose slots are fetched early, to hide cache misses
    FIRST_ROOM = 1024
    MAX_TYPES = 0x7ffffffe

# One distinct word. `head` is its first 8 bytes, padded with zeros: enough to
# compare most words without a look at the arena.
cdef struct Entry:
    uint64_t head
    uint64_t hash
    int64_t offset
    int64_t length
    int64_t count

# slots: 32 bits of the hash | id + 1; 0 is empty. arena: all words end to end.
cdef struct Words:
    uint64_t *slots
    uint64_t mask
    Entry *entries
    int64_t size
    int64_t room
    uint8_t *arena
    int64_t used
    int64_t arena_room


cdef bint grow_slots(Words *words) noexcept nogil:
    cdef uint64_t mask = 2 * words.mask + 1
    cdef uint64_t *slots = <uint64_t *> calloc(mask + 1, sizeof(uint64_t))
    cdef uint64_t place
    cdef int64_t i
    if slots == NULL:
        return False
    for i in range(words.size):
        place = words.entries[i].hash & mask
        while slots[place]:
            place = (place + 1) & mask
        slots[place] = (words.entries[i].hash & ~LOW32) | <uint64_t> (i + 1)
    free(words.slots)
    words.slots = slots
    words.mask = mask
    return True


cdef bint reserve(Words *words, int64_t length) noexcept nogil:
    """Make room for one more word of `length` bytes; False: out of memory."""
    cdef void *grown
    cdef int64_t room
    if words.size == words.room:
        room = 2 * words.room
        grown = realloc(words.entries, room * sizeof(Entry))
        if grown == NULL:
            return False
        words.entries = <Entry *> grown
        words.room = room
    if words.used + length > words.arena_room:
        room = 2 * words.arena_room + length
        grown = realloc(words.arena, room)
        if grown == NULL:
            return False
        words.arena = <uint8_t *> grown
        words.arena_room = room
    return words.size < MAX_TYPES


cdef int64_t insert(Words *words, Token *token, uint64_t place) noexcept nogil:
    """Add a word at the empty slot `place`; return its id, or -1: no memory."""
    cdef int64_t new = words.size
    cdef Entry *entry
    if not reserve(words, token.length):
        return -1
    entry = &words.entries[new]
    entry.head = token.head
    entry.hash = token.hash
    entry.offset = words.used
    entry.length = token.length
    entry.count = 0
    memcpy(words.arena + words.used, token.start, token.length)
    words.used += token.length
    words.slots[place] = (token.hash & ~LOW32) | <uint64_t> (new + 1)
    words.size += 1
    if 2 * <uint64_t> words.size > words.mask and not grow_slots(words):
        return -1
    return new


cdef inline bint same(Words *words, Entry *entry, Token *token) noexcept nogil:
    if entry.head != token.head or entry.length != token.length:
        return False
    return token.length <= 8 or not memcmp(
        words.arena + entry.offset + 8, token.start + 8, token.length - 8
    )


cdef inline int64_t intern(Words *words, Token *token) noexcept nogil:
    """Return the id of a word, a new one if need be; -1: out of memory."""
    cdef uint64_t place = token.hash & words.mask
    cdef uint64_t slot = words.slots[place]
    cdef int64_t found
    while slot:
        if (slot ^ token.hash) <= LOW32:
            found = <int64_t> (slot & LOW32) - 1
            if same(words, &words.entries[found], token):
                return found
        place = (place + 1) & words.mask
        slot = words.slots[place]
    return insert(words, token, place)


cdef bint scan_all(Words *words, Cursor *cursor, int32_t *ids) noexcept nogil:
    cdef Token tokens[BLOCK]
    cdef int64_t done = 0, found, i, word
    while True:
        found = read_tokens(tokens, cursor)
        if found == 0:
            return True
        for i in range(found):
            prefetch(&words.slots[tokens[i].hash & words.mask])
        for i in range(found):
            word = <int64_t> (words.slots[tokens[i].hash & words.mask] & LOW32)
            prefetch(&words.entries[word - (word > 0)])
        for i in range(found):
            word = intern(words, &tokens[i])
            if word < 0:
                return False
            words.entries[word].count += 1
            ids[done + i] = <int32_t> word
        done += found


cdef bint absorb_all(Words *words, Words *other, int32_t *mapping) noexcept nogil:
    cdef Token token
    cdef Entry *entry
    cdef int64_t i, word
    for i in range(other.size):
        if i + AHEAD < other.size:
            prefetch(&words.slots[other.entries[i + AHEAD].hash & words.mask])
        entry = &other.entries[i]
        token.head = entry.head
        token.hash = entry.hash
        token.start = other.arena + entry.offset
        token.length = entry.length
        word = intern(words, &token)
        if word < 0:
            return False
        words.entries[word].count += entry.count
        mapping[i] = <int32_t> word
    return True


cdef class Table:
    """Distinct words, numbered from 0 as they come, with their counts."""

    cdef Words words

    def __cinit__(self):
        memset(&self.words, 0, sizeof(Words))
        self.words.mask = 2 * FIRST_ROOM - 1
        self.words.room = FIRST_ROOM
        self.words.arena_room = 8 * FIRST_ROOM
        self.words.slots = <uint64_t *> calloc(2 * FIRST_ROOM, sizeof(uint64_t))
        self.words.entries = <Entry *> realloc(NULL, FIRST_ROOM * sizeof(Entry))
        self.words.arena = <uint8_t *> realloc(NULL, 8 * FIRST_ROOM)
        if (self.words.slots == NULL or self.words.entries == NULL
                or self.words.arena == NULL):
            raise MemoryError("no memory for the table of words")

    def __dealloc__(self):
        free(self.words.slots)
        free(self.words.entries)
        free(self.words.arena)

    def __len__(self):
        return self.words.size

    def scan(self, const uint8_t[::1] data, int32_t[::1] ids, int32_t[::1] ends,
             bint closed):
        """
        Split `data` at white space, count its words and write down their ids.

        Parameters
        ----------
        data : buffer of bytes
            Holds whole tokens only.
        ids : int32, at least (len(data) + 1) // 2
            Receives the id of each token.
        ends : int32, at least (len(data) + 1) // 2 + 1
            Receives, for each run of line ends, the number of tokens before it.
        closed : bool
            Whether the end of `data` ends a sentence too.

        Returns
        -------
        tokens, sentences : int
            How much of `ids` and `ends` is filled.
        """
        cdef Cursor cursor
        cdef bint done
        cdef int64_t tokens = (data.shape[0] + 1) // 2
        if ids.shape[0] < tokens or ends.shape[0] < tokens + 1:
            raise ValueError(f"{data.shape[0]} bytes need room for {tokens} ids")
        cursor.at = &data[0]
        cursor.end = cursor.at + data.shape[0]
        cursor.ends = &ends[0]
        cursor.tokens = cursor.sentences = 0
        with nogil:
            done = scan_all(&self.words, &cursor, &ids[0])
            if closed:
                end_sentence(&cursor, cursor.tokens)
        if not done:
            raise MemoryError(f"no memory for more than {self.words.size} words")
        return cursor.tokens, cursor.sentences

    def absorb(self, Table other, int32_t[::1] mapping):
        """
        Add the words of another table, and their counts.

        `mapping`, of its length, receives the numbers that its words have here.
        """
        cdef bint done = True
        if other is self or mapping.shape[0] != other.words.size:
            raise ValueError(f"expected room for {other.words.size} numbers")
        with nogil:
            if other.words.size:
                done = absorb_all(&self.words, &other.words, &mapping[0])
        if not done:
            raise MemoryError(f"no memory for more than {self.words.size} words")

    def measure(self, int64_t[::1] counts, int64_t[::1] lengths):
        """Write down the count, and the length in bytes, of every word."""
        cdef int64_t i
        if not counts.shape[0] == lengths.shape[0] == self.words.size:
            raise ValueError(f"expected {self.words.size} counts and lengths")
        with nogil:
            for i in range(self.words.size):
                counts[i] = self.words.entries[i].count
                lengths[i] = self.words.entries[i].length

    def spell(self, const int64_t[::1] order, const int64_t[::1] offsets,
              uint8_t[::1] text):
        """Write the words of `order` end to end, the i-th one at ``offsets[i]``."""
        cdef int64_t i = 0
        cdef Entry *entry
        with nogil:
            while i < order.shape[0] and 0 <= order[i] < self.words.size:
                entry = &self.words.entries[order[i]]
                if offsets[i] < 0 or offsets[i] + entry.length > text.shape[0]:
                    break
                memcpy(
                    &text[offsets[i]], self.words.arena + entry.offset, entry.length
                )
                i += 1
        if i < order.shape[0]:
            raise ValueError(f"no word {order[i]}, or no room for it")


def translate(const int32_t[::1] ids, const int32_t[::1] mapping, int32_t[::1] out):
    """Write ``mapping[ids]`` to `out`, which may be `ids` itself."""
    cdef int64_t i
    if out.shape[0] != ids.shape[0]:
        raise ValueError(f"{ids.shape[0]} ids do not fit {out.shape[0]} places")
    with nogil:
        for i in range(ids.shape[0]):
            out[i] = mapping[ids[i]]


def select(const int32_t[::1] ids, const int32_t[::1] mapping, int32_t[::1] out,
           int64_t[::1] ends):
    """
    Translate ids, leaving out those that `mapping` sends below 0.

    Parameters
    ----------
    ids : int32
    mapping : int32
        The new id of every id, -1 for none.
    out : int32, (len(ids),)
        Receives the ids kept.
    ends : int64, ascending, at most len(ids)
        Each number of ids is replaced by the number of them that were kept.

    Returns
    -------
    int
        How much of `out` is filled.
    """
    cdef int64_t i, end = 0, kept = 0
    if out.shape[0] != ids.shape[0]:
        raise ValueError(f"{ids.shape[0]} ids do not fit {out.shape[0]} places")
    with nogil:
        for i in range(ids.shape[0]):
            while end < ends.shape[0] and ends[end] <= i:
                ends[end] = kept
                end += 1
            out[kept] = mapping[ids[i]]
            kept += out[kept] >= 0
        while end < ends.shape[0]:
            ends[end] = kept
            end += 1
    return kept


def count(const int32_t[::1] ids, int64_t[::1] counts, int64_t[::1] order,
          int64_t seen):
    """
    Add ids to `counts`, and each that is new to `order`, where `seen` stand so far.

    Returns
    -------
    int
        How many distinct ids stand in `order` now.
    """
    cdef int64_t i
    with nogil:
        for i in range(ids.shape[0]):
            if counts[ids[i]] == 0:
                order[seen] = ids[i]
                seen += 1
            counts[ids[i]] += 1
    return seen


cdef int64_t search(
    const uint8_t *data, int64_t start, int64_t stop, int64_t step
) noexcept nogil:
    while start != stop and not is_white(data[start]):
        start += step
    return start


def find_white(const uint8_t[::1] data, int64_t start):
    """Return the first white byte at or after `start`; if none, the length."""
    if not 0 <= start < data.shape[0]:
        return data.shape[0]
    return search(&data[0], start, data.shape[0], 1)


def rfind_white(const uint8_t[::1] data, int64_t start):
    """Return the last white byte at or after `start`; if none, ``start - 1``."""
    if not 0 <= start < data.shape[0]:
        return start - 1
    return search(&data[0], data.shape[0] - 1, start - 1, -1)
