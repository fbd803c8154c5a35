# cython: language_level=3
"""Train or evaluate blocks of a corpus, without the GIL.

The package `reference` has the same algorithm in NumPy, and
docs/explanation/algorithm.md explains it. A batch has L centres. Its hidden rows H are
the centre vectors in skip-gram, and means or sums of context vectors in CBOW. U are its
outside rows. The loss J of a batch is a sum over hidden rows of two parts: the shared
rows (negatives, or log Z of the softmax) and the positive pairs. Gradients of -J use
the values at the start of the batch. Each distinct row gets one gradient and one step.
"""
from libc.math cimport NAN
from libc.stdint cimport int32_t, int64_t, uint16_t, uint32_t
from libc.string cimport memset

from w2vfast.kernels._arguments cimport (
    HIERARCHICAL_SOFTMAX, NEGATIVE_SAMPLING, SOFTMAX, KernelArguments)
from w2vfast.kernels._batch cimport Batch
from w2vfast.kernels._blocks cimport (
    Totals, begin_block, clear_totals, has_batch, next_batch)
from w2vfast.kernels._rounds cimport (
    Group, allocate_group, begin_group, group_totals, is_finished, process,
    release_group)
from w2vfast.kernels._sgd cimport copy_row, learning_rate
from w2vfast.kernels._softmax cimport compute_log_z
from w2vfast.kernels._train_batch cimport evaluate_batch, train_batch
from w2vfast.kernels._workspace cimport Workspace, allocate, max_centres, release


cdef extern from "_simd.h":
    const int STEP_WIDTH


cdef extern from "_amx.h":
    bint amx_available()


import numpy as np

from w2vfast.kernels.arguments import LOSSES, MAX_STREAMS
from w2vfast.kernels.checks import check_call, check_log_z, check_words


cdef void process_block(Workspace *workspace, const KernelArguments *args,
                        int64_t epoch, int64_t block, bint training,
                        const double *log_z, Totals *totals) noexcept nogil:
    """Train or evaluate the batches of a block."""
    cdef Batch *b = &workspace.batch
    begin_block(workspace, args, epoch, block)
    while has_batch(workspace) and totals.finite:
        if next_batch(workspace, args, epoch, totals) == 0:
            continue
        if training:
            totals.finite = train_batch(
                b, args, learning_rate(args, epoch, b.tokens.position[b.begin]),
                &totals.loss)
        else:
            totals.finite = evaluate_batch(b, args, log_z, &totals.loss)


cdef int unpack_matrices(KernelArguments *c_args, args) except -1:
    """Store pointers to the embedding matrices, of float32 or float16."""
    cdef float[:, ::1] centre, outside
    cdef uint16_t[:, ::1] half_centre, half_outside
    c_args.centre = c_args.outside = NULL
    c_args.half_centre = c_args.half_outside = NULL
    c_args.half_rows = args.centre.dtype == np.float16
    if c_args.half_rows:
        half_centre = args.centre.view(np.uint16)
        half_outside = args.outside.view(np.uint16)
        c_args.half_centre = &half_centre[0, 0]
        c_args.half_outside = &half_outside[0, 0]
    else:
        centre, outside = args.centre, args.outside
        c_args.centre, c_args.outside = &centre[0, 0], &outside[0, 0]
    c_args.n_words, c_args.row_size = args.centre.shape
    c_args.n_outside = len(args.outside)
    c_args.vector_size = args.vector_size or c_args.row_size
    c_args.used_size = (c_args.vector_size + STEP_WIDTH - 1) // STEP_WIDTH * STEP_WIDTH
    return 0


cdef int unpack_arrays(KernelArguments *c_args, args) except -1:
    """Store pointers to the arrays; the Python object owns their memory."""
    cdef const int32_t[::1] ids = args.ids
    cdef const int64_t[::1] offsets = args.offsets
    cdef const int64_t[::1] starts = args.starts
    cdef const uint32_t[::1] keep = args.keep_thresholds
    cdef const uint32_t[::1] accept = args.noise_accept
    cdef const int32_t[::1] alias = args.noise_alias
    cdef const int64_t[::1] path_offsets = args.path_offsets
    cdef const int32_t[::1] path_nodes = args.path_nodes
    cdef const float[::1] path_labels = args.path_labels
    cdef const float[::1] centre_scale = args.centre_scale
    cdef const float[::1] outside_scale = args.outside_scale
    c_args.ids, c_args.n_tokens = &ids[0], ids.shape[0]
    c_args.offsets, c_args.n_sentences = &offsets[0], offsets.shape[0] - 1
    c_args.starts = &starts[0] if starts.shape[0] > 0 else NULL
    c_args.keep_thresholds = &keep[0]
    c_args.noise_accept, c_args.noise_alias = &accept[0], &alias[0]
    c_args.path_offsets, c_args.path_nodes = &path_offsets[0], &path_nodes[0]
    c_args.path_labels = &path_labels[0]
    c_args.centre_scale = &centre_scale[0] if centre_scale.shape[0] > 0 else NULL
    c_args.outside_scale = &outside_scale[0] if outside_scale.shape[0] > 0 else NULL
    return 0


cdef KernelArguments unpack(args, bint training) except *:
    """Return the C struct of a KernelArguments object."""
    cdef KernelArguments c_args
    unpack_matrices(&c_args, args)
    unpack_arrays(&c_args, args)
    c_args.training, c_args.loss = training, LOSSES.index(args.loss)
    c_args.uses_negatives = c_args.loss not in (SOFTMAX, HIERARCHICAL_SOFTMAX)
    c_args.uses_paths = c_args.loss not in (SOFTMAX, NEGATIVE_SAMPLING)
    c_args.max_path_length = args.max_path_length
    c_args.top_nodes, c_args.seed = args.top_nodes, args.seed
    c_args.cbow, c_args.cbow_mean = args.cbow, args.cbow_mean
    c_args.cbow_exact, c_args.window = args.cbow_exact, args.window
    c_args.shrink_windows, c_args.negative = args.shrink_windows, args.negative
    c_args.weighted_windows = args.weighted_windows
    c_args.pair_unit = args.pair_unit
    c_args.batch_size, c_args.block_size = args.batch_size, args.block_size
    c_args.shared_negatives = args.shared_negatives
    c_args.thin_gradients = args.thin_gradients
    c_args.rounds_products = c_args.uses_negatives and args.bfloat16_products
    c_args.amx = c_args.rounds_products and amx_available()
    c_args.first_epoch, c_args.epochs = args.first_epoch, args.epochs
    c_args.alpha, c_args.min_alpha = args.alpha, args.min_alpha
    c_args.alpha_interval = args.alpha_interval
    c_args.streams, c_args.merges = args.streams, False
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


cdef unpack_totals(const Totals *t, const KernelArguments *args):
    return t.loss, <double>t.pairs / args.pair_unit, t.centres, bool(t.finite)


cdef run_blocks(args, int64_t epoch, int64_t first_block, int64_t last_block,
                bint training, const double *log_z, double loss):
    """Train or evaluate blocks first_block..last_block-1; add to `loss`."""
    cdef KernelArguments c_args = unpack(args, training)
    cdef Workspace workspace
    cdef Totals totals
    cdef int64_t block
    allocate_or_raise(&workspace, &c_args)
    clear_totals(&totals)
    totals.loss = loss
    with nogil:
        for block in range(first_block, min(
                last_block, (c_args.n_tokens - 1) // c_args.block_size + 1)):
            if totals.finite:
                process_block(&workspace, &c_args, epoch, block, training, log_z,
                              &totals)
        release(&workspace)
    return unpack_totals(&totals, &c_args)


def train(args, epoch, first_block, last_block, loss=0.0):
    """Train blocks first_block..last_block-1 of an epoch; see reference.train."""
    check_call(args, first_block, last_block, epoch)
    return run_blocks(args, epoch, first_block, last_block, True, NULL, loss)


def evaluate(args, first_block, last_block, log_z):
    """Return the loss of blocks first_block..last_block-1; see reference.evaluate."""
    check_call(args, first_block, last_block)
    check_log_z(args, log_z)
    cdef const double[::1] known = log_z
    return run_blocks(args, 0, first_block, last_block, False,
                      &known[0] if known.shape[0] > 0 else NULL, 0)


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


def uses_amx():
    """Return whether products in bfloat16 use AMX, on this CPU and system."""
    return bool(amx_available())


cdef class Rounds:
    """Deterministic training of groups of blocks; see reference.Rounds."""

    cdef Group group
    cdef object args        # it owns the memory of the arrays

    def __cinit__(self, args, int threads=1):
        memset(&self.group, 0, sizeof(Group))
        check_call(args, 0, 0)
        if not 1 <= args.streams <= MAX_STREAMS:
            raise ValueError(
                f"streams={args.streams}: expected 1 to {MAX_STREAMS} for training in "
                "rounds")
        self.args = args
        self.group.args = unpack(args, True)
        self.group.args.merges = self.group.args.streams > 1
        self.group.threads = max(1, threads)
        if not allocate_group(&self.group):
            raise MemoryError(
                f"chunk_size={args.batch_size}, window={args.window}, "
                f"negative={args.negative}: no memory for {args.streams} batches of so "
                "many pairs; pass a smaller chunk_size")

    def __dealloc__(self):
        release_group(&self.group)

    def begin(self, int64_t epoch, int64_t first_block, int64_t last_block):
        """Begin to train up to args.streams blocks."""
        check_call(self.args, first_block, last_block, epoch)
        last_block = min(last_block, self.args.n_blocks)
        if not 0 <= last_block - first_block <= self.args.streams:
            raise ValueError(
                f"blocks {first_block} to {last_block}: expected up to "
                f"{self.args.streams} of {self.args.n_blocks} blocks")
        with nogil:
            begin_group(&self.group, epoch, first_block, last_block)

    def work(self):
        """Train until the group is finished. Any number of threads may call this."""
        with nogil:
            process(&self.group)

    def totals(self):
        """Return the totals of the group, or None if it is not finished."""
        cdef Totals totals
        if not is_finished(&self.group.queue):
            return None
        totals = group_totals(&self.group)
        return unpack_totals(&totals, &self.group.args)
