# cython: language_level=3
"""What a kernel call reads: the C side of job.Job, which explains each field."""
from libc.stdint cimport int32_t, int64_t, uint32_t, uint64_t


cdef enum:
    PANEL_WIDTH = 16      # rows are padded to a multiple of it


cdef enum:          # as in job.LOSSES
    NEGATIVE_SAMPLING
    SOFTMAX
    HIERARCHICAL_SOFTMAX
    NEGATIVE_SAMPLING_AND_HIERARCHICAL_SOFTMAX


cdef struct KernelArguments:
    bint training       # else losses are only looked at
    int loss
    bint uses_negatives     # a batch's shared rows are its negatives
    bint uses_paths         # a target word stands for the rows of its path
    const int32_t *ids
    const int64_t *offsets
    int64_t n_tokens
    int64_t n_sentences
    const uint32_t *keep_thresholds
    const uint32_t *noise_accept
    const int32_t *noise_alias
    const int64_t *path_offsets
    const int32_t *path_nodes
    const float *path_labels
    int64_t max_path_length
    int top_nodes
    float *centre
    float *outside
    int64_t n_words
    int64_t n_outside       # rows of outside: n_words, twice as many with both losses
    const float *centre_scale   # factor on each row's step, or NULL
    const float *outside_scale
    Py_ssize_t row_size
    uint64_t seed
    int cbow
    int window
    int shrink_windows
    int negative
    int batch_size
    int shared_negatives
    int cbow_mean
    int cbow_exact
    int64_t block_size
    int64_t first_epoch
    int64_t epochs
    double alpha
    double min_alpha
    int64_t alpha_interval  # tokens between changes of the learning rate; 0: a batch


cdef inline Py_ssize_t padded_size(Py_ssize_t n) noexcept nogil:
    """Round up to a multiple of LANES."""
    return (n + PANEL_WIDTH - 1) // PANEL_WIDTH * PANEL_WIDTH
