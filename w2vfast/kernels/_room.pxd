# cython: language_level=3
"""Working memory of one kernel call, laid out in a single block."""
from libc.stdint cimport int32_t, int64_t, uint32_t
from libc.stdlib cimport free, malloc

from w2vfast.kernels._chunk cimport Chunk, Pairs, Rows
from w2vfast.kernels._job cimport Job
from w2vfast.kernels._stream cimport Stream


cdef struct Room:
    Stream stream
    Chunk chunk
    char *memory


cdef inline void *carve(char **cursor, Py_ssize_t items,
                        Py_ssize_t size) noexcept nogil:
    """Take the next piece of the block, aligned to a cache line, with some slack."""
    cdef char *piece = cursor[0]
    cursor[0] += ((items + 16) * size + 63) // 64 * 64
    return piece


cdef inline void lay_rows(Rows *r, char **at, Py_ssize_t n, Py_ssize_t row,
                          float *table) noexcept nogil:
    r.table = table
    r.word = <int32_t *>carve(at, n, sizeof(int32_t))
    r.value = <float *>carve(at, n * row, sizeof(float))
    r.gradient = <float *>carve(at, n * row, sizeof(float))
    r.norm = <float *>carve(at, n, sizeof(float))
    r.bound = <float *>carve(at, n, sizeof(float))


cdef inline void lay_pairs(Pairs *p, char **at, Py_ssize_t lines, Py_ssize_t entries,
                           Py_ssize_t columns) noexcept nogil:
    p.start = <int32_t *>carve(at, lines + 1, sizeof(int32_t))
    p.hidden = <int32_t *>carve(at, lines, sizeof(int32_t))
    p.line = <int32_t *>carve(at, entries, sizeof(int32_t))
    p.column = <int32_t *>carve(at, entries, sizeof(int32_t))
    p.value = <float *>carve(at, entries, sizeof(float))
    p.slope = <float *>carve(at, entries, sizeof(float))
    p.head = <int32_t *>carve(at, columns, sizeof(int32_t))
    p.next = <int32_t *>carve(at, entries, sizeof(int32_t))


cdef inline void lay_stream(Stream *s, char **at, const Job *job) noexcept nogil:
    cdef Py_ssize_t n = job.block + 2 * job.window + 1
    s.word = <int32_t *>carve(at, n, sizeof(int32_t))
    s.position = <int64_t *>carve(at, n, sizeof(int64_t))
    s.reach = <int32_t *>carve(at, n, sizeof(int32_t))
    s.begin = <int32_t *>carve(at, n, sizeof(int32_t))
    s.end = <int32_t *>carve(at, n, sizeof(int32_t))


cdef inline void lay_chunk(Chunk *c, char **at, const Job *job) noexcept nogil:
    cdef Py_ssize_t centres = min(<int64_t>job.chunk, job.block)
    cdef Py_ssize_t places = centres + 2 * job.window
    cdef Py_ssize_t pairs = centres * (1 if job.cbow else 2 * job.window)
    cdef Py_ssize_t draws = job.shared if job.shared > 0 else pairs * job.negative
    cdef Py_ssize_t noise = min(<int64_t>draws, job.words) + 16
    cdef Py_ssize_t words = places + noise, size = 64
    while size < 2 * words:
        size *= 2
    c.mask = <uint32_t>size - 1
    c.word = <int32_t *>carve(at, words, sizeof(int32_t))
    c.x_of = <int32_t *>carve(at, words, sizeof(int32_t))
    c.y_of = <int32_t *>carve(at, words, sizeof(int32_t))
    c.places = <int32_t *>carve(at, size, sizeof(int32_t))
    c.x_at = <int32_t *>carve(at, places, sizeof(int32_t))
    c.y_at = <int32_t *>carve(at, places, sizeof(int32_t))
    c.left = <int32_t *>carve(at, centres, sizeof(int32_t))
    c.right = <int32_t *>carve(at, centres, sizeof(int32_t))
    c.share = <float *>carve(at, draws, sizeof(float))
    lay_rows(&c.x, at, places, job.row, job.centre)
    lay_rows(&c.y, at, words, job.row, job.outside)
    lay_pairs(&c.pairs, at, centres, pairs, words)
    if job.cbow:
        lay_rows(&c.hidden, at, centres, job.row, NULL)
        lay_pairs(&c.context, at, centres, centres * 2 * job.window, places)
    else:
        lay_pairs(&c.context, at, 0, 0, 0)
    c.omega = <float *>carve(at, centres * noise, sizeof(float))
    c.score = <float *>carve(at, centres * noise, sizeof(float))
    c.across = <float *>carve(at, job.row * noise, sizeof(float))
    c.picked = <int32_t *>carve(at, centres * 2 * job.window, sizeof(int32_t))
    c.weight = <float *>carve(at, centres * 2 * job.window, sizeof(float))


cdef inline bint enter(Room *room, const Job *job) noexcept nogil:
    """Lay everything out twice: once to learn the size, once for real."""
    cdef char *at = NULL
    cdef char *base
    if <double>job.chunk * 2 * job.window * job.negative >= 2e9:
        return False  # entries are numbered with 32 bits
    lay_stream(&room.stream, &at, job)
    lay_chunk(&room.chunk, &at, job)
    room.memory = <char *>malloc(<size_t>at + 64)
    if room.memory == NULL:
        return False
    base = room.memory + (64 - <size_t>room.memory % 64)
    lay_stream(&room.stream, &base, job)
    lay_chunk(&room.chunk, &base, job)
    return True


cdef inline void leave(Room *room) noexcept nogil:
    free(room.memory)
