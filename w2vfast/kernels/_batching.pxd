# cython: language_level=3
"""What a chunk consists of: everything that is settled before any arithmetic."""
from libc.stdint cimport int32_t, uint64_t
from libc.string cimport memset

from w2vfast.kernels._arguments cimport (
    HIERARCHICAL_SOFTMAX, PANEL_WIDTH, KernelArguments)
from w2vfast.kernels._batch cimport (
    Batch, Pairs, add_and_prefetch_row, append_row, clear_rows, copy_padded,
    find_or_add_row, pad_shared_rows, start_csc)
from w2vfast.kernels._hierarchical cimport (
    PREFETCH_PATHS, add_top_nodes, append_cbow_paths, append_path, count_top_nodes,
    prefetch_path, prefetch_slots)
from w2vfast.kernels._random cimport draw, high, low
from w2vfast.kernels._token_block cimport PREFETCH, TokenBlock


cdef enum:
    PREFETCH_WORDS = 8       # words until a path that is asked for is read


cdef inline void clear_batch(Batch *b) noexcept nogil:
    clear_rows(&b.centre)
    clear_rows(&b.outside)
    b.n_shared = b.n_shared_padded = 0
    b.pairs.n_rows = b.pairs.indptr[0] = 0
    memset(b.pair_count, 0, (b.end - b.begin + PANEL_WIDTH) * sizeof(float))


cdef inline int32_t find_windows(Batch *b, const KernelArguments *args,
                                 const TokenBlock *s) noexcept nogil:
    """Find every centre's window; return the number of positive pairs."""
    cdef int32_t i, total = 0, place
    b.context_begin = b.begin
    b.context_end = b.end
    for i in range(<int32_t>(b.end - b.begin)):
        place = <int32_t>b.begin + i
        b.left[i] = min(s.radius[place], place - s.sentence_begin[place])
        b.right[i] = min(s.radius[place], s.sentence_end[place] - 1 - place)
        b.context_begin = min(b.context_begin, place - b.left[i])
        b.context_end = max(b.context_end, place + b.right[i] + 1)
        if args.cbow:
            total += b.left[i] + b.right[i] > 0
        else:
            total += b.left[i] + b.right[i]
    return total


cdef inline void draw_negatives(Batch *b, const KernelArguments *args, uint64_t key,
                            int draws) noexcept nogil:
    """Draw the negatives; a word drawn m times becomes one row that counts m."""
    cdef float unit = <float>(<double>args.negative / draws)
    cdef uint64_t r, place
    cdef int32_t word
    cdef int k
    for k in range(draws):
        r = draw(key, k)
        place = (high(r) * <uint64_t>args.n_words) >> 32
        word = <int32_t>place
        if low(r) > args.noise_accept[place]:
            word = args.noise_alias[place]
        b.shared_weight[add_and_prefetch_row(&b.outside, word, args.row_size)] += unit
    pad_shared_rows(b)


cdef inline void prefetch_lookups(Batch *b, const KernelArguments *args, const int32_t *word) noexcept nogil:
    """Ask for what naming rows of words will need: numbers, paths."""
    PREFETCH(b.centre.slot + word[2 * PREFETCH_WORDS])
    if not b.paths:
        PREFETCH(b.outside.slot + word[2 * PREFETCH_WORDS])
        return
    PREFETCH(args.path_offsets + word[2 * PREFETCH_WORDS])
    prefetch_path(args, word[PREFETCH_WORDS])
    if not args.cbow:
        prefetch_slots(b, args, word[PREFETCH_PATHS])


cdef inline int32_t append_targets(Batch *b, const KernelArguments *args, int32_t word, int32_t n,
                                 Py_ssize_t place) noexcept nogil:
    """Write down from n on what predicting a word aims at; return the end."""
    if b.paths:
        return append_path(b, args, word, n, b.node_label + place * b.n_shared_padded)
    b.target_row[n] = find_or_add_row(&b.outside, word)
    b.target_word[n] = word
    return n + 1


cdef inline void assign_rows(Batch *b, const KernelArguments *args, const TokenBlock *s) noexcept nogil:
    """Give every place its rows: centres in one table, their windows in the other.

    Not the nodes of CBOW's targets: its lines are put in order first.
    """
    cdef Py_ssize_t i, k
    cdef int32_t word, n = 0
    cdef bint centre
    for i in range(b.context_end - b.context_begin):
        word = s.word[b.context_begin + i]
        if b.context_begin + i + 2 * PREFETCH_WORDS < s.size:
            prefetch_lookups(b, args, s.word + b.context_begin + i)
        k = b.context_begin + i - b.begin
        centre = 0 <= k < b.end - b.begin
        if args.cbow or centre:
            b.centre_row[i] = find_or_add_row(&b.centre, word)
        b.target_start[i] = n
        if not args.cbow or not b.paths and centre and b.left[k] + b.right[k] > 0:
            n = append_targets(b, args, word, n, i)
        b.target_start[i + 1] = n


cdef inline void append_pairs(Batch *b, Py_ssize_t begin, Py_ssize_t end) noexcept nogil:
    """Append to the last line what the places begin..end-1 aim at."""
    cdef Pairs *p = &b.pairs
    cdef int32_t first = b.target_start[begin], n = b.target_start[end] - b.target_start[begin]
    cdef Py_ssize_t i
    copy_padded(p.indices + p.indptr[p.n_rows], b.target_row + first, n)
    copy_padded(p.word + p.indptr[p.n_rows], b.target_word + first, n)
    p.indptr[p.n_rows] += n
    if b.paths:
        copy_padded(p.label + p.indptr[p.n_rows] - n, b.target_label + first, n)
        if b.shared_nodes:
            for i in range(begin, end):
                count_top_nodes(b, p.n_rows - 1, i)


cdef inline void link_equal_centres(Batch *b) noexcept nogil:
    """Chain the centres that are the same word, first to last."""
    cdef Py_ssize_t i
    cdef int32_t row
    memset(b.first_centre, 0xFF, b.centre.count * sizeof(int32_t))
    for i in range(b.end - b.begin - 1, -1, -1):
        row = b.centre_row[b.begin - b.context_begin + i]
        b.next_centre[i] = b.first_centre[row]
        b.first_centre[row] = <int32_t>i


cdef inline void skipgram_pairs(Batch *b) noexcept nogil:
    """A line per distinct centre, its columns those of all the word's windows."""
    cdef Py_ssize_t at
    cdef int32_t row, i
    link_equal_centres(b)
    for row in range(b.centre.count):
        b.pairs.hidden_row[row] = append_row(&b.pairs)
        i = b.first_centre[row]
        while i >= 0:
            at = b.begin - b.context_begin + i
            append_pairs(b, at - b.left[i], at)
            append_pairs(b, at + 1, at + 1 + b.right[i])
            b.pair_count[row] += b.left[i] + b.right[i]
            i = b.next_centre[i]
    b.hidden = b.centre


cdef inline void assign_hidden_rows(Batch *b, const KernelArguments *args) noexcept nogil:
    """Give a hidden row, and a line, to each centre that has a window."""
    cdef int32_t i, n, k = 0
    for i in range(<int32_t>(b.end - b.begin)):
        n = b.left[i] + b.right[i]
        if n > 0:
            b.pair_count[k] = 1
            b.first_centre[k] = i
            b.pairs.hidden_row[k] = k
            b.windows.context_weight[k] = <float>1 / n if args.cbow_mean else 1
            b.windows.gradient_weight[k] = b.windows.context_weight[k] if args.cbow_exact else 1
            k += 1
    b.hidden.count = k


cdef inline void cbow_pairs(Batch *b, const KernelArguments *args) noexcept nogil:
    """A line per centre: its hidden row is made of its window, its columns its own."""
    cdef int32_t i
    assign_hidden_rows(b, args)
    b.pairs.n_rows = b.hidden.count
    if b.paths:
        append_cbow_paths(b, args)
        return
    for i in range(b.pairs.n_rows):
        b.pairs.indptr[i + 1] = i + 1


cdef inline int32_t build_batch(Batch *b, const KernelArguments *args, const TokenBlock *s,
                         uint64_t noise_key) noexcept nogil:
    """Settle rows, pairs and weights of places begin..end-1; return the pairs."""
    cdef int32_t pairs, draws
    b.paths = args.uses_paths
    b.shared_nodes = args.loss == HIERARCHICAL_SOFTMAX
    clear_batch(b)
    pairs = find_windows(b, args, s)
    if pairs == 0:
        return 0
    draws = args.shared_negatives if args.shared_negatives > 0 else args.negative * pairs
    if args.uses_negatives:
        memset(b.shared_weight, 0, (draws + 16) * sizeof(float))
        draw_negatives(b, args, draw(noise_key, s.position[b.begin]), draws)
    elif b.shared_nodes:
        add_top_nodes(b, args)
    assign_rows(b, args, s)
    if args.cbow:
        cbow_pairs(b, args)
    else:
        skipgram_pairs(b)
    start_csc(&b.pairs, b.outside.count)
    return pairs
