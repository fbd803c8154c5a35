"""Values with given bounds in one buffer, as columns have them. Inline, for `_scanner`.
"""

from libc.stdint cimport int64_t, uint8_t, uint64_t

from w2vfast.corpus._tokenizer cimport (
    LOW32,
    TOKEN_BLOCK,
    Token,
    hash_start,
    load,
    mix,
    prefetch,
)
from w2vfast.corpus._word_hash cimport WordHash, find_or_insert

# Values in a buffer of `size` bytes: value i lies at data[starts[i]:stops[i]].
cdef struct Values:
    const uint8_t *data
    int64_t size
    const int64_t *starts
    const int64_t *stops
    int64_t n


cdef inline int set_values(
    Values *values, const uint8_t[::1] data, const int64_t[::1] starts,
    const int64_t[::1] stops,
) except -1:
    """Describe values by pointers, which are valid as long as the buffers are."""
    if starts.shape[0] != stops.shape[0]:
        raise ValueError(f"{starts.shape[0]} starts, but {stops.shape[0]} stops")
    values.size = data.shape[0]
    # memcpy must not get NULL, even for 0 bytes.
    values.data = &data[0] if values.size else <const uint8_t *> values
    values.n = starts.shape[0]
    values.starts = &starts[0] if values.n else NULL
    values.stops = &stops[0] if values.n else NULL
    return 0


cdef inline bint is_inside(Values *values, int64_t i) noexcept nogil:
    """Return whether value i lies in the buffer."""
    return 0 <= values.starts[i] <= values.stops[i] <= values.size


cdef inline uint64_t load_zeros(const uint8_t *at, int64_t length) noexcept nogil:
    """Load up to 8 bytes; the rest is 0."""
    cdef uint64_t word = 0
    cdef int64_t i
    if length >= 8:
        return load(at)
    for i in range(length):
        word |= <uint64_t> at[i] << (8 * i)
    return word


cdef inline void whole_token(
    Token *token, const uint8_t *start, int64_t length
) noexcept nogil:
    """Make a token of all bytes of a value: white space and NUL belong to it."""
    cdef uint64_t hash = hash_start
    cdef int64_t at = 0
    token.start = start
    token.length = length
    token.prefix = load_zeros(start, length)
    while length - at >= 8:
        hash = mix(hash, load(start + at))
        at += 8
    hash = mix(hash, load_zeros(start + at, length - at))
    token.hash = mix(hash, length)


cdef inline int64_t read_values(
    Token *tokens, Values *values, int64_t first
) noexcept nogil:
    """Read up to TOKEN_BLOCK values from `first` on; -1: one is not in the buffer."""
    cdef int64_t i, start, found = min(TOKEN_BLOCK, values.n - first)
    for i in range(found):
        if not is_inside(values, first + i):
            return -1
        start = values.starts[first + i]
        whole_token(&tokens[i], values.data + start, values.stops[first + i] - start)
    return found


cdef inline void prefetch_tokens(
    WordHash *words, Token *tokens, int64_t found
) noexcept nogil:
    """Prefetch the slots, then the entries, so that cache misses overlap."""
    cdef int64_t i, word
    for i in range(found):
        prefetch(&words.slots[tokens[i].hash & words.mask])
    for i in range(found):
        word = <int64_t> (words.slots[tokens[i].hash & words.mask] & LOW32)
        prefetch(&words.entries[word - (word > 0)])


cdef inline int64_t first_outside(Values *values) noexcept nogil:
    """Return the first value that is not in the buffer, or -1."""
    cdef int64_t i
    for i in range(values.n):
        if not is_inside(values, i):
            return i
    return -1
