# cython: language_level=3
"""Build a batch: distinct rows, positive pairs, negatives. No arithmetic on rows yet.

Numbers of centres and context tokens: see _batch.pxd. A row of the pair matrix belongs
to a hidden row. Its columns are the outside rows that are the hidden row's targets.
"""
from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.string cimport memset

from w2vfast.kernels._arguments cimport (
    HIERARCHICAL_SOFTMAX, PANEL_WIDTH, KernelArguments)
from w2vfast.kernels._batch cimport (
    Batch, Pairs, add_and_prefetch_row, append_row, clear_rows, copy_padded,
    find_or_add_row, pad_shared_rows, start_csc, table_row)
from w2vfast.kernels._hierarchical cimport (
    PREFETCH_PATHS, add_top_nodes, append_cbow_paths, append_path, count_top_nodes,
    prefetch_path, prefetch_slots)
from w2vfast.kernels._random cimport draw, high, low
from w2vfast.kernels._token_block cimport PREFETCH, TokenBlock


cdef enum:
    PREFETCH_WORDS = 8      # prefetch the path of the word so far ahead


cdef inline void clear_batch(Batch *b) noexcept nogil:
    """Remove the rows and pairs of the batch before."""
    clear_rows(&b.centre)
    clear_rows(&b.outside)
    b.n_shared = b.n_shared_padded = 0
    b.pair_units = 0
    b.pairs.n_rows = b.pairs.indptr[0] = 0
    memset(b.pair_count, 0, (b.end - b.begin + PANEL_WIDTH) * sizeof(float))


cdef inline int64_t pair_units(const KernelArguments *args, int32_t left,
                               int32_t right) noexcept nogil:
    """Return the number of a centre's pairs, or `window` times their weights' sum."""
    if args.weighted_windows:
        return (left * (2 * <int64_t>args.window + 1 - left)
                + right * (2 * <int64_t>args.window + 1 - right)) // 2
    return left + right


cdef inline int32_t find_windows(Batch *b, const KernelArguments *args,
                                 const TokenBlock *tokens) noexcept nogil:
    """Set the window of every centre; return the number of positive pairs."""
    cdef int32_t i, total = 0, token
    b.context_begin = b.begin
    b.context_end = b.end
    for i in range(<int32_t>(b.end - b.begin)):
        token = <int32_t>b.begin + i
        b.left[i] = min(tokens.radius[token], token - tokens.sentence_begin[token])
        b.right[i] = min(tokens.radius[token], tokens.sentence_end[token] - 1 - token)
        b.context_begin = min(b.context_begin, token - b.left[i])
        b.context_end = max(b.context_end, token + b.right[i] + 1)
        if args.cbow:
            total += b.left[i] + b.right[i] > 0
        else:
            total += b.left[i] + b.right[i]
    return total


cdef inline void draw_negatives(Batch *b, const KernelArguments *args, uint64_t key,
                                int n_draws) noexcept nogil:
    """Draw the negatives. A word drawn m times becomes one row with m times the weight.

    `high` chooses a slot of the alias table, and `low` accepts it or takes its alias.
    The key's last bit chooses the hidden rows that thinned gradients are from.
    """
    cdef float weight = <float>(<double>args.negative / n_draws)
    cdef uint64_t r, slot
    cdef int32_t word
    cdef int j
    b.first_thinned = key & 1
    for j in range(n_draws):
        r = draw(key, j)
        slot = (high(r) * <uint64_t>args.n_words) >> 32
        word = <int32_t>slot
        if low(r) > args.noise_accept[slot]:
            word = args.noise_alias[slot]
        b.shared_weight[add_and_prefetch_row(&b.outside, word, args.row_size)] += weight
    pad_shared_rows(b)


cdef inline void prefetch_lookups(Batch *b, const KernelArguments *args,
                                  const int32_t *word) noexcept nogil:
    """Prefetch what assign_rows reads for the next words: slots and paths.

    `word` points to the current token. A path needs three prefetches, each a few words
    after the one before: its offset, its nodes and labels, and the slots of its nodes.
    """
    PREFETCH(b.centre.slot + word[2 * PREFETCH_WORDS])
    if not b.paths:
        PREFETCH(b.outside.slot + word[2 * PREFETCH_WORDS])
        return
    PREFETCH(args.path_offsets + word[2 * PREFETCH_WORDS])
    prefetch_path(args, word[PREFETCH_WORDS])
    if not args.cbow:
        prefetch_slots(b, args, word[PREFETCH_PATHS])


cdef inline int32_t append_targets(Batch *b, const KernelArguments *args, int32_t word,
                                   int32_t n, Py_ssize_t k) noexcept nogil:
    """Append the targets of context token k from index n on; return the new size."""
    if b.paths:
        return append_path(b, args, word, n, b.node_label + k * b.n_shared_padded)
    b.target_row[n] = find_or_add_row(&b.outside, word)
    b.target_word[n] = table_row(&b.outside, b.target_row[n], word)
    return n + 1


cdef inline void assign_rows(Batch *b, const KernelArguments *args,
                             const TokenBlock *tokens) noexcept nogil:
    """Assign rows to all context tokens: centre rows and targets.

    In skip-gram, only centres get centre rows, and all context tokens get targets. In
    CBOW, all context tokens get centre rows, and only centres get targets. With a tree,
    append_cbow_paths appends CBOW's targets, because it first sorts the pair matrix.
    """
    cdef Py_ssize_t k, i
    cdef int32_t word, n = 0
    cdef bint is_centre
    for k in range(b.context_end - b.context_begin):
        word = tokens.word[b.context_begin + k]
        if b.context_begin + k + 2 * PREFETCH_WORDS < tokens.size:
            prefetch_lookups(b, args, tokens.word + b.context_begin + k)
        i = b.context_begin + k - b.begin
        is_centre = 0 <= i < b.end - b.begin
        if args.cbow or is_centre:
            b.centre_row[k] = find_or_add_row(&b.centre, word)
        b.target_start[k] = n
        if (not args.cbow
                or not b.paths and is_centre and b.left[i] + b.right[i] > 0):
            n = append_targets(b, args, word, n, k)
        b.target_start[k + 1] = n


cdef inline void append_pairs(Batch *b, Py_ssize_t begin,
                              Py_ssize_t end) noexcept nogil:
    """Append the targets of context tokens begin..end-1 to the last row of pairs."""
    cdef Pairs *p = &b.pairs
    cdef int32_t first = b.target_start[begin], n = b.target_start[end] - first
    cdef Py_ssize_t k
    copy_padded(p.indices + p.indptr[p.n_rows], b.target_row + first, n)
    copy_padded(p.word + p.indptr[p.n_rows], b.target_word + first, n)
    p.indptr[p.n_rows] += n
    if b.paths:
        copy_padded(p.label + p.indptr[p.n_rows] - n, b.target_label + first, n)
        if b.shared_nodes:
            for k in range(begin, end):
                count_top_nodes(b, p.n_rows - 1, k)


cdef inline void append_weights(Batch *b, const KernelArguments *args, int32_t left,
                                int32_t right) noexcept nogil:
    """Append the weights of a centre's pairs, which are the last of all pairs."""
    cdef int32_t end = b.pairs.indptr[b.pairs.n_rows], n = left + right
    copy_padded(b.pairs.weight + end - n, b.window_weight + args.window - left, n)


cdef inline void link_equal_centres(Batch *b) noexcept nogil:
    """Link the centres that are the same word, first to last."""
    cdef Py_ssize_t i
    cdef int32_t row
    memset(b.first_centre, 0xFF, b.centre.count * sizeof(int32_t))
    for i in range(b.end - b.begin - 1, -1, -1):
        row = b.centre_row[b.begin - b.context_begin + i]
        b.next_centre[i] = b.first_centre[row]
        b.first_centre[row] = <int32_t>i


cdef inline void skipgram_pairs(Batch *b, const KernelArguments *args) noexcept nogil:
    """Append a row for each distinct centre, with the targets of all its windows."""
    cdef Py_ssize_t k
    cdef int64_t units
    cdef int32_t row, i
    link_equal_centres(b)
    for row in range(b.centre.count):
        b.pairs.hidden_row[row] = append_row(&b.pairs)
        i = b.first_centre[row]
        while i >= 0:
            k = b.begin - b.context_begin + i
            append_pairs(b, k - b.left[i], k)
            append_pairs(b, k + 1, k + 1 + b.right[i])
            if args.weighted_windows:
                append_weights(b, args, b.left[i], b.right[i])
            units = pair_units(args, b.left[i], b.right[i])
            b.pair_count[row] += <float>units / args.pair_unit
            b.pair_units += units
            i = b.next_centre[i]
    b.hidden = b.centre


cdef inline void assign_hidden_rows(Batch *b,
                                    const KernelArguments *args) noexcept nogil:
    """Assign a hidden row to each centre whose window is not empty."""
    cdef int32_t i, n, row = 0
    for i in range(<int32_t>(b.end - b.begin)):
        n = b.left[i] + b.right[i]
        if n > 0:
            b.pair_count[row] = 1
            b.first_centre[row] = i
            b.pairs.hidden_row[row] = row
            b.windows.context_weight[row] = <float>1 / n if args.cbow_mean else 1
            b.windows.gradient_weight[row] = (
                b.windows.context_weight[row] if args.cbow_exact else 1)
            row += 1
    b.hidden.count = b.pair_units = row


cdef inline void cbow_pairs(Batch *b, const KernelArguments *args) noexcept nogil:
    """Append a row for each hidden row, with the targets of its centre.

    Without a tree that is one entry, which assign_rows has already written.
    """
    cdef int32_t row
    assign_hidden_rows(b, args)
    b.pairs.n_rows = b.hidden.count
    if b.paths:
        append_cbow_paths(b, args)
        return
    for row in range(b.pairs.n_rows):
        b.pairs.indptr[row + 1] = row + 1


cdef inline int32_t build_batch(Batch *b, const KernelArguments *args,
                                const TokenBlock *tokens,
                                uint64_t noise_key) noexcept nogil:
    """Build the batch of centres begin..end-1; return the number of positive pairs."""
    cdef int32_t n_pairs, n_draws
    b.paths = args.uses_paths
    b.rounds_products = args.rounds_products
    b.shared_nodes = args.loss == HIERARCHICAL_SOFTMAX
    clear_batch(b)
    n_pairs = find_windows(b, args, tokens)
    if n_pairs == 0:
        return 0
    n_draws = (args.shared_negatives if args.shared_negatives > 0
               else args.negative * n_pairs)
    if args.uses_negatives:
        memset(b.shared_weight, 0, (n_draws + 16) * sizeof(float))
        draw_negatives(b, args, draw(noise_key, tokens.position[b.begin]), n_draws)
    elif b.shared_nodes:
        add_top_nodes(b, args)
    assign_rows(b, args, tokens)
    if args.cbow:
        cbow_pairs(b, args)
    else:
        skipgram_pairs(b, args)
    start_csc(&b.pairs, b.outside.count)
    return n_pairs
