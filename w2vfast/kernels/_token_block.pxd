# cython: language_level=3
"""Load the tokens of one block: subsampling, window radii, sentence ends.

Positions count tokens in the order of training; with `args.starts`, that is not the
order of the ids. A token is numbered by its index in the block. The twin is
reference/token_block.py.
"""
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from w2vfast.kernels._arguments cimport KernelArguments
from w2vfast.kernels._random cimport draw, high, low


cdef extern from "_simd.h" nogil:
    void PREFETCH(const void *p)


cdef enum:
    PREFETCH_TOKENS = 32        # prefetch the threshold of the token so far ahead,
    PREFETCH_SENTENCES = 3      # and the ids of the sentence so far ahead


cdef struct TokenBlock:
    # The kept tokens in order. Tokens centres_begin..centres_end-1 are the block's own;
    # the others belong to windows that extend beyond its ends.
    int32_t *word               # (size,)
    int64_t *position           # (size,)
    int32_t *radius             # (size,): tokens of the window on each side, at most
    int32_t *sentence_begin     # (size,): first token of the token's sentence,
    int32_t *sentence_end       # (size,): and the one after its last
    Py_ssize_t centres_begin
    Py_ssize_t centres_end
    Py_ssize_t size


cdef inline bint is_kept(const KernelArguments *args, uint64_t r,
                         int32_t word) noexcept nogil:
    """True if a token is in the vocabulary and survives subsampling; r: its number.

    As an unsigned number, a negative id is larger than any word.
    """
    return (<uint32_t>word < <uint64_t>args.n_words
            and high(r) <= args.keep_thresholds[word])


cdef inline int64_t find_sentence(const KernelArguments *args,
                                  int64_t position) noexcept nogil:
    """Return the sentence that contains a position, by bisection."""
    cdef int64_t begin = 0, end = args.n_sentences, middle
    while end - begin > 1:
        middle = (begin + end) // 2
        if args.offsets[middle] <= position:
            begin = middle
        else:
            end = middle
    return begin


cdef inline const int32_t *sentence_ids(const KernelArguments *args,
                                        int64_t sentence) noexcept nogil:
    """Return where the ids of a sentence are, indexed by position."""
    if args.starts == NULL:
        return args.ids
    return args.ids + (args.starts[sentence] - args.offsets[sentence])


cdef inline void prefetch_sentence(const KernelArguments *args,
                                   int64_t sentence) noexcept nogil:
    """Prefetch the first ids of a sentence that does not follow the one before."""
    cdef const int32_t *ids
    if args.starts != NULL and sentence < args.n_sentences:
        ids = args.ids + args.starts[sentence]
        PREFETCH(ids)
        PREFETCH(ids + min(16, args.offsets[sentence + 1] - args.offsets[sentence]))


cdef inline int64_t walk_context(const KernelArguments *args, uint64_t key,
                                 const int32_t *ids, int64_t start, int64_t stop,
                                 int64_t step) noexcept nogil:
    """Walk from start towards stop, past at most `window` kept tokens."""
    cdef int64_t n_kept = 0, position = start
    while position != stop and n_kept < args.window:
        n_kept += is_kept(args, draw(key, position), ids[position])
        position += step
    return position


cdef inline void load_block(TokenBlock *tokens, const KernelArguments *args,
                            uint64_t key, int64_t begin, int64_t end) noexcept nogil:
    """Load the kept tokens of positions begin..end-1, and those in their windows."""
    cdef int64_t sentence = find_sentence(args, begin), position, stop
    cdef int64_t last = find_sentence(args, end - 1)
    cdef int64_t start = walk_context(args, key, sentence_ids(args, sentence),
                                      begin - 1, args.offsets[sentence] - 1, -1) + 1
    cdef int64_t finish = walk_context(args, key, sentence_ids(args, last), end,
                                       args.offsets[last + 1], 1)
    cdef Py_ssize_t n = 0
    position = start
    while position < finish:
        prefetch_sentence(args, sentence + PREFETCH_SENTENCES)
        stop = min(args.offsets[sentence + 1], finish)
        n = append_kept_tokens(tokens, args, key, sentence_ids(args, sentence),
                               position, stop, n)
        position = stop
        sentence += 1
    tokens.size = tokens.centres_end = n
    tokens.centres_begin = 0
    while (tokens.centres_begin < n
           and tokens.position[tokens.centres_begin] < begin):
        tokens.centres_begin += 1
    while (tokens.centres_end > tokens.centres_begin
           and tokens.position[tokens.centres_end - 1] >= end):
        tokens.centres_end -= 1


cdef inline Py_ssize_t append_kept_tokens(
        TokenBlock *tokens, const KernelArguments *args, uint64_t key,
        const int32_t *ids, int64_t position, int64_t stop,
        Py_ssize_t n) noexcept nogil:
    """Append the kept tokens of one sentence from index n on; return the new size.

    Every token is written; n grows only if it is kept. A branch on the draw would
    be mispredicted.
    """
    cdef Py_ssize_t begin = n, i
    cdef int64_t last = stop - 1
    if args.starts == NULL:  # the next sentences follow
        last = args.n_tokens - 1
    cdef uint64_t r
    while position < stop:
        r = draw(key, position)
        PREFETCH(args.keep_thresholds + ids[min(position + PREFETCH_TOKENS, last)])
        tokens.word[n] = ids[position]
        tokens.position[n] = position
        tokens.radius[n] = args.window
        if args.shrink_windows:
            tokens.radius[n] = <int32_t>((low(r) * <uint64_t>args.window) >> 32) + 1
        n += is_kept(args, r, ids[position])
        position += 1
    for i in range(begin, n):
        tokens.sentence_begin[i] = <int32_t>begin
        tokens.sentence_end[i] = <int32_t>n
    return n
