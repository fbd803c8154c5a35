# cython: language_level=3
"""The working memory of one kernel call: every array in one allocation.

Array sizes are upper bounds for any batch of the call. Each place_ function assigns the
arrays of one struct; `allocate` calls them twice, to compute the size and to assign.
"""
from libc.stdint cimport int32_t, int64_t, uint16_t, uint32_t
from libc.stdlib cimport calloc, free

from w2vfast.kernels._arguments cimport (
    HIERARCHICAL_SOFTMAX, NEGATIVE_SAMPLING, PANEL_WIDTH, SOFTMAX, KernelArguments,
    padded_size)
from w2vfast.kernels._batch cimport (
    ROUNDED_SLACK, Batch, Pairs, RoundedOperands, Rows, Softmax, Windows, fill_padded)
from w2vfast.kernels._csc cimport Csc
from w2vfast.kernels._sgd cimport stores_gradients
from w2vfast.kernels._tiles cimport CACHED_FLOATS, ROUNDED_TILE, ROW_TILE, VOCAB_TILE
from w2vfast.kernels._token_block cimport TokenBlock


cdef extern from "_matmul.h":
    const int GEMM_DEPTH


cdef extern from "_guards.h" nogil:
    const int GUARD_BYTES
    void guard_all(const char *begin, size_t size)
    void open_array(const char *begin, size_t size)


cdef struct Workspace:
    TokenBlock tokens
    Batch batch
    char *memory
    int32_t *slots      # (n_words + n_outside,): Rows.slot of both


cdef inline void *take(char **cursor, Py_ssize_t items, Py_ssize_t size) noexcept nogil:
    """Return memory for an array and advance the cursor.

    Arrays are aligned to cache lines. 16 spare items allow writes of whole panels.
    """
    cdef char *array = cursor[0]
    open_array(array, (items + 16) * size)
    cursor[0] += ((items + 16) * size + 63) // 64 * 64 + GUARD_BYTES
    return array


cdef inline void place_rows(Rows *r, char **cursor, Py_ssize_t n,
                            float *table, uint16_t *half,
                            const float *scale) noexcept nogil:
    r.table, r.half, r.scale = table, half, scale
    r.merged, r.merged_rows, r.n_merged = NULL, NULL, 0
    r.word = <int32_t *>take(cursor, n, sizeof(int32_t))
    r.squared_norm = <float *>take(cursor, n, sizeof(float))
    r.curvature = <float *>take(cursor, n, sizeof(float))
    r.step_size = <float *>take(cursor, n, sizeof(float))


cdef inline void place_copies(Rows *r, char **cursor, Py_ssize_t values,
                              Py_ssize_t gradients, Py_ssize_t row) noexcept nogil:
    r.value = <float *>take(cursor, padded_size(values) * row, sizeof(float))
    r.gradient = <float *>take(cursor, padded_size(gradients) * row, sizeof(float))
    if r.half != NULL:
        r.table = r.value


cdef inline void place_csc(Csc *s, char **cursor, Py_ssize_t keys,
                           Py_ssize_t values) noexcept nogil:
    s.indptr = <int32_t *>take(cursor, keys + 2, sizeof(int32_t))
    s.indices = <int32_t *>take(cursor, values, sizeof(int32_t))
    s.data = <float *>take(cursor, values, sizeof(float))


cdef inline void place_pairs(Pairs *p, char **cursor, Py_ssize_t rows,
                             Py_ssize_t entries, Py_ssize_t columns) noexcept nogil:
    p.indptr = <int32_t *>take(cursor, rows + 1, sizeof(int32_t))
    p.hidden_row = <int32_t *>take(cursor, rows, sizeof(int32_t))
    p.indices = <int32_t *>take(cursor, entries, sizeof(int32_t))
    p.word = <int32_t *>take(cursor, entries, sizeof(int32_t))
    p.weight = NULL
    p.label = <float *>take(cursor, entries, sizeof(float))
    p.data = <float *>take(cursor, entries, sizeof(float))
    p.curvature = <float *>take(cursor, entries, sizeof(float))
    place_csc(&p.csc, cursor, columns, entries)


cdef inline void place_windows(Windows *v, char **cursor, Py_ssize_t centres,
                               Py_ssize_t tokens, Py_ssize_t row) noexcept nogil:
    v.context_weight = <float *>take(cursor, centres, sizeof(float))
    v.gradient_weight = <float *>take(cursor, centres, sizeof(float))
    v.window_begin = <int32_t *>take(cursor, centres, sizeof(int32_t))
    v.window_end = <int32_t *>take(cursor, centres, sizeof(int32_t))
    v.prefix = <float *>take(cursor, (tokens + 1) * row, sizeof(float))
    v.curvature_change = <double *>take(cursor, tokens + 1, sizeof(double))
    v.n_windows = <int32_t *>take(cursor, tokens + 1, sizeof(int32_t))
    v.own_weight = <float *>take(cursor, tokens, sizeof(float))
    v.own_hidden = <int32_t *>take(cursor, tokens, sizeof(int32_t))
    place_csc(&v.changes, cursor, tokens + 1, 2 * centres)


cdef inline void place_token_block(TokenBlock *s, char **cursor,
                                   const KernelArguments *args) noexcept nogil:
    cdef Py_ssize_t n = args.block_size + 2 * args.window + 1
    s.word = <int32_t *>take(cursor, n, sizeof(int32_t))
    s.position = <int64_t *>take(cursor, n, sizeof(int64_t))
    s.radius = <int32_t *>take(cursor, n, sizeof(int32_t))
    s.sentence_begin = <int32_t *>take(cursor, n, sizeof(int32_t))
    s.sentence_end = <int32_t *>take(cursor, n, sizeof(int32_t))


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


cdef inline void place_rounded(RoundedOperands *p, char **cursor,
                               const KernelArguments *args,
                               Py_ssize_t shared) noexcept nogil:
    """Operands in bfloat16. Sizes are those of the widest use of each array."""
    cdef Py_ssize_t size = args.row_size
    cdef Py_ssize_t rows = ROUNDED_TILE + ROUNDED_SLACK
    cdef Py_ssize_t n = shared + ROUNDED_SLACK
    p.amx, p.size, p.used_size = args.amx, size, args.used_size
    p.hidden = <float *>take(cursor, rows * size, sizeof(float))
    p.shared_rows = <float *>take(cursor, n * size, sizeof(float))
    p.shared_columns = <float *>take(cursor, n * size, sizeof(float))
    if not args.amx:
        return
    p.hidden_pairs = <uint32_t *>take(cursor, rows // 2 * size, sizeof(uint32_t))
    p.shared_pairs = <uint32_t *>take(cursor, n // 2 * size, sizeof(uint32_t))
    p.factors = <uint16_t *>take(cursor, rows * n, sizeof(uint16_t))
    p.factor_pairs = <uint32_t *>take(cursor, rows // 2 * n, sizeof(uint32_t))
    p.factor_columns = <uint32_t *>take(cursor, rows // 2 * n, sizeof(uint32_t))


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
