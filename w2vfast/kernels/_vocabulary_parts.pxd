# cython: language_level=3
"""Deterministic softmax: the vocabulary of one batch in parts, for several threads.

Each part sums its own exponentials and its own gradients of the hidden rows. The sums
are added in the order of the parts, so they do not depend on threads. The parts of a
batch read the same parameters: the outside rows of a part are updated only after its
scores, and no other part reads them.
"""
from libc.math cimport exp, isfinite, log
from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

from w2vfast.kernels._arguments cimport PANEL_WIDTH, KernelArguments, padded_size
from w2vfast.kernels._batch cimport Batch, Softmax
from w2vfast.kernels._cbow cimport scatter_to_context
from w2vfast.kernels._placement cimport take
from w2vfast.kernels._sgd cimport apply_outside_gradients, axpy, update_rows
from w2vfast.kernels._softmax cimport (
    clear_exp_sums, gradient_tile, log_z_tile, transpose_hidden, update_tile)
from w2vfast.kernels._tiles cimport VOCABULARY_PARTS, VOCAB_TILE
from w2vfast.kernels._train_batch cimport load_rows, process_tiles
from w2vfast.kernels._workspace cimport max_centres, place_tile_buffers


cdef struct Part:
    int64_t first           # the words first..last-1
    int64_t last
    Batch batch             # the batch, with sums and buffers of the part's own
    Softmax softmax         # these sums and buffers
    float *hidden_gradient  # (hidden rows, row_size)
    float *hidden_curvature  # (hidden rows,)
    float *score            # of one tile; NULL: the batch keeps all scores
    double squared_norm     # sum over the words
    char *memory            # first part only: the buffers of all parts


cdef inline void set_words(Part *part, int i, int64_t n_words) noexcept nogil:
    """Set the words of part i: whole tiles, about as many for each part."""
    cdef int64_t tiles = (n_words + VOCAB_TILE - 1) // VOCAB_TILE
    part.first = min(n_words, tiles * i // VOCABULARY_PARTS * VOCAB_TILE)
    part.last = min(n_words, tiles * (i + 1) // VOCABULARY_PARTS * VOCAB_TILE)


cdef inline void place_part(Part *part, char **cursor, const KernelArguments *args,
                            bint keep_scores) noexcept nogil:
    cdef Py_ssize_t columns = padded_size(max_centres(args))
    place_tile_buffers(&part.softmax, cursor, args, columns)
    part.hidden_gradient = <float *>take(
        cursor, columns * args.row_size, sizeof(float))
    part.hidden_curvature = <float *>take(cursor, columns, sizeof(float))
    if not keep_scores:
        part.score = <float *>take(
            cursor, VOCAB_TILE * (columns + PANEL_WIDTH), sizeof(float))


cdef inline Part *allocate_parts(const KernelArguments *args,
                                 const Batch *b) noexcept nogil:
    """Allocate the parts and their buffers; NULL if that is impossible."""
    cdef char *size = NULL  # the cursor of the first pass, from address 0
    cdef char *cursor
    cdef Part *parts = <Part *>calloc(VOCABULARY_PARTS, sizeof(Part))
    cdef int i
    if parts == NULL:
        return NULL
    for i in range(VOCABULARY_PARTS):
        place_part(parts + i, &size, args, b.softmax.keep_scores)
    parts.memory = <char *>calloc(<size_t>size + 64, 1)
    if parts.memory == NULL:
        free(parts)
        return NULL
    cursor = parts.memory + (64 - <size_t>parts.memory % 64)
    for i in range(VOCABULARY_PARTS):
        set_words(parts + i, i, args.n_words)
        place_part(parts + i, &cursor, args, b.softmax.keep_scores)
    return parts


cdef inline void release_parts(Part *parts) noexcept nogil:
    if parts != NULL:
        free(parts.memory)
    free(parts)


cdef inline bint begin_softmax(Batch *b, const KernelArguments *args) noexcept nogil:
    """Load the rows of a batch; False if they are not finite."""
    if not load_rows(b, args):
        return False
    transpose_hidden(b, args.row_size)
    return True


cdef inline void share_batch(Part *part, const Batch *b) noexcept nogil:
    """Copy the batch, with the part's own sums and buffers."""
    cdef Softmax *z = &part.batch.softmax
    part.batch = b[0]
    part.batch.hidden.gradient = part.hidden_gradient
    part.batch.hidden.curvature = part.hidden_curvature
    z.max_score, z.exp_sum = part.softmax.max_score, part.softmax.exp_sum
    z.scale, z.packed = part.softmax.scale, part.softmax.packed
    z.gradient, z.curvature = part.softmax.gradient, part.softmax.curvature
    if not z.keep_scores:
        part.batch.score = part.score


cdef inline void sum_exponentials(Part *part, const Batch *b,
                                  const KernelArguments *args) noexcept nogil:
    """First pass: the sums of exponentials over the words of a part."""
    cdef int64_t first = part.first
    share_batch(part, b)
    clear_exp_sums(&part.batch.softmax)
    part.squared_norm = 0
    while first < part.last:
        part.squared_norm += log_z_tile(
            &part.batch, args, first, min(<int64_t>VOCAB_TILE, part.last - first))
        first += VOCAB_TILE


cdef inline double combine_log_z(Batch *b, const Part *parts,
                                 int32_t i) noexcept nogil:
    """Return log Z of hidden row i from the sums of all parts."""
    cdef float top = parts[0].softmax.max_score[i]
    cdef double total = 0
    cdef int k
    for k in range(1, VOCABULARY_PARTS):
        top = max(top, parts[k].softmax.max_score[i])
    for k in range(VOCABULARY_PARTS):
        if parts[k].first < parts[k].last:
            total += (parts[k].softmax.exp_sum[i]
                      * exp(parts[k].softmax.max_score[i] - top))
    return top + log(total)


cdef inline bint score_softmax_pairs(Batch *b, const KernelArguments *args,
                                     const Part *parts, double *loss) noexcept nogil:
    """Compute log Z and the gradients of the pairs; False if not finite."""
    cdef Softmax *z = &b.softmax
    cdef double size = 0
    cdef int32_t i
    for i in range(VOCABULARY_PARTS):
        size += parts[i].squared_norm
    for i in range(<int32_t>z.columns):
        z.log_z[i] = <float>combine_log_z(b, parts, i)
        size += z.log_z[i]
    if not (isfinite(size) and process_tiles(b, args, 0, loss)):
        return False
    apply_outside_gradients(b, args, 0)
    return True


cdef inline void update_vocabulary(Part *part, const KernelArguments *args,
                                   double rate) noexcept nogil:
    """Second pass: update the words of a part; sum its gradients of hidden rows."""
    cdef Batch *b = &part.batch
    cdef int64_t first = part.first
    cdef Py_ssize_t words
    memset(part.hidden_gradient, 0, b.hidden.count * args.row_size * sizeof(float))
    memset(part.hidden_curvature, 0, b.softmax.columns * sizeof(float))
    while first < part.last:
        words = min(<int64_t>VOCAB_TILE, part.last - first)
        gradient_tile(b, args, first, words)
        update_tile(b, args, first, words, rate)
        first += VOCAB_TILE


cdef inline void update_hidden(Batch *b, const KernelArguments *args,
                               const Part *parts, double rate) noexcept nogil:
    """Add the gradients of all parts; update centre rows, or CBOW's context."""
    cdef Py_ssize_t n = b.hidden.count * args.row_size
    cdef int32_t i, k
    for k in range(VOCABULARY_PARTS):
        axpy(b.hidden.gradient, parts[k].hidden_gradient, 1, n)
        for i in range(b.hidden.count):
            b.hidden.curvature[i] += parts[k].hidden_curvature[i]
    if args.cbow:
        scatter_to_context(b, args, rate)
    else:
        update_rows(&b.centre, args.row_size, rate)
