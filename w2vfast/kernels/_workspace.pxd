# cython: language_level=3
"""The working memory of one kernel call: every array in one allocation.

Array sizes are upper bounds for any batch of the call. Each place_ function assigns the
arrays of one struct, or of a part of the batch (_placement.pxd has those of single
structs). `allocate` calls them twice, to compute the size and to assign.
"""
from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport calloc, free

from w2vfast.kernels._arguments cimport (
    HIERARCHICAL_SOFTMAX, NEGATIVE_SAMPLING, PANEL_WIDTH, SOFTMAX, KernelArguments,
    padded_size)
from w2vfast.kernels._batch cimport (
    ROUNDED_SLACK, Batch, Rows, Softmax, fill_padded)
from w2vfast.kernels._placement cimport (
    place_copies, place_pairs, place_rounded, place_rows, place_token_block,
    place_windows, take)
from w2vfast.kernels._sgd cimport stores_gradients
from w2vfast.kernels._tiles cimport CACHED_FLOATS, ROUNDED_TILE, ROW_TILE, VOCAB_TILE
from w2vfast.kernels._token_block cimport TokenBlock


cdef extern from "_matmul.h":
    const int GEMM_DEPTH


cdef extern from "_guards.h" nogil:
    void guard_all(const char *begin, size_t size)


cdef struct Workspace:
    TokenBlock tokens
    Batch batch
    char *memory
    int32_t *slots      # (n_words + n_outside,): Rows.slot of both


cdef inline void place_tile_buffers(Softmax *z, char **cursor,
                                    const KernelArguments *args,
                                    Py_ssize_t columns) noexcept nogil:
    """The buffers of a pass over tiles."""
    z.max_score = <float *>take(cursor, columns, sizeof(float))
    z.exp_sum = <double *>take(cursor, columns, sizeof(double))
    z.scale = <float *>take(cursor, columns, sizeof(float))
    z.curvature = <float *>take(cursor, VOCAB_TILE, sizeof(float))
    z.gradient = <float *>take(cursor, VOCAB_TILE * args.row_size, sizeof(float))
    z.packed = <float *>take(cursor, GEMM_DEPTH * PANEL_WIDTH, sizeof(float))


cdef inline void place_softmax(Softmax *z, char **cursor, const KernelArguments *args,
                               Py_ssize_t centres) noexcept nogil:
    """Scores are kept for the second pass if they fit into one embedding matrix."""
    cdef Py_ssize_t columns = padded_size(centres)
    cdef Py_ssize_t tiles = (args.n_words + VOCAB_TILE - 1) // VOCAB_TILE
    z.keep_scores = args.training and columns <= args.row_size
    z.tile_max = <float *>take(cursor, tiles * columns, sizeof(float))
    z.log_z = <float *>take(cursor, columns, sizeof(float))
    z.squared_norm = <float *>take(cursor, args.n_words, sizeof(float))
    place_tile_buffers(z, cursor, args, columns)


cdef inline void place_scores(Batch *b, char **cursor, const KernelArguments *args,
                              Py_ssize_t centres, Py_ssize_t shared) noexcept nogil:
    cdef Py_ssize_t scores = ROW_TILE * shared, transposed = shared
    if args.rounds_products:
        scores = (ROUNDED_TILE + ROUNDED_SLACK) * shared
        place_rounded(&b.rounded, cursor, args, shared)
    if args.loss == SOFTMAX:
        place_softmax(&b.softmax, cursor, args, centres)
        transposed = padded_size(centres)
        scores = args.n_words if b.softmax.keep_scores else VOCAB_TILE
        scores *= transposed + PANEL_WIDTH
    if args.loss == HIERARCHICAL_SOFTMAX:
        b.n_positive = <float *>take(cursor, centres * shared, sizeof(float))
        b.node_label = <float *>take(
            cursor, (centres + 2 * args.window) * shared, sizeof(float))
        b.omega = <float *>take(cursor, centres * shared, sizeof(float))
    else:
        b.omega = <float *>take(cursor, shared, sizeof(float))
    b.score = <float *>take(cursor, scores, sizeof(float))
    b.transposed = <float *>take(cursor, args.row_size * transposed, sizeof(float))


cdef inline Py_ssize_t max_centres(const KernelArguments *args) noexcept nogil:
    """Return an upper bound for the centres of a batch."""
    return min(<int64_t>args.batch_size, args.block_size)


cdef inline Py_ssize_t max_pairs(const KernelArguments *args) noexcept nogil:
    """Return an upper bound for the pairs of centre and outside word in a batch."""
    return max_centres(args) * (1 if args.cbow else 2 * args.window)


cdef inline void place_tokens(Batch *b, char **cursor, Py_ssize_t centres,
                              Py_ssize_t tokens) noexcept nogil:
    b.centre_row = <int32_t *>take(cursor, tokens, sizeof(int32_t))
    b.target_start = <int32_t *>take(cursor, tokens + 1, sizeof(int32_t))
    b.left = <int32_t *>take(cursor, centres, sizeof(int32_t))
    b.right = <int32_t *>take(cursor, centres, sizeof(int32_t))
    b.first_centre = <int32_t *>take(cursor, centres, sizeof(int32_t))
    b.next_centre = <int32_t *>take(cursor, centres, sizeof(int32_t))
    b.pair_count = <float *>take(cursor, centres, sizeof(float))


cdef inline void place_targets(Batch *b, char **cursor,
                               Py_ssize_t targets) noexcept nogil:
    b.target_row = <int32_t *>take(cursor, targets, sizeof(int32_t))
    b.target_word = <int32_t *>take(cursor, targets, sizeof(int32_t))
    b.target_label = <float *>take(cursor, targets, sizeof(float))


cdef inline void place_hidden(Batch *b, char **cursor, Py_ssize_t centres,
                              Py_ssize_t tokens, Py_ssize_t row) noexcept nogil:
    """CBOW: separate hidden rows; targets share the memory of the pairs."""
    place_rows(&b.hidden, cursor, centres, NULL, NULL, NULL)
    place_copies(&b.hidden, cursor, centres, centres, row)
    place_windows(&b.windows, cursor, centres, tokens, row)
    b.target_row, b.target_word = b.pairs.indices, b.pairs.word
    b.target_label = b.pairs.label


cdef inline void place_merged(Rows *r, char **cursor, Py_ssize_t n) noexcept nogil:
    r.merged = <int32_t *>take(cursor, n, sizeof(int32_t))
    r.merged_rows = <int32_t *>take(cursor, n, sizeof(int32_t))


cdef struct BatchSizes:
    Py_ssize_t centres, tokens, pairs, targets, draws, shared, outside


cdef inline BatchSizes max_sizes(const KernelArguments *args) noexcept nogil:
    """Return upper bounds for the array sizes of a batch."""
    cdef BatchSizes n
    n.centres = max_centres(args)
    n.tokens = n.targets = n.centres + 2 * args.window
    n.pairs, n.shared = max_pairs(args), 0
    n.draws = args.shared_negatives
    if args.shared_negatives == 0:
        n.draws = n.pairs * args.negative
    if args.uses_negatives:
        n.shared = padded_size(min(<int64_t>n.draws, args.n_words))
    elif args.uses_paths:
        n.draws = n.shared = padded_size(min(<int64_t>args.top_nodes, args.n_words))
    if args.uses_paths:
        n.targets = n.tokens * args.max_path_length
        n.pairs = n.pairs * args.max_path_length
    n.outside = n.shared + min(<int64_t>n.targets, args.n_outside)
    return n


cdef inline void place_batch(Batch *b, char **cursor,
                             const KernelArguments *args) noexcept nogil:
    cdef BatchSizes n = max_sizes(args)
    cdef Py_ssize_t size = args.row_size, stored
    place_tokens(b, cursor, n.centres, n.tokens)
    b.shared_weight = <float *>take(cursor, n.draws, sizeof(float))
    place_rows(&b.centre, cursor, n.tokens, args.centre, args.half_centre,
               args.centre_scale)
    place_rows(&b.outside, cursor, n.outside, args.outside, args.half_outside,
               args.outside_scale)
    b.outside.cached_below = <int32_t>(CACHED_FLOATS // size)
    stored = n.outside if stores_gradients(args) or args.merges else n.shared
    place_copies(&b.outside, cursor, n.outside if args.half_rows else n.shared, stored,
                 size)
    place_pairs(&b.pairs, cursor, n.centres, n.pairs, n.outside)
    if args.cbow:
        place_hidden(b, cursor, n.centres, n.tokens, size)
    else:
        place_targets(b, cursor, n.targets)
    if args.half_rows or not args.cbow:
        place_copies(&b.centre, cursor, n.tokens, n.tokens, size)
    if args.weighted_windows:
        b.pairs.weight = <float *>take(cursor, n.pairs, sizeof(float))
        b.window_weight = <float *>take(cursor, 2 * args.window, sizeof(float))
    place_scores(b, cursor, args, n.centres, n.shared)
    if args.merges:
        place_merged(&b.centre, cursor, n.tokens)
        place_merged(&b.outside, cursor, n.outside)
        if args.cbow and not args.half_rows:
            b.centre.gradient = <float *>take(cursor, n.tokens * size, sizeof(float))


cdef inline void fill_window_weights(float *weight, int window) noexcept nogil:
    """Write the share of random windows that contain each token of the largest one."""
    cdef int distance
    for distance in range(1, window + 1):
        weight[window - distance] = weight[window + distance - 1] = (
            <float>(window + 1 - distance) / window)


cdef inline double max_entries(const KernelArguments *args) noexcept nogil:
    """Return an upper bound for the entries of the pair matrix."""
    cdef double pairs = <double>args.batch_size * 2 * args.window
    if args.uses_paths:
        pairs *= args.max_path_length
    return pairs * max(1, args.negative)


cdef inline void release(Workspace *workspace) noexcept nogil:
    free(workspace.memory)
    free(workspace.slots)
    workspace.memory, workspace.slots = NULL, NULL


cdef inline bint allocate(Workspace *workspace,
                          const KernelArguments *args) noexcept nogil:
    """Allocate all arrays. False if the memory or 32-bit indices do not suffice."""
    cdef char *size = NULL  # the cursor of the first pass, from address 0
    cdef char *cursor
    if max_entries(args) >= 2e9:
        return False
    place_token_block(&workspace.tokens, &size, args)
    place_batch(&workspace.batch, &size, args)
    workspace.memory = <char *>calloc(<size_t>size + 64, 1)
    workspace.slots = <int32_t *>calloc(
        args.n_words + args.n_outside, sizeof(int32_t))
    if workspace.memory == NULL or workspace.slots == NULL:
        release(workspace)
        return False
    guard_all(workspace.memory, <size_t>size + 64)
    cursor = workspace.memory + (64 - <size_t>workspace.memory % 64)
    place_token_block(&workspace.tokens, &cursor, args)
    place_batch(&workspace.batch, &cursor, args)
    workspace.batch.centre.slot = workspace.slots
    workspace.batch.outside.slot = workspace.slots + args.n_words
    workspace.batch.centre.count = workspace.batch.outside.count = 0
    if args.loss == NEGATIVE_SAMPLING:
        fill_padded(workspace.batch.pairs.label, 1, max_pairs(args))
    if args.weighted_windows:
        fill_window_weights(workspace.batch.window_weight, args.window)
    return True
