# cython: language_level=3
"""What a chunk consists of: everything that is settled before any arithmetic."""
from libc.stdint cimport int32_t, uint64_t
from libc.string cimport memset

from w2vfast.kernels._chunk cimport (
    Chunk, Pairs, add_pairs, chain, draw_noise, index_of, row_of)
from w2vfast.kernels._job cimport Job
from w2vfast.kernels._random cimport draw
from w2vfast.kernels._stream cimport Stream


cdef inline void clear(Chunk *c) noexcept nogil:
    c.words = c.noise = c.x.count = c.y.count = 0
    c.pairs.lines = c.context.lines = 0
    c.pairs.start[0] = c.context.start[0] = 0
    memset(c.places, 0, (c.mask + 1) * sizeof(int32_t))


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


cdef inline void name_rows(Chunk *c, const Job *job, const Stream *s) noexcept nogil:
    """Give every place its rows: centres in one table, their windows in the other."""
    cdef Py_ssize_t i
    cdef int32_t word, w
    cdef bint centre
    for i in range(c.high_end - c.low_end):
        word = s.word[c.low_end + i]
        w = index_of(c, word)
        centre = c.begin <= c.low_end + i < c.end
        if job.cbow or centre:
            c.x_at[i] = row_of(&c.x, &c.x_of[w], word)
        if not job.cbow or centre:
            c.y_at[i] = row_of(&c.y, &c.y_of[w], word)


cdef inline void around(Pairs *p, int32_t line, int32_t hidden, const int32_t *centre,
                        int32_t left, int32_t right) noexcept nogil:
    """Write a line whose columns stand to the left and right of a centre."""
    p.lines = line + 1
    p.hidden[line] = hidden
    p.start[line + 1] = p.start[line]
    add_pairs(p, line, centre - left, left)
    add_pairs(p, line, centre + 1, right)


cdef inline void skipgram_pairs(Chunk *c) noexcept nogil:
    """A line per centre: its hidden row is its own, its columns the window's."""
    cdef Py_ssize_t i, at
    for i in range(c.end - c.begin):
        if c.left[i] + c.right[i] > 0:
            at = c.begin + i - c.low_end
            around(&c.pairs, c.pairs.lines, c.x_at[at], c.y_at + at, c.left[i],
                   c.right[i])
    c.hidden = c.x


cdef inline void cbow_pairs(Chunk *c, bint mean) noexcept nogil:
    """A line per centre: its hidden row is made of its window, its column its own."""
    cdef Py_ssize_t i, at
    cdef int32_t e, line
    for i in range(c.end - c.begin):
        if c.left[i] + c.right[i] > 0:
            at, line = c.begin + i - c.low_end, c.pairs.lines
            c.pairs.lines = line + 1
            c.pairs.hidden[line] = line
            c.pairs.start[line + 1] = c.pairs.start[line]
            add_pairs(&c.pairs, line, c.y_at + at, 1)
            around(&c.context, line, line, c.x_at + at, c.left[i], c.right[i])
            for e in range(c.context.start[line], c.context.start[line + 1]):
                c.context.value[e] = (<float>1 / (c.left[i] + c.right[i])
                                      if mean else <float>1)
    c.hidden.count = c.pairs.lines
    chain(&c.context, c.x.count)


cdef inline void weigh(Chunk *c, float unit) noexcept nogil:
    """omega[row, k] = #{outside words of the row other than k}, of `share` each."""
    cdef Pairs *p = &c.pairs
    cdef int32_t i, e, k
    for k in range(c.noise):
        c.share[k] *= unit
    memset(c.hidden.norm, 0, c.hidden.count * sizeof(float))
    for i in range(p.lines):  # the norms' room is free still: it counts the pairs
        c.hidden.norm[p.hidden[i]] += p.start[i + 1] - p.start[i]
    for i in range(c.hidden.count):
        for k in range(c.noise):
            c.omega[i * c.noise + k] = c.hidden.norm[i]
    for e in range(p.start[p.lines]):
        if p.column[e] < c.noise:
            c.omega[p.hidden[p.line[e]] * c.noise + p.column[e]] -= 1


cdef inline int32_t plan(Chunk *c, const Job *job, const Stream *s,
                         uint64_t noise_key) noexcept nogil:
    """Settle rows, pairs and weights of places begin..end-1; return the pairs."""
    cdef int32_t pairs, draws
    clear(c)
    pairs = open_windows(c, job, s)
    if pairs == 0:
        return 0
    draws = job.shared if job.shared > 0 else job.negative * pairs
    memset(c.share, 0, (draws + 16) * sizeof(float))
    draw_noise(c, job, draw(noise_key, s.position[c.begin]), draws)
    name_rows(c, job, s)
    if job.cbow:
        cbow_pairs(c, job.cbow_mean)
    else:
        skipgram_pairs(c)
    chain(&c.pairs, c.y.count)
    weigh(c, <float>(<double>job.negative / draws))
    return pairs
