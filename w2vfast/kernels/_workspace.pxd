# cython: language_level=3
"""Working memory of one kernel call, laid out in a single block."""
from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport calloc, free

from w2vfast.kernels._batch cimport (
    Chunk, Pairs, Partition, Rows, Sorted, Windows, repeat)
from w2vfast.kernels._job cimport (
    HIERARCHICAL_SOFTMAX, LANES, NEGATIVE_SAMPLING, SOFTMAX, Job, padded)
from w2vfast.kernels._token_block cimport Stream


cdef extern from "_matmul.h":
    const int DEPTH


cdef enum:
    TILE_WORDS = 192            # of the vocabulary that are worked on at once
    BAND = 36                   # hidden rows: with their scores, what caches hold
    STRETCH = 4 * BAND          # the same without scores, or of one running sum
    HOT = 1 << 17               # numbers of a table that the second cache holds anyway


cdef inline int32_t end_of_band(const Chunk *c, int32_t begin) noexcept nogil:
    """Hidden rows that are taken at once: fewer where they have scores to keep."""
    return min(begin + (BAND if c.noise > 0 else STRETCH), c.hidden.count)


cdef struct Room:
    Stream stream
    Chunk chunk
    char *memory
    int32_t *places     # of the words in both tables' rows


cdef inline void *carve(char **cursor, Py_ssize_t items,
                        Py_ssize_t size) noexcept nogil:
    """Take the next piece of the block, aligned to a cache line, with some slack."""
    cdef char *piece = cursor[0]
    cursor[0] += ((items + 16) * size + 63) // 64 * 64
    return piece


cdef inline void lay_rows(Rows *r, char **at, Py_ssize_t n,
                          float *table) noexcept nogil:
    r.table = table
    r.word = <int32_t *>carve(at, n, sizeof(int32_t))
    r.norm = <float *>carve(at, n, sizeof(float))
    r.bound = <float *>carve(at, n, sizeof(float))
    r.step = <float *>carve(at, n, sizeof(float))


cdef inline void lay_copies(Rows *r, char **at, Py_ssize_t values,
                            Py_ssize_t gradients, Py_ssize_t row) noexcept nogil:
    r.value = <float *>carve(at, padded(values) * row, sizeof(float))
    r.gradient = <float *>carve(at, padded(gradients) * row, sizeof(float))


cdef inline void lay_sorted(Sorted *s, char **at, Py_ssize_t keys,
                            Py_ssize_t values) noexcept nogil:
    s.first = <int32_t *>carve(at, keys + 2, sizeof(int32_t))
    s.row = <int32_t *>carve(at, values, sizeof(int32_t))
    s.value = <float *>carve(at, values, sizeof(float))


cdef inline void lay_pairs(Pairs *p, char **at, Py_ssize_t lines, Py_ssize_t entries,
                           Py_ssize_t columns) noexcept nogil:
    p.start = <int32_t *>carve(at, lines + 1, sizeof(int32_t))
    p.row = <int32_t *>carve(at, lines, sizeof(int32_t))
    p.column = <int32_t *>carve(at, entries, sizeof(int32_t))
    p.word = <int32_t *>carve(at, entries, sizeof(int32_t))
    p.label = <float *>carve(at, entries, sizeof(float))
    p.value = <float *>carve(at, entries, sizeof(float))
    p.slope = <float *>carve(at, entries, sizeof(float))
    lay_sorted(&p.columns, at, columns, entries)


cdef inline void lay_windows(Windows *v, char **at, Py_ssize_t centres,
                             Py_ssize_t places, Py_ssize_t row) noexcept nogil:
    v.weight = <float *>carve(at, centres, sizeof(float))
    v.share = <float *>carve(at, centres, sizeof(float))
    v.enter = <int32_t *>carve(at, centres, sizeof(int32_t))
    v.leave = <int32_t *>carve(at, centres, sizeof(int32_t))
    v.sums = <float *>carve(at, (places + 1) * row, sizeof(float))
    v.bound = <double *>carve(at, places + 1, sizeof(double))
    v.open = <int32_t *>carve(at, places + 1, sizeof(int32_t))
    v.own = <float *>carve(at, places, sizeof(float))
    v.centre = <int32_t *>carve(at, places, sizeof(int32_t))
    lay_sorted(&v.events, at, places + 1, 2 * centres)


cdef inline void lay_stream(Stream *s, char **at, const Job *job) noexcept nogil:
    cdef Py_ssize_t n = job.block + 2 * job.window + 1
    s.word = <int32_t *>carve(at, n, sizeof(int32_t))
    s.position = <int64_t *>carve(at, n, sizeof(int64_t))
    s.reach = <int32_t *>carve(at, n, sizeof(int32_t))
    s.begin = <int32_t *>carve(at, n, sizeof(int32_t))
    s.end = <int32_t *>carve(at, n, sizeof(int32_t))


cdef inline void lay_partition(Partition *z, char **at, const Job *job,
                               Py_ssize_t centres) noexcept nogil:
    """Scores are kept for the second pass if they are no more than a table."""
    cdef Py_ssize_t lanes = padded(centres)
    cdef Py_ssize_t tiles = (job.words + TILE_WORDS - 1) // TILE_WORDS
    z.kept = job.learning and lanes <= job.row
    z.top = <float *>carve(at, lanes, sizeof(float))
    z.tops = <float *>carve(at, tiles * lanes, sizeof(float))
    z.sum = <double *>carve(at, lanes, sizeof(double))
    z.log_z = <float *>carve(at, lanes, sizeof(float))
    z.scale = <float *>carve(at, lanes, sizeof(float))
    z.norm = <float *>carve(at, job.words, sizeof(float))
    z.bound = <float *>carve(at, TILE_WORDS, sizeof(float))
    z.gradient = <float *>carve(at, TILE_WORDS * job.row, sizeof(float))
    z.panel = <float *>carve(at, DEPTH * LANES, sizeof(float))


cdef inline void lay_scores(Chunk *c, char **at, const Job *job, Py_ssize_t centres,
                            Py_ssize_t noise) noexcept nogil:
    cdef Py_ssize_t scores = BAND * noise, across = noise
    if job.loss == SOFTMAX:
        lay_partition(&c.z, at, job, centres)
        across = padded(centres)
        scores = (job.words if c.z.kept else TILE_WORDS) * (across + LANES)
    if job.loss == HIERARCHICAL_SOFTMAX:
        c.pull = <float *>carve(at, centres * noise, sizeof(float))
        c.top = <float *>carve(at, (centres + 2 * job.window) * noise, sizeof(float))
        c.omega = <float *>carve(at, centres * noise, sizeof(float))
    else:
        c.omega = <float *>carve(at, noise, sizeof(float))
    c.score = <float *>carve(at, scores, sizeof(float))
    c.across = <float *>carve(at, job.row * across, sizeof(float))


cdef inline Py_ssize_t most_centres(const Job *job) noexcept nogil:
    return min(<int64_t>job.chunk, job.block)


cdef inline Py_ssize_t most_pairs(const Job *job) noexcept nogil:
    """Pairs of centre and target that a chunk can have."""
    return most_centres(job) * (1 if job.cbow else 2 * job.window)


cdef inline void lay_places(Chunk *c, char **at, Py_ssize_t centres,
                            Py_ssize_t places) noexcept nogil:
    c.x_at = <int32_t *>carve(at, places, sizeof(int32_t))
    c.y_from = <int32_t *>carve(at, places + 1, sizeof(int32_t))
    c.left = <int32_t *>carve(at, centres, sizeof(int32_t))
    c.right = <int32_t *>carve(at, centres, sizeof(int32_t))
    c.first = <int32_t *>carve(at, centres, sizeof(int32_t))
    c.again = <int32_t *>carve(at, centres, sizeof(int32_t))
    c.times = <float *>carve(at, centres, sizeof(float))


cdef inline void lay_targets(Chunk *c, char **at, Py_ssize_t targets) noexcept nogil:
    c.y_at = <int32_t *>carve(at, targets, sizeof(int32_t))
    c.y_word = <int32_t *>carve(at, targets, sizeof(int32_t))
    c.y_label = <float *>carve(at, targets, sizeof(float))


cdef inline void lay_hidden(Chunk *c, char **at, Py_ssize_t centres,
                            Py_ssize_t places, Py_ssize_t row) noexcept nogil:
    """CBOW: hidden rows of their own; targets are named where the pairs stand."""
    lay_rows(&c.hidden, at, centres, NULL)
    lay_copies(&c.hidden, at, centres, centres, row)
    lay_windows(&c.windows, at, centres, places, row)
    c.y_at, c.y_word, c.y_label = c.pairs.column, c.pairs.word, c.pairs.label


cdef inline void lay_chunk(Chunk *c, char **at, const Job *job) noexcept nogil:
    cdef Py_ssize_t centres = most_centres(job), places = centres + 2 * job.window
    cdef Py_ssize_t pairs = most_pairs(job)
    cdef Py_ssize_t draws = job.shared if job.shared > 0 else pairs * job.negative
    cdef Py_ssize_t noise = 0, targets = places, outside
    if job.loss == NEGATIVE_SAMPLING:
        noise = padded(min(<int64_t>draws, job.words))
    elif job.loss == HIERARCHICAL_SOFTMAX:
        targets, pairs = places * job.path_length, pairs * job.path_length
        noise = padded(min(<int64_t>job.top, job.words))
        draws = noise
    outside = noise + min(<int64_t>targets, job.words)
    lay_places(c, at, centres, places)
    c.share = <float *>carve(at, draws, sizeof(float))
    lay_rows(&c.x, at, places, job.centre)
    lay_rows(&c.y, at, outside, job.outside)
    c.y.hot = <int32_t>(HOT // job.row)
    lay_copies(&c.y, at, noise, outside if job.loss == SOFTMAX else noise, job.row)
    lay_pairs(&c.pairs, at, centres, pairs, outside)
    if job.cbow:
        lay_hidden(c, at, centres, places, job.row)
    else:
        lay_copies(&c.x, at, places, places, job.row)
        lay_targets(c, at, targets)
    lay_scores(c, at, job, centres, noise)


cdef inline double entries_of(const Job *job) noexcept nogil:
    """Most entries that a chunk can have."""
    cdef double pairs = <double>job.chunk * 2 * job.window
    if job.loss == HIERARCHICAL_SOFTMAX:
        return pairs * job.path_length
    return pairs * max(1, job.negative)


cdef inline void leave(Room *room) noexcept nogil:
    free(room.memory)
    free(room.places)


cdef inline bint enter(Room *room, const Job *job) noexcept nogil:
    """Lay everything out twice: once to learn the size, once for real."""
    cdef char *at = NULL
    cdef char *base
    if entries_of(job) >= 2e9:
        return False  # entries are numbered with 32 bits
    lay_stream(&room.stream, &at, job)
    lay_chunk(&room.chunk, &at, job)
    room.memory = <char *>calloc(<size_t>at + 64, 1)
    room.places = <int32_t *>calloc(2 * job.words, sizeof(int32_t))
    if room.memory == NULL or room.places == NULL:
        leave(room)
        return False
    base = room.memory + (64 - <size_t>room.memory % 64)
    lay_stream(&room.stream, &base, job)
    lay_chunk(&room.chunk, &base, job)
    room.chunk.x.place = room.places
    room.chunk.y.place = room.places + job.words
    room.chunk.x.count = room.chunk.y.count = 0
    if job.loss == NEGATIVE_SAMPLING:
        repeat(room.chunk.pairs.label, 1, most_pairs(job))
    return True
