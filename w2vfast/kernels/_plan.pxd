# cython: language_level=3
"""What a chunk consists of: everything that is settled before any arithmetic."""
from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.string cimport memset

from w2vfast.kernels._chunk cimport (
    Chunk, Pairs, copy_list, draw_noise, end_dense_rows, expect, forget,
    open_columns, open_line, row_of, surprise)
from w2vfast.kernels._job cimport HIERARCHICAL_SOFTMAX, LANES, NEGATIVE_SAMPLING, Job
from w2vfast.kernels._random cimport draw
from w2vfast.kernels._stream cimport PREFETCH, Stream


cdef enum:
    AHEAD = 8       # words until a path that is asked for is read
    DEEP = 8        # nodes of a path whose numbers are asked for


cdef extern from "_logistic.h" nogil:
    void count_labels(float *pairs, float *ones, const float *labels, Py_ssize_t n)


cdef inline void clear(Chunk *c) noexcept nogil:
    forget(&c.x)
    forget(&c.y)
    c.drawn = c.noise = 0
    c.pairs.lines = c.pairs.start[0] = 0
    memset(c.times, 0, (c.end - c.begin + LANES) * sizeof(float))


cdef inline int32_t open_windows(Chunk *c, const Job *job,
                                 const Stream *s) noexcept nogil:
    """Find every centre's window; return the number of positive pairs."""
    cdef int32_t i, total = 0, place
    c.low_end = c.begin
    c.high_end = c.end
    for i in range(<int32_t>(c.end - c.begin)):
        place = <int32_t>c.begin + i
        c.left[i] = min(s.reach[place], place - s.begin[place])
        c.right[i] = min(s.reach[place], s.end[place] - 1 - place)
        c.low_end = min(c.low_end, place - c.left[i])
        c.high_end = max(c.high_end, place + c.right[i] + 1)
        if job.cbow:
            total += c.left[i] + c.right[i] > 0
        else:
            total += c.left[i] + c.right[i]
    return total


cdef inline void name_top(Chunk *c, const Job *job) noexcept nogil:
    """The first nodes of the tree, which most words' paths lead through."""
    cdef int32_t k
    for k in range(<int32_t>min(<int64_t>job.top, job.words)):
        c.share[row_of(&c.y, k)] = 1
    end_dense_rows(c)
    memset(c.top, 0, (c.high_end - c.low_end) * c.noise * sizeof(float))
    memset(c.omega, 0, (c.end - c.begin) * c.noise * sizeof(float))
    memset(c.pull, 0, (c.end - c.begin) * c.noise * sizeof(float))


cdef inline void look_up(Chunk *c, const Job *job, const int32_t *word) noexcept nogil:
    """Ask for what naming rows of words will need: numbers; paths, then their nodes'.

    Of a path, two cache lines of either array and its last nodes, which are rare ones.
    """
    cdef int64_t first, end
    cdef int k
    PREFETCH(c.x.place + word[2 * AHEAD])
    if not c.tree:
        PREFETCH(c.y.place + word[2 * AHEAD])
        return
    PREFETCH(job.path_offsets + word[2 * AHEAD])
    first = job.path_offsets[word[AHEAD]]
    expect(<const float *>job.path_nodes + first, LANES + 1)
    expect(job.path_labels + first, LANES + 1)
    end = job.path_offsets[word[AHEAD // 2] + 1]
    if end >= DEEP:
        for k in range(DEEP):
            PREFETCH(c.y.place + job.path_nodes[end - 1 - k])


cdef inline int32_t name_targets(Chunk *c, const Job *job, int32_t word, int32_t n,
                                 float *top) noexcept nogil:
    """Write down from n on what predicting a word aims at; return the end."""
    cdef int64_t i
    cdef int32_t node
    if job.loss != HIERARCHICAL_SOFTMAX:
        c.y_at[n] = row_of(&c.y, word)
        c.y_word[n] = word
        return n + 1
    for i in range(job.path_offsets[word], job.path_offsets[word + 1]):
        node = job.path_nodes[i]
        if node < c.drawn:
            top[node] = job.path_labels[i]
            continue
        c.y_at[n] = surprise(&c.y, node, job.row)
        c.y_word[n] = node
        c.y_label[n] = job.path_labels[i]
        n += 1
    return n


cdef inline void name_rows(Chunk *c, const Job *job, const Stream *s) noexcept nogil:
    """Give every place its rows: centres in one table, their windows in the other."""
    cdef Py_ssize_t i, k
    cdef int32_t word, n = 0
    cdef bint centre
    for i in range(c.high_end - c.low_end):
        word = s.word[c.low_end + i]
        if c.low_end + i + 2 * AHEAD < s.size:
            look_up(c, job, s.word + c.low_end + i)
        k = c.low_end + i - c.begin
        centre = 0 <= k < c.end - c.begin
        if job.cbow or centre:
            c.x_at[i] = row_of(&c.x, word)
        c.y_from[i] = n
        if not job.cbow or centre and c.left[k] + c.right[k] > 0:
            n = name_targets(c, job, word, n, c.top + i * c.noise)
        c.y_from[i + 1] = n


cdef inline void claim_targets(Chunk *c, Py_ssize_t begin,
                               Py_ssize_t end) noexcept nogil:
    """What the places begin..end-1 aim at, listed behind it, joins the last line."""
    cdef Pairs *p = &c.pairs
    cdef Py_ssize_t at = <Py_ssize_t>(p.lines - 1) * c.noise, i
    p.start[p.lines] += c.y_from[end] - c.y_from[begin]
    if c.tree:
        for i in range(begin, end):
            count_labels(c.omega + at, c.pull + at, c.top + i * c.noise, c.noise)


cdef inline void add_targets(Chunk *c, Py_ssize_t begin, Py_ssize_t end) noexcept nogil:
    """Append to the last line what the places begin..end-1 aim at."""
    cdef Pairs *p = &c.pairs
    cdef int32_t first = c.y_from[begin], n = c.y_from[end] - c.y_from[begin]
    copy_list(p.column + p.start[p.lines], c.y_at + first, n)
    copy_list(p.word + p.start[p.lines], c.y_word + first, n)
    if c.tree:
        copy_list(p.label + p.start[p.lines], c.y_label + first, n)
    claim_targets(c, begin, end)


cdef inline void list_centres(Chunk *c) noexcept nogil:
    """Chain the centres that are the same word, first to last."""
    cdef Py_ssize_t i
    cdef int32_t row
    memset(c.first, 0xFF, c.x.count * sizeof(int32_t))
    for i in range(c.end - c.begin - 1, -1, -1):
        row = c.x_at[c.begin - c.low_end + i]
        c.again[i] = c.first[row]
        c.first[row] = <int32_t>i


cdef inline void skipgram_pairs(Chunk *c) noexcept nogil:
    """A line per distinct centre, its columns those of all the word's windows."""
    cdef Py_ssize_t at
    cdef int32_t row, i
    list_centres(c)
    for row in range(c.x.count):
        open_line(&c.pairs)
        i = c.first[row]
        while i >= 0:
            at = c.begin - c.low_end + i
            add_targets(c, at - c.left[i], at)
            add_targets(c, at + 1, at + 1 + c.right[i])
            c.times[row] += c.left[i] + c.right[i]
            i = c.again[i]
    c.hidden = c.x


cdef inline void cbow_pairs(Chunk *c, const Job *job) noexcept nogil:
    """A line per centre: its hidden row is made of its window, its columns its own."""
    cdef Py_ssize_t at = c.begin - c.low_end
    cdef int32_t i, n, line
    for i in range(<int32_t>(c.end - c.begin)):
        n = c.left[i] + c.right[i]
        if n > 0:
            line = open_line(&c.pairs)
            claim_targets(c, at + i, at + i + 1)
            c.times[line] = 1
            c.first[line] = i
            c.windows.weight[line] = <float>1 / n if job.cbow_mean else 1
            c.windows.share[line] = c.windows.weight[line] if job.cbow_exact else 1
    c.hidden.count = c.pairs.lines


cdef inline int32_t plan(Chunk *c, const Job *job, const Stream *s,
                         uint64_t noise_key) noexcept nogil:
    """Settle rows, pairs and weights of places begin..end-1; return the pairs."""
    cdef int32_t pairs, draws
    cdef bint sampling = job.loss == NEGATIVE_SAMPLING
    c.tree = job.loss == HIERARCHICAL_SOFTMAX
    clear(c)
    pairs = open_windows(c, job, s)
    if pairs == 0:
        return 0
    draws = job.shared if job.shared > 0 else job.negative * pairs
    if sampling:
        memset(c.share, 0, (draws + 16) * sizeof(float))
        draw_noise(c, job, draw(noise_key, s.position[c.begin]), draws)
    elif c.tree:
        name_top(c, job)
    name_rows(c, job, s)
    if job.cbow:
        cbow_pairs(c, job)
    else:
        skipgram_pairs(c)
    open_columns(&c.pairs, c.y.count)
    return pairs
