"""Bytes to tokens: the end of each token, and its hash. Inline, for `_scanner`.

The hash has a secret key, so that nobody can choose tokens with equal hashes. Each step
multiplies by the key and folds the 128-bit product. A product of 64 bits would not do:
flipping its highest bit flips the same bits for every key, so that the next word of a
token could undo the flip.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint64_t

from w2vfast.corpus._white_space cimport is_white

cdef extern from * nogil:
    """
    #include <stdint.h>
    #include <string.h>
    #define W2V_ONES UINT64_C(0x0101010101010101)
    #define W2V_HIGH UINT64_C(0x8080808080808080)
    #define W2V_LOW32 UINT64_C(0xffffffff)
    #define W2V_PUBLIC_KEY UINT64_C(0x9e3779b97f4a7c15)
    #define W2V_PUBLIC_FACTOR UINT64_C(0xd6e8feb86659fd93)
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
    static uint64_t w2v_hash_start, w2v_hash_factor;  /* the secret key */
    static inline uint64_t w2v_fold(uint64_t a, uint64_t b) {
    #if defined(__SIZEOF_INT128__)
        unsigned __int128 product = (unsigned __int128)a * b;
        return (uint64_t)product ^ (uint64_t)(product >> 64);
    #elif defined(_MSC_VER) && defined(_M_X64)
        uint64_t high, low = _umul128(a, b, &high);
        return low ^ high;
    #else
        uint64_t a0 = a & W2V_LOW32, a1 = a >> 32, b0 = b & W2V_LOW32, b1 = b >> 32;
        uint64_t low = a0 * b0, m = a1 * b0 + (low >> 32);
        uint64_t n = a0 * b1 + (m & W2V_LOW32);
        uint64_t high = a1 * b1 + (m >> 32) + (n >> 32);
        return ((n << 32) | (low & W2V_LOW32)) ^ high;
    #endif
    }
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
    const uint64_t PUBLIC_KEY "W2V_PUBLIC_KEY"
    const uint64_t PUBLIC_FACTOR "W2V_PUBLIC_FACTOR"
    void prefetch "w2v_prefetch"(void *address) noexcept
    int first_byte "w2v_first_byte"(uint64_t bits) noexcept
    uint64_t load "w2v_load"(const uint8_t *data) noexcept
    uint64_t hash_start "w2v_hash_start"
    uint64_t hash_factor "w2v_hash_factor"
    uint64_t fold "w2v_fold"(uint64_t a, uint64_t b) noexcept

cdef enum:
    TOKEN_BLOCK = 128  # tokens looked up together, so that cache misses overlap

# A token: its first 8 bytes padded with zeros, its hash, and its place in the text.
cdef struct Token:
    uint64_t prefix
    uint64_t hash
    const uint8_t *start
    int64_t length

# The position in the text, and the sentence ends found so far. `ends` has room for
# one sentence end after each token.
cdef struct Cursor:
    const uint8_t *next
    const uint8_t *end
    int64_t tokens
    int32_t *ends
    int64_t sentences


cdef inline uint64_t white_bytes(uint64_t word) noexcept nogil:
    """Set the high bit of every byte of `word` that is ASCII white space."""
    cdef uint64_t low = word & ~HIGH  # 7 bits per byte: sums stay in their byte
    cdef uint64_t control = (low + 0x77 * ONES) & ~(low + 0x72 * ONES)  # 9 .. 13
    cdef uint64_t other = (low ^ (0x20 * ONES)) + 0x7f * ONES
    return (control | ~other) & ~word & HIGH


cdef inline uint64_t load_padded(
    const uint8_t *at, const uint8_t *end
) noexcept nogil:
    """Load 8 bytes; bytes from `end` on are read as spaces."""
    cdef uint64_t word = 0x20 * ONES
    cdef int64_t i
    if end - at >= 8:
        return load(at)
    for i in range(end - at):
        word ^= (<uint64_t> (at[i] ^ 0x20)) << (8 * i)
    return word


cdef inline uint64_t mix(uint64_t hash, uint64_t word) noexcept nogil:
    return fold(hash ^ word, hash_factor)


cdef inline uint64_t public_hash(const uint8_t *text, int64_t length) noexcept nogil:
    """Return a hash without a secret key, the same in every process."""
    cdef const uint8_t *end = text + length
    cdef uint64_t hash = <uint64_t> length ^ PUBLIC_KEY
    while text < end:
        hash = fold(hash ^ load_padded(text, end), PUBLIC_FACTOR)
        text += 8
    return fold(hash ^ PUBLIC_KEY, PUBLIC_FACTOR)


cdef inline void read_token(
    Token *token, const uint8_t *at, const uint8_t *end
) noexcept nogil:
    """Find the end and the hash of the token that starts at `at`."""
    cdef const uint8_t *start = at
    cdef uint64_t word = load_padded(at, end)
    cdef uint64_t white = white_bytes(word)
    cdef uint64_t hash = hash_start
    cdef bint first_word = True
    while not white:
        if first_word:
            token.prefix = word
            first_word = False
        hash = mix(hash, word)
        at += 8
        word = load_padded(at, end)
        white = white_bytes(word)
    word &= (white ^ (white - 1)) >> 8  # leaves the bytes before the first white
    at += first_byte(white)
    if first_word:
        token.prefix = word
    token.start = start
    token.length = at - start
    token.hash = mix(mix(hash, word), token.length)


cdef inline void end_sentence(Cursor *cursor, int64_t tokens) noexcept nogil:
    """Record a sentence end after `tokens` tokens, unless it is recorded already."""
    cdef int64_t n = cursor.sentences
    if n == 0 or cursor.ends[n - 1] != tokens:
        cursor.ends[n] = <int32_t> tokens
        cursor.sentences = n + 1


cdef inline int64_t read_tokens(Token *tokens, Cursor *cursor) noexcept nogil:
    """Read up to TOKEN_BLOCK tokens and record sentence ends; return their number."""
    cdef const uint8_t *at = cursor.next
    cdef const uint8_t *end = cursor.end
    cdef int64_t found = 0
    while at < end and found < TOKEN_BLOCK:
        if not is_white(at[0]):
            read_token(&tokens[found], at, end)
            at += tokens[found].length
            found += 1
        else:
            if at[0] == 10:
                end_sentence(cursor, cursor.tokens + found)
            at += 1
    cursor.next = at
    cursor.tokens += found
    return found
