"""fastText's word vectors: the mean of a word's row and its subwords' rows.

The n-grams, their hash (FNV-1a over signed bytes) and the order of the sums are those
of fastText, so that the vectors equal ``get_word_vector`` bit by bit.
"""

from libc.stdint cimport int64_t, uint8_t, uint32_t

cdef extern from * nogil:
    """
    #include <stdint.h>
    #include <string.h>
    static inline float w2v_load_float(const void *at) {
        float number;
        memcpy(&number, at, sizeof number);
        return number;
    }
    static inline uint32_t w2v_signed_byte(uint8_t byte) {
        return (uint32_t)(int32_t)(int8_t)byte;
    }
    """
    float load_float "w2v_load_float"(const void *at) noexcept
    uint32_t signed_byte "w2v_signed_byte"(uint8_t byte) noexcept


cdef inline bint continues(uint8_t byte) noexcept nogil:
    """Return whether a byte continues a UTF-8 character."""
    return (byte & 0xC0) == 0x80


cdef inline int64_t bucket_row(
    uint32_t hash, int64_t bucket, const int64_t[::1] pruned_ids,
    const int64_t[::1] pruned_rows, bint pruned
) noexcept nogil:
    """Return the row of a hash after the rows of words; -1 if it was pruned."""
    cdef int64_t id = hash % bucket, low = 0, high = pruned_ids.shape[0], middle
    if not pruned:
        return id
    while low < high:
        middle = (low + high) // 2
        if pruned_ids[middle] < id:
            low = middle + 1
        else:
            high = middle
    if low < pruned_ids.shape[0] and pruned_ids[low] == id:
        return pruned_rows[low]
    return -1


cdef struct Subwords:
    # Sizes as in `compose`, and the number of rows of the matrix.
    int64_t n_words, n_rows, minn, maxn, bucket
    bint pruned


cdef inline int64_t next_character(
    const uint8_t *text, int64_t size, int64_t at, uint32_t *hash
) noexcept nogil:
    """Continue a hash with the character at `at`; return where the next one begins."""
    hash[0] = (hash[0] ^ signed_byte(text[at])) * <uint32_t> 16777619
    at += 1
    while at < size and continues(text[at]):
        hash[0] = (hash[0] ^ signed_byte(text[at])) * <uint32_t> 16777619
        at += 1
    return at


cdef inline void add_row(
    float[:, ::1] out, int64_t word, const float[:, ::1] rows, int64_t row
) noexcept nogil:
    """Add a row of the matrix to a word's vector."""
    cdef int64_t k
    for k in range(rows.shape[1]):
        out[word, k] += load_float(&rows[row, k])


cdef int64_t add_subwords(
    const Subwords *subwords, const uint8_t *text, int64_t size, int64_t first,
    const float[:, ::1] rows, const int64_t[::1] pruned_ids,
    const int64_t[::1] pruned_rows, float[:, ::1] out, int64_t word
) noexcept nogil:
    """Add the rows of all n-grams that begin at `first`.

    Returns their number, or -1 if a row lies outside the matrix.
    """
    cdef int64_t n, row, at = first, count = 0
    cdef uint32_t hash = 2166136261
    for n in range(1, subwords.maxn + 1):
        if at == size:
            break
        at = next_character(text, size, at, &hash)
        if n < subwords.minn or (n == 1 and (first == 0 or at == size)):
            continue
        row = bucket_row(
            hash, subwords.bucket, pruned_ids, pruned_rows, subwords.pruned
        )
        if row < 0:
            continue
        row += subwords.n_words
        if row >= subwords.n_rows:
            return -1
        add_row(out, word, rows, row)
        count += 1
    return count


cdef bint write_vector(
    const Subwords *subwords, const uint8_t *text, int64_t size,
    const float[:, ::1] rows, const int64_t[::1] pruned_ids,
    const int64_t[::1] pruned_rows, float[:, ::1] out, int64_t word
) noexcept nogil:
    """Write the mean of a word's row and its subwords' rows.

    Returns False if a row lies outside the matrix.
    """
    cdef int64_t k, i, found, count = 1
    cdef float scale
    for k in range(rows.shape[1]):
        out[word, k] = load_float(&rows[word, k])
    for i in range(size):
        if continues(text[i]):
            continue
        found = add_subwords(
            subwords, text, size, i, rows, pruned_ids, pruned_rows, out, word
        )
        if found < 0:
            return False
        count += found
    scale = <float> (1.0 / <double> count)
    for k in range(rows.shape[1]):
        out[word, k] *= scale
    return True


def compose(const uint8_t[::1] words, const int64_t[::1] offsets, int64_t first,
            int64_t last, const float[:, ::1] rows, int64_t n_words, int64_t minn,
            int64_t maxn, int64_t bucket, const int64_t[::1] pruned_ids,
            const int64_t[::1] pruned_rows, bint pruned, float[:, ::1] out):
    """
    Write the vectors of words.

    Parameters
    ----------
    words : buffer of bytes
        Every word between ``<`` and ``>``, one after the other.
    offsets : int64, shape (V + 1,)
        Word i is ``words[offsets[i]:offsets[i + 1]]``. An empty one has no subwords.
    first, last : int
        The words to write.
    rows : float32, shape (n_words + buckets, d)
        fastText's input matrix. It may begin at any byte of a mapped file.
    n_words : int
        Rows before those of the buckets.
    minn, maxn, bucket : int
        Shortest and longest n-grams in characters, and the number of hash buckets.
    pruned_ids, pruned_rows : int64, equally long, ids ascending
        Buckets that pruning left, and their rows.
    pruned : bool
        Whether the buckets were pruned.
    out : float32, shape (V, d)
    """
    cdef int64_t word, i, size, dimensions = rows.shape[1]
    cdef const uint8_t *text
    cdef Subwords subwords
    cdef bint in_range = True
    if not (0 <= first <= last < offsets.shape[0] and last <= out.shape[0]
            and last <= n_words <= rows.shape[0] and out.shape[1] == dimensions
            and pruned_ids.shape[0] == pruned_rows.shape[0] and bucket >= 0):
        raise ValueError(f"words {first} to {last} do not fit the given arrays")
    for i in range(first, last):
        if not 0 <= offsets[i] <= offsets[i + 1] <= words.shape[0]:
            raise ValueError(f"word {i} lies outside the words")
    subwords = Subwords(n_words, rows.shape[0], minn, maxn, bucket, pruned)
    with nogil:
        for word in range(first, last):
            size = offsets[word + 1] - offsets[word] if bucket > 0 else 0
            text = &words[offsets[word]] if size else NULL
            in_range &= write_vector(
                &subwords, text, size, rows, pruned_ids, pruned_rows, out, word
            )
    if not in_range:
        raise ValueError("a subword lies outside the matrix; the file is damaged")
