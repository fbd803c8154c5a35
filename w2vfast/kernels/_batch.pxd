# cython: language_level=3
"""The struct of a batch: its tokens, distinct rows, pairs and shared rows.

Letters as in docs/explanation/algorithm.md: J is the loss of the batch, K the number of
negatives for each pair, and K' the number of negatives drawn for the batch.

A token is numbered by its index in the block. Centre i is token begin + i, and context
token k is token context_begin + k. "Tree" means hierarchical softmax: outside rows then
belong to the nodes of the Huffman tree instead of to words.
"""
from libc.stdint cimport int32_t, int64_t, uint16_t, uint32_t

from w2vfast.kernels._arguments cimport padded_size
from w2vfast.kernels._csc cimport Csc, csc_clear, csc_count, csc_set_starts
from w2vfast.kernels._token_block cimport TokenBlock


cdef extern from "_rows.h" nogil:
    void prefetch_row(const float *row, Py_ssize_t size)


cdef extern from "_half_rows.h" nogil:
    void prefetch_half_row(const uint16_t *row, Py_ssize_t size)


cdef extern from "_padded.h" nogil:
    void copy_padded(void *to, const void *source, Py_ssize_t n)
    void fill_padded(float *to, float x, Py_ssize_t n)


cdef extern from "_bfloat16.h" nogil:
    const int ROUNDED_SLACK
    struct RoundedOperands:
        bint amx
        Py_ssize_t size
        Py_ssize_t used_size
        float *hidden
        float *shared_rows
        float *shared_columns
        uint32_t *hidden_pairs
        uint32_t *shared_pairs
        uint16_t *factors
        uint32_t *factor_pairs
        uint32_t *factor_columns


cdef struct Rows:
    # The distinct rows of one embedding matrix that the batch uses; CBOW's hidden rows
    # also have this form. Shared outside rows and skip-gram's centre rows are copied
    # into `value`, and CBOW's hidden rows are computed there. Other rows are read from
    # the matrix. A matrix in float16 has all its rows copied, and all gradients stored.
    float *table                # (n_words, row_size): the matrix; NULL for hidden rows;
    #                             of a matrix in float16: `value`
    uint16_t *half              # (n_words, row_size): the matrix in float16, or NULL
    int32_t *slot               # (n_words,): index of the word's row here, plus 1; or 0
    int32_t *word               # (count,): word or node of the tree; -1: padding
    int32_t count
    int32_t cached_below        # outside words below it are frequent: L2 has their rows
    float *value                # (count, row_size)
    float *gradient             # (count, row_size): of -J
    float *squared_norm         # (count,)
    float *curvature            # (count,): of the loss along the row
    float *step_size            # (count,)
    const float *scale          # of all words: factors on steps; NULL: 1
    # Deterministic training, else NULL (_streams.pxd). A row that other batches of the
    # round have too is merged: its gradient is stored instead of applied.
    int32_t *merged             # (count,): bit k: batch k has it too; 0: not merged
    int32_t *merged_rows        # (n_merged,)
    int32_t n_merged


cdef struct Pairs:
    # The positive pairs as a sparse matrix by rows (CSR). Row i has the entries
    # indptr[i]..indptr[i + 1] - 1. Its columns are outside rows.
    int32_t n_rows
    int32_t *indptr             # (n_rows + 1,)
    int32_t *hidden_row         # (n_rows,): i; CBOW with a tree: sorted by path length
    int32_t *indices            # (entries,): column, an index into Batch.outside
    int32_t *word               # (entries,): the column's row of outside.table
    float *weight               # (entries,): weighted windows: by distance; else NULL
    float *label                # (entries,): 1 or -1; softmax: log Z of the hidden row
    float *data                 # (entries,): score, then gradient coefficient
    float *curvature            # (entries,): of the entry's loss, by its score
    Csc csc                     # the same matrix by columns; indices are hidden rows


cdef struct Softmax:
    # Softmax over all words, one tile of VOCAB_TILE words at a time. A row of scores
    # belongs to a word, a column to a hidden row. The second pass over the tiles reads
    # the scores of the first, or computes them again to save memory.
    bint keep_scores            # True: the first pass keeps the scores of all words
    Py_ssize_t columns          # hidden rows, padded
    Py_ssize_t score_stride     # floats from one row of scores to the next
    float *max_score            # (columns,): maximum over the tiles so far
    float *tile_max             # (tiles, columns): max_score as it was after each tile
    double *exp_sum             # (columns,): sum of e^(score - max_score) so far
    float *log_z                # (columns,)
    float *scale                # (columns,): e^(tile_max - log_z) of the current tile
    float *squared_norm         # (n_words,): of the outside rows
    float *curvature            # (VOCAB_TILE,): along the tile's outside rows
    float *gradient             # (VOCAB_TILE, row_size): of the tile's outside rows
    float *packed               # (GEMM_DEPTH, PANEL_WIDTH): workspace of gemm


cdef struct Windows:
    # CBOW: the windows of a tile of hidden rows, and the tokens in them. The tokens
    # begin..end-1 are numbered from the first centre of the batch; `begin` may be
    # negative.
    int32_t begin
    int32_t end
    int32_t prefix_end          # `prefix` is computed up to this token
    # For each hidden row of the batch:
    float *context_weight       # weight of its context words in the hidden row
    float *gradient_weight      # weight of its gradient in that of each context word
    int32_t *window_begin       # first token of its window, and the one after its last,
    int32_t *window_end         # counted from `begin`
    # For each token from `begin` on, with one more element in the first three:
    float *prefix               # (tokens + 1, row_size): sum of the rows before it
    double *curvature_change    # change of the windows' summed curvature at the token
    int32_t *n_windows          # windows that contain the token
    float *own_weight           # gradient weight of its own window; 0: it has none
    int32_t *own_hidden         # hidden row of its own window
    Csc changes                 # a column for each token, with the hidden rows whose
    #                             windows begin there, or end before it (negative)


cdef struct Batch:
    # "Per centre" and the like: an array with one element for each of them, in order.
    Py_ssize_t begin, end       # the centres are tokens begin..end-1
    Py_ssize_t context_begin, context_end   # all windows, and the centres
    const TokenBlock *tokens    # the block: tokens of this batch and of the next
    # Rows of the next batch are prefetched during this one. Prefetch 2 t is the
    # centre row of token t. Prefetch 2 t + 1 is its outside row; a tree has none.
    Py_ssize_t prefetched       # the next one
    Py_ssize_t prefetch_end     # the one after the last
    int32_t *centre_row         # per context token: index into `centre`; skip-gram: set
    #                             for centres only
    # To predict context token k, its targets are scored: one outside row, or the nodes
    # of its path. They are the targets target_start[k]..target_start[k + 1] - 1. In
    # CBOW the arrays of targets are those of `pairs`.
    int32_t *target_start       # (context tokens + 1,)
    int32_t *target_row         # (targets,): index into `outside`
    int32_t *target_word        # (targets,): row of outside.table: of a word or node
    float *target_label         # (targets,): tree: 1 or -1
    int32_t *left               # per centre: tokens of its window before the centre,
    int32_t *right              # and after it
    int32_t *first_centre       # per hidden row: its centre; skip-gram: its first one
    int32_t *next_centre        # per centre, skip-gram: next one of its word, or -1
    # Every hidden row is scored against the shared rows: the distinct negatives, or the
    # top of the tree. They are the first rows of `outside`; padding follows them.
    int32_t n_shared
    int32_t n_shared_padded
    float *shared_weight        # (n_shared_padded,): m K / K' for a negative that was
    #                             drawn m times, 1 for a node, 0 for padding
    Rows centre                 # rows of the centre matrix
    Rows outside                # rows of the outside matrix
    Rows hidden                 # scored against outside rows; skip-gram: as `centre`
    float *window_weight        # (2 window,): weighted windows: the weights of a whole
    #                             window's tokens, without the centre
    float *pair_count           # per hidden row: its pairs, or the sum of their weights
    int32_t first_thinned       # thin_gradients: negatives' gradients are from this
    #                             hidden row, 0 or 1, and every second one after it
    int64_t pair_units          # the sum of all pairs' weights, times args.pair_unit
    Pairs pairs                 # the positive pairs
    Windows windows             # CBOW
    float *omega                # pairs with each shared row: (n_shared_padded,), of the
    #                             current hidden row. Tree: of all hidden rows,
    #                             (hidden rows, n_shared_padded)
    float *n_positive           # tree: as omega, only the pairs with label 1
    float *node_label           # tree: (context tokens, n_shared_padded): 1, -1, or 0
    #                             for a node off the path. CBOW: a row of `pairs`
    #                             replaces the token
    float *score                # (hidden rows of a tile, n_shared_padded); see Softmax
    float *transposed           # the shared rows transposed; softmax: the hidden rows
    bint rounds_products        # True: products of shared rows are in bfloat16
    RoundedOperands rounded     # their operands
    bint paths                  # True: targets are paths, with labels
    bint shared_nodes           # True: the shared rows are the tree's first nodes
    Softmax softmax


cdef inline int32_t find_or_add_row(Rows *rows, int32_t word) noexcept nogil:
    """Return the index of a word's row. A new row is added."""
    if rows.slot[word] == 0:
        rows.word[rows.count] = word
        rows.count += 1
        rows.slot[word] = rows.count
    return rows.slot[word] - 1


cdef inline int32_t table_row(const Rows *rows, int32_t index,
                              int32_t word) noexcept nogil:
    """Return the row of rows.table that has the word of row `index`."""
    return word if rows.half == NULL else index


cdef inline void prefetch_word(const Rows *rows, int32_t word,
                               Py_ssize_t size) noexcept nogil:
    """Prefetch a word's row of the matrix."""
    if rows.half == NULL:
        prefetch_row(rows.table + word * size, size)
    else:
        prefetch_half_row(rows.half + word * size, size)


cdef inline int32_t add_and_prefetch_row(Rows *rows, int32_t word,
                                         Py_ssize_t size) noexcept nogil:
    """Like find_or_add_row, then prefetch a new row: it was not predictable."""
    cdef int32_t old_count = rows.count, index = find_or_add_row(rows, word)
    if rows.count > old_count and word >= rows.cached_below:
        prefetch_word(rows, word, size)
    return index


cdef inline void clear_rows(Rows *rows) noexcept nogil:
    """Remove all rows."""
    cdef int32_t i
    for i in range(rows.count):
        if rows.word[i] >= 0:
            rows.slot[rows.word[i]] = 0
    rows.count = 0


cdef inline void pad_shared_rows(Batch *b) noexcept nogil:
    """Make all outside rows so far the shared rows, and append their padding."""
    b.n_shared = b.outside.count
    b.n_shared_padded = padded_size(b.outside.count)
    while b.outside.count < b.n_shared_padded:
        b.shared_weight[b.outside.count] = 0
        b.outside.word[b.outside.count] = -1
        b.outside.count += 1


cdef inline int32_t append_row(Pairs *p) noexcept nogil:
    """Append a row without entries; return its index."""
    p.n_rows += 1
    p.indptr[p.n_rows] = p.indptr[p.n_rows - 1]
    return p.n_rows - 1


cdef inline void start_csc(Pairs *p, int32_t columns) noexcept nogil:
    """Count the entries of each column, so that csc_append can fill the CSC form."""
    cdef int32_t e
    csc_clear(&p.csc, columns)
    for e in range(p.indptr[p.n_rows]):
        csc_count(&p.csc, p.indices[e])
    csc_set_starts(&p.csc, columns)
