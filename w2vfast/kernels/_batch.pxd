# cython: language_level=3
"""A chunk: its distinct rows, its pairs, its shared negatives."""
from libc.stdint cimport int32_t

from w2vfast.kernels._arguments cimport padded_size
from w2vfast.kernels._csc cimport Csc, csc_clear, csc_count, csc_set_starts
from w2vfast.kernels._token_block cimport TokenBlock


cdef extern from "_rows.h" nogil:
    void prefetch_row(const float *row, Py_ssize_t size)


cdef extern from "_padded.h" nogil:
    void copy_padded(void *to, const void *source, Py_ssize_t n)
    void fill_padded(float *to, float x, Py_ssize_t n)


cdef struct Rows:
    # The distinct rows of one table that the chunk touches. Those of the dense part
    # and skip-gram's centres are copied side by side, others are read in the table.
    float *table
    int32_t *slot      # of every word: its row here + 1, or 0
    int32_t *word
    int32_t count
    int32_t cached_below         # outside words below are frequent: caches have their rows
    float *value
    float *gradient
    float *squared_norm         # squared length
    float *curvature        # of the loss's curvature along this row
    float *step_size         # length of its step
    const float *scale  # of every word: factor on its step; NULL: 1


cdef struct Pairs:
    # A sparse matrix: line i has the entries start[i]:start[i + 1], each a column and
    # a value.
    int32_t n_rows
    int32_t *indptr
    int32_t *hidden_row        # hidden row of each line: i, but in CBOW with a tree (_hierarchical)
    int32_t *indices
    int32_t *word       # the column's row in the outside table
    float *label        # 1 or -1, in softmax log Z of the line
    float *data        # score, then its term's factor in the gradients
    float *curvature        # what the term adds to bounds, by the other row's square
    Csc csc      # the values once more, of hidden rows


cdef struct Softmax:
    # Softmax over all words of the outside table, a tile of words at a time. Scores
    # and tops have a lane for each hidden row; what they hold of a tile is kept in
    # `score` and `tops` for the second pass, or worked out again to save memory.
    bint keep_scores
    Py_ssize_t columns
    Py_ssize_t score_stride
    float *max_score          # largest score of each lane yet
    float *tile_max         # the same as it was after each tile
    double *exp_sum
    float *log_z
    float *scale
    float *squared_norm         # squared length of each word's row
    float *curvature
    float *gradient
    float *packed


cdef struct Windows:
    # The words that hidden rows are made of, a stretch of these at a time, at places
    # that are counted from the first centre on.
    int32_t begin
    int32_t end
    int32_t prefix_end      # where `sums` end as yet
    float *context_weight       # of each hidden row's words in its sum,
    float *gradient_weight        # and of its gradient that they get
    int32_t *window_begin      # of each hidden row, the first place of its window and the
    int32_t *window_end      # one behind it, counted from low_end
    # Of each place from low_end on:
    float *prefix         # of all rows before it
    double *curvature_change       # how much larger the sum of its windows' bounds is than before
    int32_t *n_windows       # windows that hold it
    float *own_weight          # share of the window around it, or 0,
    int32_t *own_hidden     # and whose that is
    Csc changes       # shares of the hidden rows whose windows begin at a place, and
    #                     less that of those that end before it


cdef struct Batch:
    Py_ssize_t begin, end       # the centres, as places in the stream
    Py_ssize_t context_begin, context_end  # these and the places in their windows
    const TokenBlock *tokens        # the block's tokens, this chunk's and the next one's
    Py_ssize_t prefetched            # two a place, one in each table: those asked for
    Py_ssize_t prefetch_end          # yet, and where to stop
    int32_t *centre_row               # rows in the centre table of places from low_end on
    int32_t *target_start             # place i aims at the outside rows
    int32_t *target_row               # y_at[y_from[i]:y_from[i + 1]], with their words
    int32_t *target_word             # or nodes, and their labels
    float *target_label
    int32_t *left               # first and last place of each centre's window,
    int32_t *right              # as distances from the centre
    int32_t *first_centre              # of each hidden row, its (first) centre; skip-gram:
    int32_t *next_centre              # of each centre, the next of the same word, or -1
    int32_t n_shared               # outside rows of the dense part: distinct negatives,
    int32_t n_shared_padded               # or the top of the tree; noise: as many, padded
    float *shared_weight                # K / K' times how often negative k was drawn
    Rows centre                      # centre table
    Rows outside                      # outside table; first the `noise` rows
    Rows hidden                 # what scores are taken with
    float *pair_count                # pairs of each hidden row
    Pairs pairs                 # positives
    Windows windows             # CBOW
    float *omega                # pairs of the row in hand, or tree: of each hidden row,
    #                             with each dense row
    float *n_positive                 # tree: of these, those labelled 1
    float *node_label                  # tree: labels by place (CBOW: line) and node; 0 = none
    float *score
    float *transposed               # the negatives, in softmax the hidden rows, transposed
    bint paths                  # targets are paths of rows, with labels
    bint shared_nodes           # shared rows are the top of the tree
    Softmax softmax


cdef inline int32_t find_or_add_row(Rows *rows, int32_t word) noexcept nogil:
    """Row of a word among those of the chunk; a new one is added."""
    if rows.slot[word] == 0:
        rows.word[rows.count] = word
        rows.count += 1
        rows.slot[word] = rows.count
    return rows.slot[word] - 1


cdef inline int32_t add_and_prefetch_row(Rows *rows, int32_t word, Py_ssize_t row) noexcept nogil:
    """The same for a row that nobody could look forward to: ask for it now."""
    cdef int32_t before = rows.count, at = find_or_add_row(rows, word)
    if rows.count > before and word >= rows.cached_below:
        prefetch_row(rows.table + word * row, row)
    return at


cdef inline void clear_rows(Rows *rows) noexcept nogil:
    """Make room for the next chunk's rows."""
    cdef int32_t i
    for i in range(rows.count):
        if rows.word[i] >= 0:
            rows.slot[rows.word[i]] = 0
    rows.count = 0


cdef inline void pad_shared_rows(Batch *b) noexcept nogil:
    """Pad the outside rows of the dense part, which are all that there are yet."""
    b.n_shared = b.outside.count
    b.n_shared_padded = padded_size(b.outside.count)
    while b.outside.count < b.n_shared_padded:
        b.shared_weight[b.outside.count] = 0
        b.outside.word[b.outside.count] = -1
        b.outside.count += 1


cdef inline int32_t append_row(Pairs *p) noexcept nogil:
    """Begin a line without entries; return its number."""
    p.n_rows += 1
    p.indptr[p.n_rows] = p.indptr[p.n_rows - 1]
    return p.n_rows - 1


cdef inline void start_csc(Pairs *p, int32_t columns) noexcept nogil:
    """Make room for the values of each column."""
    cdef int32_t e
    csc_clear(&p.csc, columns)
    for e in range(p.indptr[p.n_rows]):
        csc_count(&p.csc, p.indices[e])
    csc_set_starts(&p.csc, columns)
