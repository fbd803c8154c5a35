# cython: language_level=3
"""Train or evaluate blocks of a corpus, without the GIL.

The package `reference` has the same algorithm in NumPy, and
docs/explanation/algorithm.md explains it. A batch has L centres. Its hidden rows H are
the centre vectors in skip-gram, and means or sums of context vectors in CBOW. U are its
outside rows. The loss J of a batch is a sum over hidden rows of two parts: the shared
rows (negatives, or log Z of the softmax) and the positive pairs. Gradients of -J use
the values at the start of the batch. Each distinct row gets one gradient and one step.
"""
from libc.math cimport NAN, isfinite
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t

from w2vfast.kernels._arguments cimport (
    HIERARCHICAL_SOFTMAX, NEGATIVE_SAMPLING, SOFTMAX, KernelArguments)
from w2vfast.kernels._batch cimport Batch
from w2vfast.kernels._batching cimport build_batch
from w2vfast.kernels._cbow cimport compute_hidden_rows, scatter_to_context
from w2vfast.kernels._pairs cimport apply_hidden_gradients, score_pairs
from w2vfast.kernels._random cimport NOISE, TOKENS, stream_key
from w2vfast.kernels._sgd cimport (
    apply_outside_gradients, compute_norms, copy_row, copy_rows, learning_rate)
from w2vfast.kernels._shared_rows cimport shared_rows_gradient
from w2vfast.kernels._softmax cimport compute_log_z, softmax_gradient
from w2vfast.kernels._tiles cimport row_tile_end
from w2vfast.kernels._token_block cimport TokenBlock, load_block
from w2vfast.kernels._workspace cimport Workspace, allocate, max_centres, release

from w2vfast.kernels.arguments import LOSSES
from w2vfast.kernels.checks import check_call, check_log_z, check_words


cdef struct Totals:     # totals over batches; finite: whether all numbers were
    double loss
    int64_t pairs
    int64_t centres
    bint finite


cdef bint prepare_hidden(Batch *b, const KernelArguments *args, int32_t begin,
                         int32_t end) noexcept nogil:
    """Load or compute hidden rows begin..end-1; False if they are not finite."""
    cdef double size = 0
    cdef int32_t i
    if not args.cbow:
        return isfinite(copy_rows(&b.centre, begin, end, args.row_size))
    compute_hidden_rows(b, args, begin, end)
    for i in range(begin, end):
        size += b.hidden.squared_norm[i]
    return isfinite(size)


cdef bint begin_batch(Batch *b, const KernelArguments *args,
                      const double *log_z) noexcept nogil:
    """Load the outside rows, and log Z for softmax; False if not finite.

    log_z: (words,), log Z of every centre word if known, else NULL.
    """
    cdef double size = copy_rows(&b.outside, 0, b.n_shared_padded, args.row_size)
    cdef int32_t i, begin, end = 0
    size += compute_norms(&b.outside, b.n_shared_padded, b.outside.count, args.row_size)
    if args.loss != SOFTMAX or not isfinite(size):
        return isfinite(size)
    while end < b.hidden.count:
        begin, end = end, row_tile_end(b, end)
        if not prepare_hidden(b, args, begin, end):
            return False
    if log_z == NULL:
        return compute_log_z(b, args)
    for i in range(b.hidden.count):
        b.softmax.log_z[i] = <float>log_z[b.centre.word[i]]
    return True


cdef bint process_tiles(Batch *b, const KernelArguments *args, double rate,
                        double *loss) noexcept nogil:
    """Score hidden rows tile by tile and apply their gradients; False: not finite."""
    cdef int32_t begin, end = 0
    while end < b.hidden.count:
        begin, end = end, row_tile_end(b, end)
        if args.loss != SOFTMAX and not prepare_hidden(b, args, begin, end):
            return False
        if b.n_shared_padded > 0:
            loss[0] += shared_rows_gradient(b, args, begin, end)
        loss[0] += score_pairs(b, args, begin, end)
        if args.training:
            apply_hidden_gradients(b, args, begin, end, rate)
    return True


cdef bint train_batch(Batch *b, const KernelArguments *args, double rate,
                      double *loss) noexcept nogil:
    """Train a batch and add its loss; False if its parameters are not finite."""
    if not (begin_batch(b, args, NULL) and process_tiles(b, args, rate, loss)):
        return False
    apply_outside_gradients(b, args, rate)
    if args.loss == SOFTMAX:
        softmax_gradient(b, args, rate)
    if args.cbow:
        scatter_to_context(b, args, rate)
    return True


cdef bint evaluate_batch(Batch *b, const KernelArguments *args, const double *log_z,
                         double *loss) noexcept nogil:
    """Add the loss of a batch without training; log_z as for begin_batch."""
    return begin_batch(b, args, log_z) and process_tiles(b, args, 0, loss)


cdef void process_block(Workspace *workspace, const KernelArguments *args,
                        int64_t epoch, int64_t block, bint training,
                        const double *log_z, Totals *totals) noexcept nogil:
    """Train or evaluate the batches of a block."""
    cdef TokenBlock *s = &workspace.tokens
    cdef Batch *b = &workspace.batch
    cdef uint64_t noise = stream_key(args.seed, NOISE, epoch)
    cdef int32_t pairs
    b.tokens = s
    load_block(s, args, stream_key(args.seed, TOKENS, epoch), block * args.block_size,
               min((block + 1) * args.block_size, args.n_tokens))
    b.end = s.centres_begin
    while b.end < s.centres_end and totals.finite:
        b.begin = b.end
        b.end = min(s.centres_end, b.begin + args.batch_size)
        b.prefetched = 2 * b.end
        b.prefetch_end = 2 * min(s.size, b.end + args.batch_size + args.window)
        pairs = build_batch(b, args, s, noise)
        if pairs > 0 and training:
            totals.finite = train_batch(
                b, args, learning_rate(args, epoch, s.position[b.begin]), &totals.loss)
        elif pairs > 0:
            totals.finite = evaluate_batch(b, args, log_z, &totals.loss)
        totals.pairs += pairs
        totals.centres += b.end - b.begin


cdef int unpack_arrays(KernelArguments *c_args, args) except -1:
    """Store pointers to the arrays; the Python object owns their memory."""
    cdef const int32_t[::1] ids = args.ids
    cdef const int64_t[::1] offsets = args.offsets
    cdef const uint32_t[::1] keep = args.keep_thresholds
    cdef const uint32_t[::1] accept = args.noise_accept
    cdef const int32_t[::1] alias = args.noise_alias
    cdef const int64_t[::1] path_offsets = args.path_offsets
    cdef const int32_t[::1] path_nodes = args.path_nodes
    cdef const float[::1] path_labels = args.path_labels
    cdef float[:, ::1] centre = args.centre
    cdef float[:, ::1] outside = args.outside
    cdef const float[::1] centre_scale = args.centre_scale
    cdef const float[::1] outside_scale = args.outside_scale
    c_args.ids, c_args.n_tokens = &ids[0], ids.shape[0]
    c_args.offsets, c_args.n_sentences = &offsets[0], offsets.shape[0] - 1
    c_args.keep_thresholds = &keep[0]
    c_args.noise_accept, c_args.noise_alias = &accept[0], &alias[0]
    c_args.path_offsets, c_args.path_nodes = &path_offsets[0], &path_nodes[0]
    c_args.path_labels = &path_labels[0]
    c_args.centre, c_args.outside = &centre[0, 0], &outside[0, 0]
    c_args.n_words, c_args.row_size = centre.shape[0], centre.shape[1]
    c_args.n_outside = outside.shape[0]
    c_args.centre_scale = &centre_scale[0] if centre_scale.shape[0] > 0 else NULL
    c_args.outside_scale = &outside_scale[0] if outside_scale.shape[0] > 0 else NULL
    return 0


cdef KernelArguments unpack(args, bint training) except *:
    """Return the C struct of a KernelArguments object."""
    cdef KernelArguments c_args
    unpack_arrays(&c_args, args)
    c_args.training, c_args.loss = training, LOSSES.index(args.loss)
    c_args.uses_negatives = c_args.loss not in (SOFTMAX, HIERARCHICAL_SOFTMAX)
    c_args.uses_paths = c_args.loss not in (SOFTMAX, NEGATIVE_SAMPLING)
    c_args.max_path_length = args.max_path_length
    c_args.top_nodes, c_args.seed = args.top_nodes, args.seed
    c_args.cbow, c_args.cbow_mean = args.cbow, args.cbow_mean
    c_args.cbow_exact, c_args.window = args.cbow_exact, args.window
    c_args.shrink_windows, c_args.negative = args.shrink_windows, args.negative
    c_args.batch_size, c_args.block_size = args.batch_size, args.block_size
    c_args.shared_negatives = args.shared_negatives
    c_args.first_epoch, c_args.epochs = args.first_epoch, args.epochs
    c_args.alpha, c_args.min_alpha = args.alpha, args.min_alpha
    c_args.alpha_interval = args.alpha_interval
    return c_args


cdef void *allocate_or_raise(Workspace *workspace,
                             const KernelArguments *args) except NULL:
    """Allocate the workspace; MemoryError if that is impossible."""
    if not allocate(workspace, args):
        raise MemoryError(
            f"chunk_size={args.batch_size}, window={args.window}, "
            f"negative={args.negative}: no memory for batches of so many pairs; pass a "
            "smaller chunk_size")
    return workspace


cdef run_blocks(args, int64_t epoch, int64_t first_block, int64_t last_block,
                bint training, const double *log_z):
    """Train or evaluate blocks first_block..last_block-1; return the totals."""
    cdef KernelArguments c_args = unpack(args, training)
    cdef Workspace workspace
    cdef Totals totals
    cdef int64_t block
    allocate_or_raise(&workspace, &c_args)
    totals.loss, totals.pairs, totals.centres, totals.finite = 0, 0, 0, True
    with nogil:
        for block in range(first_block, min(
                last_block, (c_args.n_tokens - 1) // c_args.block_size + 1)):
            if totals.finite:
                process_block(&workspace, &c_args, epoch, block, training, log_z,
                              &totals)
        release(&workspace)
    return totals.loss, totals.pairs, totals.centres, bool(totals.finite)


def train(args, epoch, first_block, last_block):
    """Train blocks first_block..last_block-1 of an epoch; see reference.train."""
    check_call(args, first_block, last_block, epoch)
    return run_blocks(args, epoch, first_block, last_block, True, NULL)


def evaluate(args, first_block, last_block, log_z):
    """Return the loss of blocks first_block..last_block-1; see reference.evaluate."""
    check_call(args, first_block, last_block)
    check_log_z(args, log_z)
    cdef const double[::1] known = log_z
    return run_blocks(args, 0, first_block, last_block, False,
                      &known[0] if known.shape[0] > 0 else NULL)


cdef void log_partition_rows(Workspace *workspace, const KernelArguments *args,
                             int64_t first_word, int64_t last_word,
                             double *log_z) noexcept nogil:
    """log_z[word] = log Z of a centre vector; NaN if a vector is not finite."""
    cdef Batch *b = &workspace.batch
    cdef int64_t word = first_word, i
    cdef Py_ssize_t size = args.row_size
    cdef bint finite
    if not args.cbow:  # CBOW has a buffer of its own for hidden rows
        b.hidden = b.centre
    while word < last_word:
        b.hidden.count = <int32_t>min(last_word - word, max_centres(args))
        for i in range(b.hidden.count):
            copy_row(b.hidden.value + i * size, args.centre + (word + i) * size, size)
        finite = compute_log_z(b, args)
        for i in range(b.hidden.count):
            log_z[word + i] = b.softmax.log_z[i] if finite else NAN
        word += b.hidden.count


def log_partition(args, first_word, last_word, out):
    """Write log Z of words first_word..last_word-1; see reference.log_partition."""
    check_words(args, first_word, last_word, out)
    cdef double[::1] log_z = out
    cdef KernelArguments c_args = unpack(args, False)
    cdef Workspace workspace
    cdef int64_t first = first_word, last = last_word
    allocate_or_raise(&workspace, &c_args)
    with nogil:
        log_partition_rows(&workspace, &c_args, first, last, &log_z[0])
        release(&workspace)
