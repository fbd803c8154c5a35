# cython: language_level=3
"""What a chunk consists of: everything that is settled before any arithmetic."""
from libc.stdint cimport int32_t, uint64_t
from libc.string cimport memset

from w2vfast.kernels._chunk cimport (
    Chunk, Pairs, add_pair, chain, draw_noise, index_of, leftmost, rightmost, row_of)
from w2vfast.kernels._job cimport Job
from w2vfast.kernels._random cimport draw
from w2vfast.kernels._stream cimport Stream


cdef extern from "_simd.h" nogil:
    void scale(float *out, const float *x, float a, Py_ssize_t n)


cdef inline void clear(Chunk *c) noexcept nogil:
    c.words = c.noise = c.x.count = c.y.count = 0
    c.pairs.lines = c.context.lines = 0
    c.pairs.start[0] = c.context.start[0] = 0
    memset(c.places, 0, (c.mask + 1) * sizeof(int32_t))


cdef inline int32_t open_windows(Chunk *c, const Job *job,
                                 const Stream *s) noexcept nogil:
    """Find every centre's window; return the number of positive pairs."""
    cdef int32_t i, total = 0
    cdef Py_ssize_t place
    for i in range(<int32_t>(c.end - c.begin)):
        place = c.begin + i
        c.left[i] = <int32_t>(place - leftmost(s, place))
        c.right[i] = <int32_t>(rightmost(s, place) - place)
        if job.cbow:
            total += c.left[i] + c.right[i] > 0
        else:
            total += c.left[i] + c.right[i]
    return total


cdef inline void name_words(Chunk *c, const Job *job,
                            const Stream *s) noexcept nogil:
    """Number the distinct words of the centres and of what surrounds them."""
    cdef Py_ssize_t place
    c.low_end = max(0, c.begin - job.window)
    for place in range(c.low_end, min(s.size, c.end + job.window)):
        c.index[place - c.low_end] = index_of(c, s.word[place])


cdef inline int32_t x_row(Chunk *c, const Stream *s, Py_ssize_t place) noexcept nogil:
    return row_of(&c.x, &c.x_of[c.index[place - c.low_end]], s.word[place])


cdef inline int32_t y_row(Chunk *c, const Stream *s, Py_ssize_t place) noexcept nogil:
    return row_of(&c.y, &c.y_of[c.index[place - c.low_end]], s.word[place])


cdef inline void skipgram_pairs(Chunk *c, const Stream *s) noexcept nogil:
    """A line per centre: its hidden row is its own, its columns the window's."""
    cdef Py_ssize_t place, j
    cdef int32_t i, line
    for i in range(<int32_t>(c.end - c.begin)):
        if c.left[i] + c.right[i] == 0:
            continue
        place = c.begin + i
        line = c.pairs.lines
        c.pairs.lines += 1
        c.pairs.start[line + 1] = c.pairs.start[line]
        c.pairs.hidden[line] = x_row(c, s, place)
        for j in range(place - c.left[i], place + c.right[i] + 1):
            if j != place:
                add_pair(&c.pairs, line, y_row(c, s, j), 0)
    c.hidden = c.x


cdef inline void cbow_pairs(Chunk *c, const Job *job, const Stream *s) noexcept nogil:
    """A line per centre: its hidden row is made of its window, its column its own."""
    cdef Py_ssize_t place, j
    cdef int32_t i, n, line
    for i in range(<int32_t>(c.end - c.begin)):
        n = c.left[i] + c.right[i]
        if n == 0:
            continue
        place = c.begin + i
        line = c.pairs.lines
        c.pairs.lines = c.context.lines = line + 1
        c.pairs.start[line + 1] = c.pairs.start[line]
        c.context.start[line + 1] = c.context.start[line]
        c.pairs.hidden[line] = c.context.hidden[line] = line
        add_pair(&c.pairs, line, y_row(c, s, place), 0)
        for j in range(place - c.left[i], place + c.right[i] + 1):
            if j != place:
                add_pair(&c.context, line, x_row(c, s, j),
                         <float>1 / n if job.cbow_mean else <float>1)
    c.hidden.count = c.pairs.lines
    chain(&c.context, c.x.count)


cdef inline void weigh(Chunk *c, float unit) noexcept nogil:
    """omega[row, k] = unit times(k) #{outside words of the row other than k}."""
    cdef Pairs *p = &c.pairs
    cdef int32_t i, e, k
    memset(c.hidden.norm, 0, c.hidden.count * sizeof(float))
    for i in range(p.lines):  # the norms' room is free still: it counts the pairs
        c.hidden.norm[p.hidden[i]] += p.start[i + 1] - p.start[i]
    for i in range(c.hidden.count):
        scale(c.omega + i * c.noise, c.times, unit * c.hidden.norm[i], c.noise)
    for e in range(p.start[p.lines]):
        k = p.column[e]
        if k < c.noise:
            c.omega[p.hidden[p.line[e]] * c.noise + k] -= unit * c.times[k]


cdef inline int32_t plan(Chunk *c, const Job *job, const Stream *s,
                         uint64_t noise_key) noexcept nogil:
    """Settle rows, pairs and weights of places begin..end-1; return the pairs."""
    cdef int32_t pairs, draws
    clear(c)
    pairs = open_windows(c, job, s)
    if pairs == 0:
        return 0
    draws = job.shared if job.shared > 0 else job.negative * pairs
    memset(c.times, 0, (draws + 16) * sizeof(float))
    draw_noise(c, job, draw(noise_key, s.position[c.begin]), draws)
    name_words(c, job, s)
    if job.cbow:
        cbow_pairs(c, job, s)
    else:
        skipgram_pairs(c, s)
    chain(&c.pairs, c.y.count)
    weigh(c, <float>pairs_share(job, pairs, draws))
    return pairs


cdef inline double pairs_share(const Job *job, int32_t pairs,
                               int32_t draws) noexcept nogil:
    """What one drawn negative counts for one positive pair: K / K'."""
    return <double>job.negative / draws
