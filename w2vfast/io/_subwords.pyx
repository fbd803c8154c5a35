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
    cdef int64_t word, i, j, n, k, row, count, size, dimensions = rows.shape[1]
    cdef const uint8_t *text
    cdef uint32_t hash
    cdef float scale
    cdef bint in_range = True
    if not (0 <= first <= last < offsets.shape[0] and last <= out.shape[0]
            and last <= n_words <= rows.shape[0] and out.shape[1] == dimensions
            and pruned_ids.shape[0] == pruned_rows.shape[0] and bucket >= 0):
        raise ValueError(f"words {first} to {last} do not fit the given arrays")
    for i in range(first, last):
        if not 0 <= offsets[i] <= offsets[i + 1] <= words.shape[0]:
            raise ValueError(f"word {i} lies outside the words")
    with nogil:
        for word in range(first, last):
            for k in range(dimensions):
                out[word, k] = load_float(&rows[word, k])
            count = 1
            size = offsets[word + 1] - offsets[word]
            text = &words[offsets[word]] if size else NULL
            for i in range(size if bucket > 0 else 0):
                if continues(text[i]):
                    continue
                hash = 2166136261
                j = i
                n = 1
                while j < size and n <= maxn:
                    hash = (hash ^ signed_byte(text[j])) * <uint32_t> 16777619
                    j += 1
                    while j < size and continues(text[j]):
                        hash = (hash ^ signed_byte(text[j])) * <uint32_t> 16777619
                        j += 1
                    if n >= minn and not (n == 1 and (i == 0 or j == size)):
                        row = bucket_row(hash, bucket, pruned_ids, pruned_rows, pruned)
                        if row >= 0:
                            row += n_words
                            if row >= rows.shape[0]:
                                in_range = False
                                break
                            for k in range(dimensions):
                                out[word, k] += load_float(&rows[row, k])
                            count += 1
                    n += 1
            scale = <float> (1.0 / <double> count)
            for k in range(dimensions):
                out[word, k] *= scale
    if not in_range:
        raise ValueError("a subword lies outside the matrix; the file is damaged")
