# cython: language_level=3
"""Working memory of one kernel call, laid out in a single block."""
from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport calloc, free

from w2vfast.kernels._arguments cimport (
    HIERARCHICAL_SOFTMAX, NEGATIVE_SAMPLING, PANEL_WIDTH, SOFTMAX, KernelArguments,
    padded_size)
from w2vfast.kernels._batch cimport Batch, Pairs, Rows, Softmax, Windows, fill_padded
from w2vfast.kernels._csc cimport Csc
from w2vfast.kernels._tiles cimport CACHED_FLOATS, ROW_TILE, VOCAB_TILE
from w2vfast.kernels._token_block cimport TokenBlock


cdef extern from "_matmul.h":
    const int GEMM_DEPTH


cdef struct Workspace:
    TokenBlock tokens
    Batch batch
    char *memory
    int32_t *slots     # of the words in both tables' rows


cdef inline void *take(char **cursor, Py_ssize_t items,
                        Py_ssize_t size) noexcept nogil:
    """Take the next piece of the block, aligned to a cache line, with some slack."""
    cdef char *piece = cursor[0]
    cursor[0] += ((items + 16) * size + 63) // 64 * 64
    return piece


cdef inline void place_rows(Rows *r, char **at, Py_ssize_t n,
                          float *table, const float *scale) noexcept nogil:
    r.table, r.scale = table, scale
    r.word = <int32_t *>take(at, n, sizeof(int32_t))
    r.squared_norm = <float *>take(at, n, sizeof(float))
    r.curvature = <float *>take(at, n, sizeof(float))
    r.step_size = <float *>take(at, n, sizeof(float))


cdef inline void place_copies(Rows *r, char **at, Py_ssize_t values,
                            Py_ssize_t gradients, Py_ssize_t row) noexcept nogil:
    r.value = <float *>take(at, padded_size(values) * row, sizeof(float))
    r.gradient = <float *>take(at, padded_size(gradients) * row, sizeof(float))


cdef inline void place_csc(Csc *s, char **at, Py_ssize_t keys,
                            Py_ssize_t values) noexcept nogil:
    s.indptr = <int32_t *>take(at, keys + 2, sizeof(int32_t))
    s.indices = <int32_t *>take(at, values, sizeof(int32_t))
    s.data = <float *>take(at, values, sizeof(float))


cdef inline void place_pairs(Pairs *p, char **at, Py_ssize_t lines, Py_ssize_t entries,
                           Py_ssize_t columns) noexcept nogil:
    p.indptr = <int32_t *>take(at, lines + 1, sizeof(int32_t))
    p.hidden_row = <int32_t *>take(at, lines, sizeof(int32_t))
    p.indices = <int32_t *>take(at, entries, sizeof(int32_t))
    p.word = <int32_t *>take(at, entries, sizeof(int32_t))
    p.label = <float *>take(at, entries, sizeof(float))
    p.data = <float *>take(at, entries, sizeof(float))
    p.curvature = <float *>take(at, entries, sizeof(float))
    place_csc(&p.csc, at, columns, entries)


cdef inline void place_windows(Windows *v, char **at, Py_ssize_t centres,
                             Py_ssize_t places, Py_ssize_t row) noexcept nogil:
    v.context_weight = <float *>take(at, centres, sizeof(float))
    v.gradient_weight = <float *>take(at, centres, sizeof(float))
    v.window_begin = <int32_t *>take(at, centres, sizeof(int32_t))
    v.window_end = <int32_t *>take(at, centres, sizeof(int32_t))
    v.prefix = <float *>take(at, (places + 1) * row, sizeof(float))
    v.curvature_change = <double *>take(at, places + 1, sizeof(double))
    v.n_windows = <int32_t *>take(at, places + 1, sizeof(int32_t))
    v.own_weight = <float *>take(at, places, sizeof(float))
    v.own_hidden = <int32_t *>take(at, places, sizeof(int32_t))
    place_csc(&v.changes, at, places + 1, 2 * centres)


cdef inline void place_token_block(TokenBlock *s, char **at, const KernelArguments *args) noexcept nogil:
    cdef Py_ssize_t n = args.block_size + 2 * args.window + 1
    s.word = <int32_t *>take(at, n, sizeof(int32_t))
    s.position = <int64_t *>take(at, n, sizeof(int64_t))
    s.radius = <int32_t *>take(at, n, sizeof(int32_t))
    s.sentence_begin = <int32_t *>take(at, n, sizeof(int32_t))
    s.sentence_end = <int32_t *>take(at, n, sizeof(int32_t))


cdef inline void place_softmax(Softmax *z, char **at, const KernelArguments *args,
                               Py_ssize_t centres) noexcept nogil:
    """Scores are kept for the second pass if they are no more than a table."""
    cdef Py_ssize_t lanes = padded_size(centres)
    cdef Py_ssize_t tiles = (args.n_words + VOCAB_TILE - 1) // VOCAB_TILE
    z.keep_scores = args.training and lanes <= args.row_size
    z.max_score = <float *>take(at, lanes, sizeof(float))
    z.tile_max = <float *>take(at, tiles * lanes, sizeof(float))
    z.exp_sum = <double *>take(at, lanes, sizeof(double))
    z.log_z = <float *>take(at, lanes, sizeof(float))
    z.scale = <float *>take(at, lanes, sizeof(float))
    z.squared_norm = <float *>take(at, args.n_words, sizeof(float))
    z.curvature = <float *>take(at, VOCAB_TILE, sizeof(float))
    z.gradient = <float *>take(at, VOCAB_TILE * args.row_size, sizeof(float))
    z.packed = <float *>take(at, GEMM_DEPTH * PANEL_WIDTH, sizeof(float))


cdef inline void place_scores(Batch *b, char **at, const KernelArguments *args, Py_ssize_t centres,
                            Py_ssize_t noise) noexcept nogil:
    cdef Py_ssize_t scores = ROW_TILE * noise, across = noise
    if args.loss == SOFTMAX:
        place_softmax(&b.softmax, at, args, centres)
        across = padded_size(centres)
        scores = (args.n_words if b.softmax.keep_scores else VOCAB_TILE) * (across + PANEL_WIDTH)
    if args.loss == HIERARCHICAL_SOFTMAX:
        b.n_positive = <float *>take(at, centres * noise, sizeof(float))
        b.node_label = <float *>take(at, (centres + 2 * args.window) * noise, sizeof(float))
        b.omega = <float *>take(at, centres * noise, sizeof(float))
    else:
        b.omega = <float *>take(at, noise, sizeof(float))
    b.score = <float *>take(at, scores, sizeof(float))
    b.transposed = <float *>take(at, args.row_size * across, sizeof(float))


cdef inline Py_ssize_t max_centres(const KernelArguments *args) noexcept nogil:
    return min(<int64_t>args.batch_size, args.block_size)


cdef inline Py_ssize_t max_pairs(const KernelArguments *args) noexcept nogil:
    """Pairs of centre and target that a chunk can have."""
    return max_centres(args) * (1 if args.cbow else 2 * args.window)


cdef inline void place_tokens(Batch *b, char **at, Py_ssize_t centres,
                            Py_ssize_t places) noexcept nogil:
    b.centre_row = <int32_t *>take(at, places, sizeof(int32_t))
    b.target_start = <int32_t *>take(at, places + 1, sizeof(int32_t))
    b.left = <int32_t *>take(at, centres, sizeof(int32_t))
    b.right = <int32_t *>take(at, centres, sizeof(int32_t))
    b.first_centre = <int32_t *>take(at, centres, sizeof(int32_t))
    b.next_centre = <int32_t *>take(at, centres, sizeof(int32_t))
    b.pair_count = <float *>take(at, centres, sizeof(float))


cdef inline void place_targets(Batch *b, char **at, Py_ssize_t targets) noexcept nogil:
    b.target_row = <int32_t *>take(at, targets, sizeof(int32_t))
    b.target_word = <int32_t *>take(at, targets, sizeof(int32_t))
    b.target_label = <float *>take(at, targets, sizeof(float))


cdef inline void place_hidden(Batch *b, char **at, Py_ssize_t centres,
                            Py_ssize_t places, Py_ssize_t row) noexcept nogil:
    """CBOW: hidden rows of their own; targets are named where the pairs stand."""
    place_rows(&b.hidden, at, centres, NULL, NULL)
    place_copies(&b.hidden, at, centres, centres, row)
    place_windows(&b.windows, at, centres, places, row)
    b.target_row, b.target_word, b.target_label = b.pairs.indices, b.pairs.word, b.pairs.label


cdef struct BatchSizes:
    Py_ssize_t centres, tokens, pairs, targets, draws, shared, outside


cdef inline BatchSizes max_sizes(const KernelArguments *args) noexcept nogil:
    cdef BatchSizes n
    n.centres = max_centres(args)
    n.tokens = n.targets = n.centres + 2 * args.window
    n.pairs, n.shared = max_pairs(args), 0
    n.draws = args.shared_negatives if args.shared_negatives > 0 else n.pairs * args.negative
    if args.uses_negatives:
        n.shared = padded_size(min(<int64_t>n.draws, args.n_words))
    elif args.uses_paths:
        n.draws = n.shared = padded_size(min(<int64_t>args.top_nodes, args.n_words))
    if args.uses_paths:
        n.targets = n.tokens * args.max_path_length
        n.pairs = n.pairs * args.max_path_length
    n.outside = n.shared + min(<int64_t>n.targets, args.n_outside)
    return n


cdef inline void place_batch(Batch *b, char **at, const KernelArguments *args) noexcept nogil:
    cdef BatchSizes n = max_sizes(args)
    cdef Py_ssize_t size = args.row_size
    place_tokens(b, at, n.centres, n.tokens)
    b.shared_weight = <float *>take(at, n.draws, sizeof(float))
    place_rows(&b.centre, at, n.tokens, args.centre, args.centre_scale)
    place_rows(&b.outside, at, n.outside, args.outside, args.outside_scale)
    b.outside.cached_below = <int32_t>(CACHED_FLOATS // size)
    place_copies(&b.outside, at, n.shared, n.outside if args.loss == SOFTMAX else n.shared, size)
    place_pairs(&b.pairs, at, n.centres, n.pairs, n.outside)
    if args.cbow:
        place_hidden(b, at, n.centres, n.tokens, size)
    else:
        place_copies(&b.centre, at, n.tokens, n.tokens, size)
        place_targets(b, at, n.targets)
    place_scores(b, at, args, n.centres, n.shared)


cdef inline double max_entries(const KernelArguments *args) noexcept nogil:
    """Most entries that a chunk can have."""
    cdef double pairs = <double>args.batch_size * 2 * args.window
    if args.uses_paths:
        pairs *= args.max_path_length
    return pairs * max(1, args.negative)


cdef inline void release(Workspace *room) noexcept nogil:
    free(room.memory)
    free(room.slots)


cdef inline bint allocate(Workspace *room, const KernelArguments *args) noexcept nogil:
    """Lay everything out twice: once to learn the size, once for real."""
    cdef char *at = NULL
    cdef char *base
    if max_entries(args) >= 2e9:
        return False  # entries are numbered with 32 bits
    place_token_block(&room.tokens, &at, args)
    place_batch(&room.batch, &at, args)
    room.memory = <char *>calloc(<size_t>at + 64, 1)
    room.slots = <int32_t *>calloc(args.n_words + args.n_outside, sizeof(int32_t))
    if room.memory == NULL or room.slots == NULL:
        release(room)
        return False
    base = room.memory + (64 - <size_t>room.memory % 64)
    place_token_block(&room.tokens, &base, args)
    place_batch(&room.batch, &base, args)
    room.batch.centre.slot = room.slots
    room.batch.outside.slot = room.slots + args.n_words
    room.batch.centre.count = room.batch.outside.count = 0
    if args.loss == NEGATIVE_SAMPLING:
        fill_padded(room.batch.pairs.label, 1, max_pairs(args))
    return True
