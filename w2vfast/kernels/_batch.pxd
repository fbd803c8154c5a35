# cython: language_level=3
"""A chunk: its distinct rows, its pairs, its shared negatives."""
from libc.stdint cimport int32_t, uint64_t
from libc.string cimport memset

from w2vfast.kernels._job cimport Job, padded
from w2vfast.kernels._random cimport draw, high, low
from w2vfast.kernels._token_block cimport Stream


cdef extern from "_rows.h" nogil:
    void expect(const float *row, Py_ssize_t size)


cdef extern from "_padded.h" nogil:
    void copy_list(void *to, const void *source, Py_ssize_t n)
    void repeat(float *to, float x, Py_ssize_t n)


cdef extern from "_csc.h" nogil:
    struct Sorted:
        int32_t *first
        int32_t *row
        float *value
    void put(const Sorted *s, int32_t key, int32_t row, float value)


cdef struct Rows:
    # The distinct rows of one table that the chunk touches. Those of the dense part
    # and skip-gram's centres are copied side by side, others are read in the table.
    float *table
    int32_t *place      # of every word: its row here + 1, or 0
    int32_t *word
    int32_t count
    int32_t hot         # outside words below are frequent: caches have their rows
    float *value
    float *gradient
    float *norm         # squared length
    float *bound        # of the loss's curvature along this row
    float *step         # length of its step


cdef struct Pairs:
    # A sparse matrix: line i has the entries start[i]:start[i + 1], each a column and
    # a value.
    int32_t lines
    int32_t *start
    int32_t *row        # hidden row of each line: i, but in CBOW with a tree (_hierarchical)
    int32_t *column
    int32_t *word       # the column's row in the outside table
    float *label        # 1 or -1, in softmax log Z of the line
    float *value        # score, then its term's factor in the gradients
    float *slope        # what the term adds to bounds, by the other row's square
    Sorted columns      # the values once more, of hidden rows


cdef struct Partition:
    # Softmax over all words of the outside table, a tile of words at a time. Scores
    # and tops have a lane for each hidden row; what they hold of a tile is kept in
    # `score` and `tops` for the second pass, or worked out again to save memory.
    bint kept
    Py_ssize_t lanes
    Py_ssize_t score_row
    float *top          # largest score of each lane yet
    float *tops         # the same as it was after each tile
    double *sum
    float *log_z
    float *scale
    float *norm         # squared length of each word's row
    float *bound
    float *gradient
    float *panel


cdef struct Windows:
    # The words that hidden rows are made of, a stretch of these at a time, at places
    # that are counted from the first centre on.
    int32_t low_end
    int32_t high_end
    int32_t summed      # where `sums` end as yet
    float *weight       # of each hidden row's words in its sum,
    float *share        # and of its gradient that they get
    int32_t *enter      # of each hidden row, the first place of its window and the
    int32_t *leave      # one behind it, counted from low_end
    # Of each place from low_end on:
    float *sums         # of all rows before it
    double *bound       # how much larger the sum of its windows' bounds is than before
    int32_t *open       # windows that hold it
    float *own          # share of the window around it, or 0,
    int32_t *centre     # and whose that is
    Sorted events       # shares of the hidden rows whose windows begin at a place, and
    #                     less that of those that end before it


cdef struct Chunk:
    Py_ssize_t begin, end       # the centres, as places in the stream
    Py_ssize_t low_end, high_end  # these and the places in their windows
    const Stream *stream        # the block's tokens, this chunk's and the next one's
    Py_ssize_t asked            # two a place, one in each table: those asked for
    Py_ssize_t forward          # yet, and where to stop
    int32_t *x_at               # rows in the centre table of places from low_end on
    int32_t *y_from             # place i aims at the outside rows
    int32_t *y_at               # y_at[y_from[i]:y_from[i + 1]], with their words
    int32_t *y_word             # or nodes, and their labels
    float *y_label
    int32_t *left               # first and last place of each centre's window,
    int32_t *right              # as distances from the centre
    int32_t *first              # of each hidden row, its (first) centre; skip-gram:
    int32_t *again              # of each centre, the next of the same word, or -1
    int32_t drawn               # outside rows of the dense part: distinct negatives,
    int32_t noise               # or the top of the tree; noise: as many, padded
    float *share                # K / K' times how often negative k was drawn
    Rows x                      # centre table
    Rows y                      # outside table; first the `noise` rows
    Rows hidden                 # what scores are taken with
    float *times                # pairs of each hidden row
    Pairs pairs                 # positives
    Windows windows             # CBOW
    float *omega                # pairs of the row in hand, or tree: of each hidden row,
    #                             with each dense row
    float *pull                 # tree: of these, those labelled 1
    float *top                  # tree: labels by place (CBOW: line) and node; 0 = none
    float *score
    float *across               # the negatives, in softmax the hidden rows, transposed
    bint tree                   # hierarchical softmax
    Partition z


cdef inline int32_t row_of(Rows *rows, int32_t word) noexcept nogil:
    """Row of a word among those of the chunk; a new one is added."""
    if rows.place[word] == 0:
        rows.word[rows.count] = word
        rows.count += 1
        rows.place[word] = rows.count
    return rows.place[word] - 1


cdef inline int32_t surprise(Rows *rows, int32_t word, Py_ssize_t row) noexcept nogil:
    """The same for a row that nobody could look forward to: ask for it now."""
    cdef int32_t before = rows.count, at = row_of(rows, word)
    if rows.count > before and word >= rows.hot:
        expect(rows.table + word * row, row)
    return at


cdef inline void forget(Rows *rows) noexcept nogil:
    """Make room for the next chunk's rows."""
    cdef int32_t i
    for i in range(rows.count):
        if rows.word[i] >= 0:
            rows.place[rows.word[i]] = 0
    rows.count = 0


cdef inline void draw_noise(Chunk *c, const Job *job, uint64_t key,
                            int draws) noexcept nogil:
    """Draw the negatives; a word drawn m times becomes one row that counts m."""
    cdef float unit = <float>(<double>job.negative / draws)
    cdef uint64_t r, place
    cdef int32_t word
    cdef int k
    for k in range(draws):
        r = draw(key, k)
        place = (high(r) * <uint64_t>job.words) >> 32
        word = <int32_t>place
        if low(r) > job.noise_accept[place]:
            word = job.noise_alias[place]
        c.share[surprise(&c.y, word, job.row)] += unit
    end_dense_rows(c)


cdef inline void end_dense_rows(Chunk *c) noexcept nogil:
    """Pad the outside rows of the dense part, which are all that there are yet."""
    c.drawn = c.y.count
    c.noise = padded(c.y.count)
    while c.y.count < c.noise:
        c.share[c.y.count] = 0
        c.y.word[c.y.count] = -1
        c.y.count += 1


cdef inline int32_t open_line(Pairs *p) noexcept nogil:
    """Begin a line without entries; return its number."""
    p.lines += 1
    p.start[p.lines] = p.start[p.lines - 1]
    return p.lines - 1


cdef inline void forget_values(Sorted *s, int32_t keys) noexcept nogil:
    """Begin to count values anew."""
    memset(s.first, 0, (keys + 2) * sizeof(int32_t))


cdef inline void count_value(Sorted *s, int32_t key) noexcept nogil:
    """Count one value for a key."""
    s.first[key + 2] += 1


cdef inline void make_room(Sorted *s, int32_t keys) noexcept nogil:
    """When all are counted, lay out room for each key; there is nothing in it yet."""
    cdef int32_t k
    for k in range(keys):
        s.first[k + 2] += s.first[k + 1]


cdef inline void open_columns(Pairs *p, int32_t columns) noexcept nogil:
    """Make room for the values of each column."""
    cdef int32_t e
    forget_values(&p.columns, columns)
    for e in range(p.start[p.lines]):
        count_value(&p.columns, p.column[e])
    make_room(&p.columns, columns)
