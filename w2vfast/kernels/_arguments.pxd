# cython: language_level=3
"""The arguments of a kernel call as a C struct; see KernelArguments in arguments.py."""
from libc.stdint cimport int32_t, int64_t, uint16_t, uint32_t, uint64_t


cdef enum:
    PANEL_WIDTH = 16        # floats; rows are padded to a multiple of it


cdef enum:                  # in the order of arguments.LOSSES
    NEGATIVE_SAMPLING
    SOFTMAX
    HIERARCHICAL_SOFTMAX
    NEGATIVE_SAMPLING_AND_HIERARCHICAL_SOFTMAX


cdef struct KernelArguments:
    # Fields without a comment are those of the Python class.
    bint training                       # else losses are computed, nothing is updated
    int loss
    bint uses_negatives                 # the shared rows of a batch are negatives
    bint uses_paths                     # a target word is the rows of its path
    const int32_t *ids                  # (n_tokens,)
    const int64_t *offsets              # (n_sentences + 1,)
    const int64_t *starts               # (n_sentences,); NULL: the offsets
    int64_t n_tokens
    int64_t n_sentences
    const uint32_t *keep_thresholds     # (n_words,)
    const uint32_t *noise_accept        # (n_words,)
    const int32_t *noise_alias          # (n_words,)
    const int64_t *path_offsets         # (n_words + 1,)
    const int32_t *path_nodes           # (path_offsets[n_words],)
    const float *path_labels            # (path_offsets[n_words],)
    int64_t max_path_length
    int top_nodes
    float *centre                       # (n_words, row_size); NULL: float16
    float *outside                      # (n_outside, row_size); likewise
    bint half_rows                      # the matrices are float16:
    uint16_t *half_centre               # (n_words, row_size)
    uint16_t *half_outside              # (n_outside, row_size)
    const float *centre_scale           # (n_words,): factors on steps; NULL: 1
    const float *outside_scale          # (n_outside,): likewise
    int64_t n_words
    int64_t n_outside                   # n_words; twice as many with both losses
    Py_ssize_t row_size                 # floats in a row of the matrices, padded
    Py_ssize_t vector_size              # floats of a row before the padding
    Py_ssize_t used_size                # vector_size, rounded up to STEP_WIDTH
    uint64_t seed
    int cbow
    int window
    int shrink_windows
    int weighted_windows
    int pair_unit                       # pairs are counted in parts of 1 / pair_unit
    int negative
    int batch_size
    int shared_negatives
    bint thin_gradients
    bint rounds_products                # products of shared rows are in bfloat16
    bint amx                            # this CPU multiplies them in tiles
    int cbow_mean
    int cbow_exact
    int64_t block_size
    int64_t first_epoch
    int64_t epochs
    double alpha
    double min_alpha
    int64_t alpha_interval
    int streams
    bint merges                         # some rows' gradients are merged: _streams.pxd


cdef inline Py_ssize_t padded_size(Py_ssize_t n) noexcept nogil:
    """Round n up to a multiple of PANEL_WIDTH."""
    return (n + PANEL_WIDTH - 1) // PANEL_WIDTH * PANEL_WIDTH
