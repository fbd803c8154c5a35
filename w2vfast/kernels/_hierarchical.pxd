# cython: language_level=3
"""Hierarchical softmax: the nodes on the paths to a chunk's words."""
from libc.stdint cimport int32_t, int64_t
from libc.string cimport memset

from w2vfast.kernels._arguments cimport PANEL_WIDTH, KernelArguments
from w2vfast.kernels._batch cimport (
    Batch, Pairs, add_and_prefetch_row, find_or_add_row, pad_shared_rows, prefetch_row)
from w2vfast.kernels._csc cimport Csc, csc_append, csc_clear, csc_count, csc_set_starts
from w2vfast.kernels._tiles cimport row_tile_end
from w2vfast.kernels._token_block cimport PREFETCH


cdef enum:
    PREFETCH_PATHS = 4        # words until a path's numbers that are asked for are read
    PREFETCH_NODES = 8        # and how many are asked for
    PATH_LENGTHS = 64    # of paths that are told apart; longer ones come last, as they are


cdef extern from "_logistic.h" nogil:
    void count_labels(float *pairs, float *ones, const float *labels, Py_ssize_t n)


cdef inline void add_top_nodes(Batch *b, const KernelArguments *args) noexcept nogil:
    """The first nodes of the tree, which most words' paths lead through."""
    cdef int32_t k
    for k in range(<int32_t>min(<int64_t>args.top_nodes, args.n_words)):
        b.shared_weight[find_or_add_row(&b.outside, k)] = 1
    pad_shared_rows(b)
    memset(b.node_label, 0, (b.context_end - b.context_begin) * b.n_shared_padded * sizeof(float))
    memset(b.omega, 0, (b.end - b.begin) * b.n_shared_padded * sizeof(float))
    memset(b.n_positive, 0, (b.end - b.begin) * b.n_shared_padded * sizeof(float))


cdef inline void prefetch_path(const KernelArguments *args, int32_t word) noexcept nogil:
    """Ask for a word's path: two cache lines of nodes, and of labels."""
    cdef int64_t first = args.path_offsets[word]
    prefetch_row(<const float *>args.path_nodes + first, PANEL_WIDTH + 1)
    prefetch_row(args.path_labels + first, PANEL_WIDTH + 1)


cdef inline void prefetch_slots(const Batch *b, const KernelArguments *args,
                                 int32_t word) noexcept nogil:
    """Ask for the numbers of a path's last nodes, which are rare ones."""
    cdef int64_t end = args.path_offsets[word + 1]
    cdef int k
    if end >= PREFETCH_NODES:
        for k in range(PREFETCH_NODES):
            PREFETCH(b.outside.slot + args.path_nodes[end - 1 - k])


cdef inline int32_t append_path(Batch *b, const KernelArguments *args, int32_t word, int32_t n,
                              float *top) noexcept nogil:
    """Write down a path's nodes from n on, those of the dense part in `top`."""
    cdef int64_t i
    cdef int32_t node
    for i in range(args.path_offsets[word], args.path_offsets[word + 1]):
        node = args.path_nodes[i]
        if b.shared_nodes and node < b.n_shared:
            top[node] = args.path_labels[i]
            continue
        b.target_row[n] = add_and_prefetch_row(&b.outside, node, args.row_size)
        b.target_word[n] = node
        b.target_label[n] = args.path_labels[i]
        n += 1
    return n


cdef inline void count_top_nodes(Batch *b, Py_ssize_t row, Py_ssize_t at) noexcept nogil:
    """Hidden row `row` aims at what row `at` of c.top labels: count it."""
    cdef const float *labels = b.node_label + at * b.n_shared_padded
    count_labels(b.omega + row * b.n_shared_padded, b.n_positive + row * b.n_shared_padded, labels, b.n_shared_padded)


cdef inline int32_t capped_path_length(const KernelArguments *args, int32_t word) noexcept nogil:
    """Nodes of a word's path, or the most that are told apart."""
    cdef int64_t length = args.path_offsets[word + 1] - args.path_offsets[word]
    return <int32_t>min(length, <int64_t>(PATH_LENGTHS - 1))


cdef inline void sort_by_path_length(Batch *b, const KernelArguments *args, int32_t begin,
                                 int32_t end) noexcept nogil:
    """Sort lines begin..end-1 by the lengths of their paths.

    Neighbours then mostly have equally many entries, so that the processor foretells
    where loops over them end; an end that it does not foretell costs as much as a node.
    """
    cdef const int32_t *word = b.tokens.word + b.begin
    cdef int32_t indptr[PATH_LENGTHS + 2]
    cdef Csc lines
    cdef int32_t i
    lines.indptr, lines.indices = indptr, b.pairs.hidden_row + begin
    lines.data = b.pairs.data  # there are none yet
    csc_clear(&lines, PATH_LENGTHS)
    for i in range(begin, end):
        csc_count(&lines, capped_path_length(args, word[b.first_centre[i]]))
    csc_set_starts(&lines, PATH_LENGTHS)
    for i in range(begin, end):
        csc_append(&lines, capped_path_length(args, word[b.first_centre[i]]), i, 0)


cdef inline void append_cbow_paths(Batch *b, const KernelArguments *args) noexcept nogil:
    """Put CBOW's lines in order, and name the nodes of their centres' paths."""
    cdef const int32_t *word = b.tokens.word + b.begin
    cdef Pairs *p = &b.pairs
    cdef int32_t i, end = 0
    while b.shared_nodes and end < p.n_rows:  # else count_pairs needs row i in line i
        i, end = end, row_tile_end(b, end)
        sort_by_path_length(b, args, i, end)
    for i in range(p.n_rows):
        if i + PREFETCH_PATHS < p.n_rows:
            prefetch_slots(b, args, word[b.first_centre[p.hidden_row[i + PREFETCH_PATHS]]])
        p.indptr[i + 1] = append_path(b, args, word[b.first_centre[p.hidden_row[i]]], p.indptr[i],
                                   b.node_label + i * b.n_shared_padded)
        if b.shared_nodes:
            count_top_nodes(b, p.hidden_row[i], i)
