# cython: language_level=3
"""What a chunk consists of: everything that is settled before any arithmetic."""
from libc.stdint cimport int32_t, uint64_t
from libc.string cimport memset

from w2vfast.kernels._batch cimport (
    Chunk, Pairs, copy_list, draw_noise, forget, open_columns, open_line, row_of)
from w2vfast.kernels._job cimport HIERARCHICAL_SOFTMAX, LANES, NEGATIVE_SAMPLING, Job
from w2vfast.kernels._hierarchical cimport (
    NEAR, ask_for_numbers, ask_for_path, count_top, name_lines, name_path, name_top)
from w2vfast.kernels._random cimport draw
from w2vfast.kernels._token_block cimport PREFETCH, Stream


cdef enum:
    AHEAD = 8       # words until a path that is asked for is read


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


cdef inline void look_up(Chunk *c, const Job *job, const int32_t *word) noexcept nogil:
    """Ask for what naming rows of words will need: numbers, paths."""
    PREFETCH(c.x.place + word[2 * AHEAD])
    if not c.tree:
        PREFETCH(c.y.place + word[2 * AHEAD])
        return
    PREFETCH(job.path_offsets + word[2 * AHEAD])
    ask_for_path(job, word[AHEAD])
    if not job.cbow:
        ask_for_numbers(c, job, word[NEAR])


cdef inline int32_t name_targets(Chunk *c, const Job *job, int32_t word, int32_t n,
                                 Py_ssize_t place) noexcept nogil:
    """Write down from n on what predicting a word aims at; return the end."""
    if c.tree:
        return name_path(c, job, word, n, c.top + place * c.noise)
    c.y_at[n] = row_of(&c.y, word)
    c.y_word[n] = word
    return n + 1


cdef inline void name_rows(Chunk *c, const Job *job, const Stream *s) noexcept nogil:
    """Give every place its rows: centres in one table, their windows in the other.

    Not the nodes of CBOW's targets: its lines are put in order first.
    """
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
        if not job.cbow or not c.tree and centre and c.left[k] + c.right[k] > 0:
            n = name_targets(c, job, word, n, i)
        c.y_from[i + 1] = n


cdef inline void add_targets(Chunk *c, Py_ssize_t begin, Py_ssize_t end) noexcept nogil:
    """Append to the last line what the places begin..end-1 aim at."""
    cdef Pairs *p = &c.pairs
    cdef int32_t first = c.y_from[begin], n = c.y_from[end] - c.y_from[begin]
    cdef Py_ssize_t i
    copy_list(p.column + p.start[p.lines], c.y_at + first, n)
    copy_list(p.word + p.start[p.lines], c.y_word + first, n)
    p.start[p.lines] += n
    if c.tree:
        copy_list(p.label + p.start[p.lines] - n, c.y_label + first, n)
        for i in range(begin, end):
            count_top(c, p.lines - 1, i)


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
        c.pairs.row[row] = open_line(&c.pairs)
        i = c.first[row]
        while i >= 0:
            at = c.begin - c.low_end + i
            add_targets(c, at - c.left[i], at)
            add_targets(c, at + 1, at + 1 + c.right[i])
            c.times[row] += c.left[i] + c.right[i]
            i = c.again[i]
    c.hidden = c.x


cdef inline void open_hidden(Chunk *c, const Job *job) noexcept nogil:
    """Give a hidden row, and a line, to each centre that has a window."""
    cdef int32_t i, n, k = 0
    for i in range(<int32_t>(c.end - c.begin)):
        n = c.left[i] + c.right[i]
        if n > 0:
            c.times[k] = 1
            c.first[k] = i
            c.pairs.row[k] = k
            c.windows.weight[k] = <float>1 / n if job.cbow_mean else 1
            c.windows.share[k] = c.windows.weight[k] if job.cbow_exact else 1
            k += 1
    c.hidden.count = k


cdef inline void cbow_pairs(Chunk *c, const Job *job) noexcept nogil:
    """A line per centre: its hidden row is made of its window, its columns its own."""
    cdef int32_t i
    open_hidden(c, job)
    c.pairs.lines = c.hidden.count
    if c.tree:
        name_lines(c, job)
        return
    for i in range(c.pairs.lines):
        c.pairs.start[i + 1] = i + 1


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
