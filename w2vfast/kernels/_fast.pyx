# cython: language_level=3
"""The chunked algorithm, nogil. reference.py is the same in NumPy.

Letters as in docs/algorithm.md: L centres share K' negatives; H (hidden rows) are
the centres' vectors in skip-gram, the windows' means in CBOW; U the outside rows.
J = sum_i [sum_o -log s(u_o.h_i) - sum_k omega_ik log s(-u_k.h_i)]. Gradients are of
-J, taken at the chunk's start, one for each distinct row, whose step is
alpha min(1, 2 / (alpha bound)).
"""
from libc.math cimport isfinite
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t
from libc.string cimport memset

from w2vfast.kernels._chunk cimport Chunk, Pairs, Rows
from w2vfast.kernels._job cimport Job
from w2vfast.kernels._plan cimport plan
from w2vfast.kernels._random cimport NOISE, TOKENS, stream_key
from w2vfast.kernels._room cimport Room, enter, leave
from w2vfast.kernels._stream cimport Stream, fill


cdef extern from "_products.h" nogil:
    void dots(const float *h, const float *Y, const int32_t *rows, int n,
              Py_ssize_t size, float *out)
    void combine(bint add, float *out, const float *X, const int32_t *rows,
                 const float *weight, int n, Py_ssize_t size)
    void product(float *C, Py_ssize_t c_row, const float *A, Py_ssize_t a_row,
                 Py_ssize_t a_col, const float *B, Py_ssize_t b_row,
                 Py_ssize_t rows, Py_ssize_t columns, Py_ssize_t depth)
    void transpose(float *to, const float *rows, Py_ssize_t count, Py_ssize_t columns)


cdef extern from "_logistic.h" nogil:
    double attract(float *s, float *curvature, int n)
    float repel(float *s, const float *omega, const float *share, const float *norms,
                float norm, float *bounds, float *bound, Py_ssize_t n)


cdef extern from "_rows.h" nogil:
    float fetch(float *to, const float *row, Py_ssize_t size)
    float square(const float *x, Py_ssize_t size)
    void advance(float *row, const float *gradient, float step, Py_ssize_t size)
    void expect(const float *row, Py_ssize_t size)


cdef struct Sums:
    double loss
    int64_t pairs
    int64_t centres
    bint finite


cdef enum:
    AHEAD = 6       # rows of a table asked for before they are read or written


cdef inline void look_ahead(const Rows *r, int32_t i, Py_ssize_t row) noexcept nogil:
    """Ask for a row of the table that is needed soon."""
    if i < r.count and r.word[i] >= 0:
        expect(r.table + r.word[i] * row, row)


cdef double fetch_rows(Rows *r, Py_ssize_t row) noexcept nogil:
    """Copy rows side by side; return the sum of their squared lengths."""
    cdef double total = 0
    cdef int32_t i
    memset(r.bound, 0, r.count * sizeof(float))
    for i in range(r.count):
        look_ahead(r, i + AHEAD, row)
        if r.word[i] < 0:
            r.norm[i] = 0
            memset(r.value + i * row, 0, row * sizeof(float))
        else:
            r.norm[i] = fetch(r.value + i * row, r.table + r.word[i] * row, row)
        total += r.norm[i]
    return total


cdef inline float step_of(const Rows *r, int32_t i, double rate) noexcept nogil:
    """Length of a row's step: the rate, or less where the curvature forbids it."""
    return <float>min(rate, 2 / max(<double>r.bound[i], 1e-30))


cdef void step_rows(Rows *r, int32_t count, Py_ssize_t row, double rate) noexcept nogil:
    """Add the gradients of the first rows to the table."""
    cdef int32_t i
    for i in range(count):
        look_ahead(r, i + AHEAD, row)
        if r.word[i] >= 0:
            advance(r.table + r.word[i] * row, r.gradient + i * row,
                    step_of(r, i, rate), row)


cdef void combine_columns(Rows *out, const float *h, const Pairs *p, const float *value,
                          int32_t begun, Chunk *c, Py_ssize_t row,
                          double rate) noexcept nogil:
    """Gradient of each column: sum over its entries of value h[hidden row].

    The first `begun` columns have a part of their gradient already, to which this is
    added; the others step at once, without being written down in between.
    """
    cdef int32_t column, e, n
    cdef float step
    for column in range(out.count):
        look_ahead(out, column + AHEAD, row)
        step = 1 if column < begun else step_of(out, column, rate)
        n = 0
        e = p.head[column]
        while e >= 0:
            c.picked[n] = p.hidden[p.line[e]]
            c.weight[n] = step * value[e]
            n += 1
            e = p.next[e]
        if n > 0:
            combine(True, out.gradient + column * row if column < begun
                    else out.table + out.word[column] * row, h, c.picked, c.weight,
                    n, row)


cdef void average(Chunk *c, Py_ssize_t row) noexcept nogil:
    """CBOW: h_i = sum over its window of value x."""
    cdef Pairs *p = &c.context
    cdef int32_t i
    memset(c.hidden.bound, 0, p.lines * sizeof(float))
    for i in range(p.lines):
        combine(False, c.hidden.value + i * row, c.x.value, p.column + p.start[i],
                p.value + p.start[i], p.start[i + 1] - p.start[i], row)
        c.hidden.norm[i] = square(c.hidden.value + i * row, row)


cdef void hand_back(Chunk *c, const Job *job, double rate) noexcept nogil:
    """CBOW: the window's words take their share of the hidden row's gradient."""
    cdef Pairs *p = &c.context
    cdef int32_t e, i
    cdef float whole
    for e in range(p.start[p.lines]):
        i = p.line[e]
        p.slope[e] = p.value[e] if job.cbow_exact else <float>1
        whole = 1 if job.cbow_mean else <float>(p.start[i + 1] - p.start[i])
        c.x.bound[p.column[e]] += p.slope[e] * whole * c.hidden.bound[i]
    combine_columns(&c.x, c.hidden.gradient, p, p.slope, 0, c, job.row, rate)


cdef double repulsion(Chunk *c, Py_ssize_t row) noexcept nogil:
    """The dense part: every hidden row against the shared negatives."""
    cdef Rows *h = &c.hidden
    cdef Py_ssize_t n = c.noise
    cdef double loss = 0
    cdef int32_t i
    transpose(c.across, c.y.value, n, row)
    product(c.score, n, h.value, row, 1, c.across, n, h.count, n, row)
    for i in range(h.count):
        loss += repel(c.score + i * n, c.omega + i * n, c.share, c.y.norm, h.norm[i],
                      c.y.bound, h.bound + i, n)
    product(h.gradient, row, c.score, n, 1, c.y.value, row, h.count, row, c.drawn)
    product(c.y.gradient, row, c.score, 1, n, h.value, row, c.drawn, row, h.count)
    return loss


cdef double attraction(Chunk *c, Py_ssize_t row, double rate) noexcept nogil:
    """The sparse part: every hidden row against its own outside words."""
    cdef Pairs *p = &c.pairs
    cdef Rows *h = &c.hidden
    cdef int32_t i, e, n
    cdef float bound, norm
    cdef double loss
    for i in range(p.lines):
        e = p.start[i]
        if c.end + i < c.ahead.size:
            expect(c.x.table + c.ahead.word[c.end + i] * row, row)
        dots(h.value + p.hidden[i] * row, c.y.value, p.column + e,
             p.start[i + 1] - e, row, p.value + e)
    loss = attract(p.value, p.slope, p.start[p.lines])
    for i in range(p.lines):
        e, n = p.start[i], p.start[i + 1] - p.start[i]
        if c.end + i < c.ahead.size:
            expect(c.y.table + c.ahead.word[c.end + i] * row, row)
        combine(True, h.gradient + p.hidden[i] * row, c.y.value, p.column + e,
                p.value + e, n, row)
        bound = 0
        norm = h.norm[p.hidden[i]]
        for e in range(p.start[i], p.start[i + 1]):
            bound += p.slope[e] * c.y.norm[p.column[e]]
            c.y.bound[p.column[e]] += p.slope[e] * norm
        h.bound[p.hidden[i]] += bound
    combine_columns(&c.y, h.value, p, p.value, c.noise, c, row, rate)
    return loss


cdef bint learn(Chunk *c, const Job *job, double rate, double *loss) noexcept nogil:
    """One step on a planned chunk; False if its parameters were not finite."""
    cdef double size = fetch_rows(&c.x, job.row) + fetch_rows(&c.y, job.row)
    if not isfinite(size):
        return False
    if job.cbow:
        average(c, job.row)
    loss[0] += repulsion(c, job.row)
    loss[0] += attraction(c, job.row, rate)
    step_rows(&c.y, c.noise, job.row, rate)
    if job.cbow:
        hand_back(c, job, rate)
    else:
        step_rows(&c.x, c.x.count, job.row, rate)
    return True


cdef double rate_at(const Job *job, int64_t epoch, int64_t position) noexcept nogil:
    cdef double done = (<double>(epoch - job.first_epoch) * job.tokens + position)
    return job.alpha + (job.min_alpha - job.alpha) * (done / job.tokens / job.epochs)


cdef void train_block(Room *room, const Job *job, int64_t epoch, int64_t block,
                      Sums *sums) noexcept nogil:
    cdef Stream *s = &room.stream
    cdef Chunk *c = &room.chunk
    c.ahead = s
    cdef uint64_t noise = stream_key(job.seed, NOISE, epoch)
    cdef int32_t pairs
    fill(s, job, stream_key(job.seed, TOKENS, epoch), block * job.block,
         min((block + 1) * job.block, job.tokens))
    c.end = s.first
    while c.end < s.last and sums.finite:
        c.begin = c.end
        c.end = min(s.last, c.begin + job.chunk)
        pairs = plan(c, job, s, noise)
        if pairs > 0:
            sums.finite = learn(c, job, rate_at(job, epoch, s.position[c.begin]),
                                &sums.loss)
        sums.pairs += pairs
        sums.centres += c.end - c.begin


def train(job, int64_t epoch, int64_t first_block, int64_t last_block):
    """Train work units first_block..last_block-1 of an epoch, as reference.train."""
    cdef const int32_t[::1] ids = job.ids
    cdef const int64_t[::1] offsets = job.offsets
    cdef const uint32_t[::1] keep = job.keep
    cdef const uint32_t[::1] accept = job.noise_accept
    cdef const int32_t[::1] alias = job.noise_alias
    cdef float[:, ::1] centre = job.centre
    cdef float[:, ::1] outside = job.outside
    cdef Job j
    cdef Room room
    cdef Sums sums
    cdef int64_t block
    j.ids, j.tokens = &ids[0], ids.shape[0]
    j.offsets, j.sentences = &offsets[0], offsets.shape[0] - 1
    j.keep, j.noise_accept, j.noise_alias = &keep[0], &accept[0], &alias[0]
    j.centre, j.outside = &centre[0, 0], &outside[0, 0]
    j.words, j.row, j.seed = centre.shape[0], centre.shape[1], job.seed
    j.cbow, j.cbow_mean, j.cbow_exact = job.cbow, job.cbow_mean, job.cbow_exact
    j.window, j.shrink, j.negative = job.window, job.shrink, job.negative
    j.chunk, j.shared, j.block = job.chunk, job.shared, job.block
    j.first_epoch, j.epochs = job.first_epoch, job.epochs
    j.alpha, j.min_alpha = job.alpha, job.min_alpha
    sums.loss, sums.pairs, sums.centres, sums.finite = 0, 0, 0, True
    if not enter(&room, &j):
        raise MemoryError(f"no memory to train chunks of {job.chunk} centres")
    with nogil:
        for block in range(first_block, min(last_block, (j.tokens - 1) // j.block + 1)):
            if sums.finite:
                train_block(&room, &j, epoch, block, &sums)
        leave(&room)
    return sums.loss, sums.pairs, sums.centres, bool(sums.finite)
