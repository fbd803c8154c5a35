# cython: language_level=3
"""The tokens of one block that are trained, with the reach of their windows."""
from libc.stdint cimport int32_t, int64_t, uint64_t

from w2vfast.kernels._arguments cimport KernelArguments
from w2vfast.kernels._random cimport draw, high, low


cdef extern from "_simd.h" nogil:
    void PREFETCH(const void *p)


cdef enum:
    PREFETCH_TOKENS = 32       # tokens until what is asked for is read


cdef struct TokenBlock:
    # Kept tokens in order; those at first..last-1 are the block's own, the others
    # stand in the windows of tokens near its ends.
    int32_t *word
    int64_t *position
    int32_t *radius
    int32_t *sentence_begin          # where the token's sentence begins and ends in the stream
    int32_t *sentence_end
    Py_ssize_t centres_begin
    Py_ssize_t centres_end
    Py_ssize_t size


cdef inline bint is_kept(const KernelArguments *args, uint64_t r, int32_t word) noexcept nogil:
    return word < args.n_words and high(r) <= args.keep_thresholds[word]


cdef inline int64_t find_sentence(const KernelArguments *args, int64_t position) noexcept nogil:
    """The sentence that holds a token, by bisection."""
    cdef int64_t low_end = 0, high_end = args.n_sentences, middle
    while high_end - low_end > 1:
        middle = (low_end + high_end) // 2
        if args.offsets[middle] <= position:
            low_end = middle
        else:
            high_end = middle
    return low_end


cdef inline int64_t walk_context(const KernelArguments *args, uint64_t key, int64_t start,
                                int64_t stop, int64_t way) noexcept nogil:
    """Walk from start towards stop until a window of kept tokens is passed."""
    cdef int64_t seen = 0, position = start
    while position != stop and seen < args.window:
        seen += is_kept(args, draw(key, position), args.ids[position])
        position += way
    return position


cdef inline void load_block(TokenBlock *s, const KernelArguments *args, uint64_t key,
                      int64_t begin, int64_t end) noexcept nogil:
    """Collect the kept tokens of positions begin..end-1 and of the windows there."""
    cdef int64_t sentence = find_sentence(args, begin), position, stop
    cdef int64_t last = find_sentence(args, end - 1)
    cdef int64_t start = walk_context(args, key, begin - 1,
                                     args.offsets[sentence] - 1, -1) + 1
    cdef int64_t finish = walk_context(args, key, end, args.offsets[last + 1], 1)
    cdef Py_ssize_t n = 0
    position = start
    while position < finish:
        stop = min(args.offsets[sentence + 1], finish)
        n = append_kept_tokens(s, args, key, position, stop, n)
        position = stop
        sentence += 1
    s.size = s.centres_end = n
    s.centres_begin = 0
    while s.centres_begin < n and s.position[s.centres_begin] < begin:
        s.centres_begin += 1
    while s.centres_end > s.centres_begin and s.position[s.centres_end - 1] >= end:
        s.centres_end -= 1


cdef inline Py_ssize_t append_kept_tokens(
        TokenBlock *s, const KernelArguments *args, uint64_t key, int64_t position, int64_t stop,
        Py_ssize_t n) noexcept nogil:
    """Append the kept tokens of one sentence, without a branch on the draw."""
    cdef Py_ssize_t begin = n, place
    cdef uint64_t r
    while position < stop:
        r = draw(key, position)
        PREFETCH(args.keep_thresholds + args.ids[min(position + PREFETCH_TOKENS, args.n_tokens - 1)])
        s.word[n] = args.ids[position]
        s.position[n] = position
        s.radius[n] = args.window
        if args.shrink_windows:
            s.radius[n] = <int32_t>((low(r) * <uint64_t>args.window) >> 32) + 1
        n += is_kept(args, r, args.ids[position])
        position += 1
    for place in range(begin, n):
        s.sentence_begin[place] = <int32_t>begin
        s.sentence_end[place] = <int32_t>n
    return n
