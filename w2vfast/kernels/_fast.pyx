# cython: language_level=3
"""The chunked algorithm, nogil. The package reference has the same in NumPy.

Letters as in docs/algorithm.md: L centres are trained at once; H (hidden rows) are
the centres' vectors in skip-gram, means or sums of windows in CBOW; U the outside
rows.
J is a sum over hidden rows of a dense part (the shared negatives, or the softmax's
log Z) and a sparse one, the pairs. Gradients are of -J, taken at the chunk's start,
one for each distinct row, whose step is alpha min(1, 2 / (alpha bound)).
"""
from libc.math cimport NAN, isfinite
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from w2vfast.kernels._batch cimport Batch
from w2vfast.kernels._shared_rows cimport shared_rows_gradient
from w2vfast.kernels._cbow cimport compute_hidden_rows, scatter_to_context
from w2vfast.kernels._job cimport SOFTMAX, Job
from w2vfast.kernels._pairs cimport score_pairs, apply_hidden_gradients
from w2vfast.kernels._batching cimport build_batch
from w2vfast.kernels._random cimport NOISE, TOKENS, stream_key
from w2vfast.kernels._workspace cimport Workspace, row_tile_end, allocate, release, max_centres
from w2vfast.kernels._softmax cimport compute_log_z, softmax_gradient
from w2vfast.kernels._sgd cimport copy_row, copy_rows, compute_norms, apply_outside_gradients
from w2vfast.kernels._token_block cimport TokenBlock, load_block

from w2vfast.kernels.job import LOSSES


cdef struct Totals:
    double loss
    int64_t pairs
    int64_t centres
    bint finite


cdef bint prepare_hidden(Batch *b, const Job *job, int32_t begin, int32_t end) noexcept nogil:
    """Make hidden rows ready; False if they are not finite."""
    cdef double size = 0
    cdef int32_t i
    if not job.cbow:
        return isfinite(copy_rows(&b.centre, begin, end, job.row))
    compute_hidden_rows(b, job, begin, end)
    for i in range(begin, end):
        size += b.hidden.squared_norm[i]
    return isfinite(size)


cdef bint begin_batch(Batch *b, const Job *job, const double *log_z) noexcept nogil:
    """Fetch or measure what many hidden rows need; False if it is not finite."""
    cdef double size = copy_rows(&b.outside, 0, b.n_shared_padded, job.row)
    cdef int32_t i, begin, end = 0
    size += compute_norms(&b.outside, b.n_shared_padded, b.outside.count, job.row)
    if job.loss != SOFTMAX or not isfinite(size):
        return isfinite(size)
    while end < b.hidden.count:
        begin, end = end, row_tile_end(b, end)
        if not prepare_hidden(b, job, begin, end):
            return False
    if log_z == NULL:
        return compute_log_z(b, job)
    for i in range(b.hidden.count):
        b.softmax.log_z[i] = <float>log_z[b.centre.word[i]]
    return True


cdef bint process_tiles(Batch *b, const Job *job, double rate,
                     double *loss) noexcept nogil:
    """Take the hidden rows a band at a time; False if they are not finite."""
    cdef int32_t begin, end = 0
    while end < b.hidden.count:
        begin, end = end, row_tile_end(b, end)
        if job.loss != SOFTMAX and not prepare_hidden(b, job, begin, end):
            return False
        if b.n_shared_padded > 0:
            loss[0] += shared_rows_gradient(b, job, begin, end)
        loss[0] += score_pairs(b, job, begin, end)
        if job.learning:
            apply_hidden_gradients(b, job, begin, end, rate)
    return True


cdef bint train_batch(Batch *b, const Job *job, double rate, double *loss) noexcept nogil:
    """One step on a planned chunk; False if its parameters were not finite."""
    if not (begin_batch(b, job, NULL) and process_tiles(b, job, rate, loss)):
        return False
    apply_outside_gradients(b, job, rate)
    if job.loss == SOFTMAX:
        softmax_gradient(b, job, rate)
    if job.cbow:
        scatter_to_context(b, job, rate)
    return True


cdef bint evaluate_batch(Batch *b, const Job *job, const double *log_z,
                double *loss) noexcept nogil:
    """The loss of a planned chunk; nothing is learnt. log_z: of words, if known."""
    return begin_batch(b, job, log_z) and process_tiles(b, job, 0, loss)


cdef double learning_rate(const Job *job, int64_t epoch, int64_t position) noexcept nogil:
    cdef double done = (<double>(epoch - job.first_epoch) * job.tokens + position)
    return job.alpha + (job.min_alpha - job.alpha) * (done / job.tokens / job.epochs)


cdef void process_block(Workspace *room, const Job *job, int64_t epoch, int64_t block,
                   bint learning, const double *log_z, Totals *sums) noexcept nogil:
    """Take a block chunk by chunk."""
    cdef TokenBlock *s = &room.tokens
    cdef Batch *b = &room.batch
    cdef uint64_t noise = stream_key(job.seed, NOISE, epoch)
    cdef int32_t pairs
    b.tokens = s
    load_block(s, job, stream_key(job.seed, TOKENS, epoch), block * job.block,
         min((block + 1) * job.block, job.tokens))
    b.end = s.centres_begin
    while b.end < s.centres_end and sums.finite:
        b.begin = b.end
        b.end = min(s.centres_end, b.begin + job.chunk)
        b.prefetched = 2 * b.end
        b.prefetch_end = 2 * min(s.size, b.end + job.chunk + job.window)
        pairs = build_batch(b, job, s, noise)
        if pairs > 0 and learning:
            sums.finite = train_batch(b, job, learning_rate(job, epoch, s.position[b.begin]),
                                &sums.loss)
        elif pairs > 0:
            sums.finite = evaluate_batch(b, job, log_z, &sums.loss)
        sums.pairs += pairs
        sums.centres += b.end - b.begin


cdef Job unpack(job, bint learning) except *:
    """The C side of a job; its arrays belong to the Python side."""
    cdef const int32_t[::1] ids = job.ids
    cdef const int64_t[::1] offsets = job.offsets
    cdef const uint32_t[::1] keep = job.keep
    cdef const uint32_t[::1] accept = job.noise_accept
    cdef const int32_t[::1] alias = job.noise_alias
    cdef const int64_t[::1] path_offsets = job.path_offsets
    cdef const int32_t[::1] path_nodes = job.path_nodes
    cdef const float[::1] path_labels = job.path_labels
    cdef float[:, ::1] centre = job.centre
    cdef float[:, ::1] outside = job.outside
    cdef Job j
    j.learning = learning
    j.loss = LOSSES.index(job.loss)
    j.ids, j.tokens = &ids[0], ids.shape[0]
    j.offsets, j.sentences = &offsets[0], offsets.shape[0] - 1
    j.keep, j.noise_accept, j.noise_alias = &keep[0], &accept[0], &alias[0]
    j.path_offsets, j.path_nodes = &path_offsets[0], &path_nodes[0]
    j.path_labels, j.path_length = &path_labels[0], job.path_length
    j.top = job.top
    j.centre, j.outside = &centre[0, 0], &outside[0, 0]
    j.words, j.row, j.seed = centre.shape[0], centre.shape[1], job.seed
    j.cbow, j.cbow_mean, j.cbow_exact = job.cbow, job.cbow_mean, job.cbow_exact
    j.window, j.shrink, j.negative = job.window, job.shrink, job.negative
    j.chunk, j.shared, j.block = job.chunk, job.shared, job.block
    j.first_epoch, j.epochs = job.first_epoch, job.epochs
    j.alpha, j.min_alpha = job.alpha, job.min_alpha
    return j


cdef void *allocate_or_raise(Workspace *room, const Job *j) except NULL:
    if not allocate(room, j):
        raise MemoryError(
            f"chunk_size={j.chunk}, window={j.window}, negative={j.negative}: no "
            "memory for chunks of so many pairs; pass a smaller chunk_size")
    return room


cdef run_blocks(job, int64_t epoch, int64_t first_block, int64_t last_block, bint learning,
         const double *log_z):
    cdef Job j = unpack(job, learning)
    cdef Workspace room
    cdef Totals sums
    cdef int64_t block
    allocate_or_raise(&room, &j)
    sums.loss, sums.pairs, sums.centres, sums.finite = 0, 0, 0, True
    with nogil:
        for block in range(first_block, min(last_block, (j.tokens - 1) // j.block + 1)):
            if sums.finite:
                process_block(&room, &j, epoch, block, learning, log_z, &sums)
        release(&room)
    return sums.loss, sums.pairs, sums.centres, bool(sums.finite)


def train(job, int64_t epoch, int64_t first_block, int64_t last_block):
    """Train work units first_block..last_block-1 of an epoch, as reference.train."""
    return run_blocks(job, epoch, first_block, last_block, True, NULL)


def evaluate(job, int64_t first_block, int64_t last_block, log_z):
    """The loss of work units, as reference.evaluate."""
    cdef const double[::1] known = log_z
    return run_blocks(job, 0, first_block, last_block, False,
               &known[0] if known.shape[0] > 0 else NULL)


def log_partition(job, int64_t first_word, int64_t last_word, out):
    """Write log Z of the centre vectors of some words, as reference.log_partition."""
    cdef double[::1] log_z = out
    cdef Job j = unpack(job, False)
    cdef Workspace room
    cdef bint finite
    cdef Batch *c = &room.batch
    cdef int64_t word, i
    allocate_or_raise(&room, &j)
    if not j.cbow:  # which has hidden rows of its own
        c.hidden = c.centre
    with nogil:
        word = first_word
        while word < last_word:
            c.hidden.count = <int32_t>min(last_word - word, max_centres(&j))
            for i in range(c.hidden.count):
                copy_row(c.hidden.value + i * j.row, j.centre + (word + i) * j.row, j.row)
            finite = compute_log_z(c, &j)
            for i in range(c.hidden.count):
                log_z[word + i] = c.softmax.log_z[i] if finite else NAN
            word += c.hidden.count
        release(&room)
