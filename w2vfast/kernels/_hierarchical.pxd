# cython: language_level=3
"""Hierarchical softmax: the nodes on the paths to a batch's words.

The first nodes of the tree are on most paths. They are the batch's shared rows: every
hidden row is scored against all of them. Other nodes become targets.
"""
from libc.stdint cimport int32_t, int64_t
from libc.string cimport memset

from w2vfast.kernels._arguments cimport PANEL_WIDTH, KernelArguments
from w2vfast.kernels._batch cimport (
    Batch, Pairs, add_and_prefetch_row, find_or_add_row, pad_shared_rows, prefetch_row,
    table_row)
from w2vfast.kernels._csc cimport Csc, csc_append, csc_clear, csc_count, csc_set_starts
from w2vfast.kernels._tiles cimport row_tile_end
from w2vfast.kernels._token_block cimport PREFETCH


cdef enum:
    PREFETCH_PATHS = 4      # prefetch slots for the path of the word so far ahead:
    PREFETCH_NODES = 8      # for so many nodes at the end of the path
    PATH_LENGTHS = 64       # sort by lengths 0 to 63; a longer path counts as 63


cdef extern from "_logistic.h" nogil:
    void count_labels(float *n_pairs, float *n_positive, const float *labels,
                      Py_ssize_t n)


cdef inline void add_top_nodes(Batch *b, const KernelArguments *args) noexcept nogil:
    """Make the first nodes of the tree the shared rows; set their labels to zero."""
    cdef int32_t k
    for k in range(<int32_t>min(<int64_t>args.top_nodes, args.n_words)):
        b.shared_weight[find_or_add_row(&b.outside, k)] = 1
    pad_shared_rows(b)
    memset(b.node_label, 0,
           (b.context_end - b.context_begin) * b.n_shared_padded * sizeof(float))
    memset(b.omega, 0, (b.end - b.begin) * b.n_shared_padded * sizeof(float))
    memset(b.n_positive, 0, (b.end - b.begin) * b.n_shared_padded * sizeof(float))


cdef inline void prefetch_path(const KernelArguments *args,
                               int32_t word) noexcept nogil:
    """Prefetch the start of a path: two cache lines of nodes, and two of labels."""
    cdef int64_t first = args.path_offsets[word]
    prefetch_row(<const float *>args.path_nodes + first, PANEL_WIDTH + 1)
    prefetch_row(args.path_labels + first, PANEL_WIDTH + 1)


cdef inline void prefetch_slots(const Batch *b, const KernelArguments *args,
                                int32_t word) noexcept nogil:
    """Prefetch the slots of a path's last nodes: they are rare, so seldom cached."""
    cdef int64_t end = args.path_offsets[word + 1]
    cdef int k
    if end >= PREFETCH_NODES:
        for k in range(PREFETCH_NODES):
            PREFETCH(b.outside.slot + args.path_nodes[end - 1 - k])


cdef inline int32_t append_path(Batch *b, const KernelArguments *args, int32_t word,
                                int32_t n, float *shared_label) noexcept nogil:
    """Append a path's nodes to the targets from index n on; return the new size.

    A shared node is no target. Its label is written to shared_label[node].
    """
    cdef int64_t i
    cdef int32_t node
    for i in range(args.path_offsets[word], args.path_offsets[word + 1]):
        node = args.path_nodes[i]
        if b.shared_nodes and node < b.n_shared:
            shared_label[node] = args.path_labels[i]
            continue
        b.target_row[n] = add_and_prefetch_row(&b.outside, node, args.row_size)
        b.target_word[n] = table_row(&b.outside, b.target_row[n], node)
        b.target_label[n] = args.path_labels[i]
        n += 1
    return n


cdef inline void count_top_nodes(Batch *b, Py_ssize_t row, Py_ssize_t k) noexcept nogil:
    """Count row k of node_label in the pairs of hidden row `row` with shared nodes."""
    cdef const float *labels = b.node_label + k * b.n_shared_padded
    count_labels(b.omega + row * b.n_shared_padded,
                 b.n_positive + row * b.n_shared_padded, labels, b.n_shared_padded)


cdef inline int32_t capped_path_length(const KernelArguments *args,
                                       int32_t word) noexcept nogil:
    """Return the number of nodes on a word's path, at most PATH_LENGTHS - 1."""
    cdef int64_t length = args.path_offsets[word + 1] - args.path_offsets[word]
    return <int32_t>min(length, <int64_t>(PATH_LENGTHS - 1))


cdef inline void sort_by_path_length(Batch *b, const KernelArguments *args,
                                     int32_t begin, int32_t end) noexcept nogil:
    """Sort rows begin..end-1 of the pair matrix by the lengths of their paths.

    Neighbouring rows then mostly have the same number of entries. So the CPU predicts
    the ends of loops over entries. A mispredicted end costs as much time as one node.
    """
    cdef const int32_t *word = b.tokens.word + b.begin
    cdef int32_t indptr[PATH_LENGTHS + 2]
    cdef Csc by_length  # a column for each length
    cdef int32_t i
    by_length.indptr, by_length.indices = indptr, b.pairs.hidden_row + begin
    by_length.data = b.pairs.data  # its values are not used: `data` has no scores yet
    csc_clear(&by_length, PATH_LENGTHS)
    for i in range(begin, end):
        csc_count(&by_length, capped_path_length(args, word[b.first_centre[i]]))
    csc_set_starts(&by_length, PATH_LENGTHS)
    for i in range(begin, end):
        csc_append(&by_length, capped_path_length(args, word[b.first_centre[i]]), i, 0)


cdef inline void append_cbow_paths(Batch *b,
                                   const KernelArguments *args) noexcept nogil:
    """Sort CBOW's rows of the pair matrix; append the paths of their centres."""
    cdef const int32_t *word = b.tokens.word + b.begin
    cdef Pairs *p = &b.pairs
    cdef int32_t i, end = 0
    # With negatives, count_pairs needs the entries of hidden row i in row i.
    while b.shared_nodes and end < p.n_rows:
        i, end = end, row_tile_end(b, end)
        sort_by_path_length(b, args, i, end)
    for i in range(p.n_rows):
        if i + PREFETCH_PATHS < p.n_rows:
            prefetch_slots(b, args,
                           word[b.first_centre[p.hidden_row[i + PREFETCH_PATHS]]])
        p.indptr[i + 1] = append_path(
            b, args, word[b.first_centre[p.hidden_row[i]]], p.indptr[i],
            b.node_label + i * b.n_shared_padded)
        if b.shared_nodes:
            count_top_nodes(b, p.hidden_row[i], i)
