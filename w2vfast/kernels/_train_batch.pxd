# cython: language_level=3
"""Train or evaluate one batch, for every objective.

The twin is the last part of reference/sgd.py.
"""
from libc.math cimport isfinite
from libc.stdint cimport int32_t

from w2vfast.kernels._arguments cimport SOFTMAX, KernelArguments
from w2vfast.kernels._batch cimport Batch
from w2vfast.kernels._cbow cimport compute_hidden_rows, scatter_to_context
from w2vfast.kernels._pairs cimport apply_hidden_gradients, score_pairs
from w2vfast.kernels._sgd cimport (
    apply_outside_gradients, compute_norms, copy_rows, update_rows)
from w2vfast.kernels._shared_rows cimport shared_rows_gradient
from w2vfast.kernels._softmax cimport compute_log_z, softmax_gradient
from w2vfast.kernels._tiles cimport row_tile_end


cdef inline bint prepare_hidden(Batch *b, const KernelArguments *args, int32_t begin,
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


cdef inline bint load_rows(Batch *b, const KernelArguments *args) noexcept nogil:
    """Load the outside rows, and for softmax all hidden rows; False: not finite."""
    cdef int32_t begin, end = 0
    cdef int32_t n = b.outside.count if args.half_rows else b.n_shared_padded
    cdef double size = copy_rows(&b.outside, 0, n, args.row_size)
    size += compute_norms(&b.outside, n, b.outside.count, args.row_size)
    if args.half_rows and args.cbow:
        size += copy_rows(&b.centre, 0, b.centre.count, args.row_size)
    if args.loss != SOFTMAX or not isfinite(size):
        return isfinite(size)
    while end < b.hidden.count:
        begin, end = end, row_tile_end(b, end)
        if not prepare_hidden(b, args, begin, end):
            return False
    return True


cdef inline bint begin_batch(Batch *b, const KernelArguments *args,
                             const double *log_z) noexcept nogil:
    """Load the rows, and log Z for softmax; False if not finite.

    log_z: (words,), log Z of every centre word if known, else NULL.
    """
    cdef int32_t i
    if not load_rows(b, args):
        return False
    if args.loss != SOFTMAX:
        return True
    if log_z == NULL:
        return compute_log_z(b, args)
    for i in range(b.hidden.count):
        b.softmax.log_z[i] = <float>log_z[b.centre.word[i]]
    return True


cdef inline bint process_tiles(Batch *b, const KernelArguments *args, double rate,
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


cdef inline bint train_batch(Batch *b, const KernelArguments *args, double rate,
                             double *loss) noexcept nogil:
    """Train a batch and add its loss; False if its parameters are not finite."""
    if not (begin_batch(b, args, NULL) and process_tiles(b, args, rate, loss)):
        return False
    apply_outside_gradients(b, args, rate)
    if args.loss == SOFTMAX:
        softmax_gradient(b, args, rate)
    if args.cbow:
        scatter_to_context(b, args, rate)
    if args.half_rows:
        update_rows(&b.outside, args.row_size, rate)
        update_rows(&b.centre, args.row_size, rate)
    return True


cdef inline bint evaluate_batch(Batch *b, const KernelArguments *args,
                                const double *log_z, double *loss) noexcept nogil:
    """Add the loss of a batch without training; log_z as for begin_batch."""
    return begin_batch(b, args, log_z) and process_tiles(b, args, 0, loss)
