"""Bytes to tokens: where each ends, and its hash. Inline, for `_scan`."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t

cdef extern from * nogil:
    """
    #include <stdint.h>
    #include <string.h>
    #define W2V_ONES UINT64_C(0x0101010101010101)
    #define W2V_HIGH UINT64_C(0x8080808080808080)
    #define W2V_LOW32 UINT64_C(0xffffffff)
    #if defined(_MSC_VER) && !defined(__clang__)
    #include <intrin.h>
    #define w2v_prefetch(address)
    static __inline int w2v_first_byte(uint64_t bits) {
        unsigned long low;
        if (_BitScanForward(&low, (unsigned long)bits)) return (int)low >> 3;
        _BitScanForward(&low, (unsigned long)(bits >> 32));
        return ((int)low >> 3) + 4;
    }
    #else
    #define w2v_prefetch(address) __builtin_prefetch(address, 1)
    static inline int w2v_first_byte(uint64_t bits) {
        return __builtin_ctzll(bits) >> 3;
    }
    #endif
    static inline uint64_t w2v_load(const uint8_t *bytes) {
        uint64_t word;
        memcpy(&word, bytes, 8);
    #if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
    #endif
        return word;
    }
    """
    const uint64_t ONES "W2V_ONES"
    const uint64_t HIGH "W2V_HIGH"
    const uint64_t LOW32 "W2V_LOW32"
    void prefetch "w2v_prefetch"(void *address) noexcept
    int first_byte "w2v_first_byte"(uint64_t bits) noexcept
    uint64_t load "w2v_load"(const uint8_t *data) noexcept

cdef enum:
    BLOCK = 128  # tokens found before they are looked up: hides cache misses

# The first 8 bytes of a token, padded with zeros, and what a table needs besides.
cdef struct Token:
    uint64_t head
    uint64_t hash
    const uint8_t *start
    int64_t length

# What is read and written next. `ends` has room for a sentence end after each token.
cdef struct Cursor:
    const uint8_t *at
    const uint8_t *end
    int64_t tokens
    int32_t *ends
    int64_t sentences


cdef inline bint is_white(uint8_t byte) noexcept nogil:
    return byte == 32 or 9 <= byte <= 13


cdef inline uint64_t white_bytes(uint64_t word) noexcept nogil:
    """Set the high bit of every byte of `word` that is ASCII white space."""
    cdef uint64_t low = word & ~HIGH  # 7 bits a byte: sums can't carry over
    cdef uint64_t control = (low + 0x77 * ONES) & ~(low + 0x72 * ONES)  # 9 .. 13
    cdef uint64_t other = (low ^ (0x20 * ONES)) + 0x7f * ONES
    return (control | ~other) & ~word & HIGH


cdef inline uint64_t load_padded(
    const uint8_t *at, const uint8_t *end
) noexcept nogil:
    """Load 8 bytes; those from `end` on count as spaces."""
    cdef uint64_t word = 0x20 * ONES
    cdef int64_t i
    if end - at >= 8:
        return load(at)
    for i in range(end - at):
        word ^= (<uint64_t> (at[i] ^ 0x20)) << (8 * i)
    return word


cdef inline uint64_t mix(uint64_t hashed, uint64_t word) noexcept nogil:
    hashed = (hashed ^ word) * <uint64_t> 0x9e3779b97f4a7c15
    return hashed ^ (hashed >> 32)


cdef inline void read_token(
    Token *token, const uint8_t *at, const uint8_t *end
) noexcept nogil:
    """Find the end and the hash of the token that starts at `at`."""
    cdef const uint8_t *start = at
    cdef uint64_t word = load_padded(at, end)
    cdef uint64_t white = white_bytes(word)
    cdef uint64_t hashed = 0
    cdef bint head = True
    while not white:
        if head:
            token.head = word
            head = False
        hashed = mix(hashed, word)
        at += 8
        word = load_padded(at, end)
        white = white_bytes(word)
    word &= (white ^ (white - 1)) >> 8  # leaves the bytes before the first white
    at += first_byte(white)
    if head:
        token.head = word
    token.start = start
    token.length = at - start
    token.hash = mix(mix(hashed, word), token.length)


cdef inline void end_sentence(Cursor *cursor, int64_t tokens) noexcept nogil:
    """Note a sentence end after `tokens` tokens, unless it stands there already."""
    cdef int64_t n = cursor.sentences
    if n == 0 or cursor.ends[n - 1] != tokens:
        cursor.ends[n] = <int32_t> tokens
        cursor.sentences = n + 1


cdef inline int64_t read_tokens(Token *tokens, Cursor *cursor) noexcept nogil:
    """Read up to BLOCK tokens, noting where sentences end; return how many."""
    cdef const uint8_t *at = cursor.at
    cdef const uint8_t *end = cursor.end
    cdef int64_t found = 0
    while at < end and found < BLOCK:
        if not is_white(at[0]):
            read_token(&tokens[found], at, end)
            at += tokens[found].length
            found += 1
        else:
            if at[0] == 10:
                end_sentence(cursor, cursor.tokens + found)
            at += 1
    cursor.at = at
    cursor.tokens += found
    return found
