"""Embedding matrices: before training, and from a file."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.arguments import zero_embeddings

Embeddings = NDArray[np.float32]
_ROWS = 4096  # rows drawn at a time


def initial_embeddings(words: int, vector_size: int, seed: int) -> Embeddings:
    """
    Return the centre vectors of an untrained model, rows padded.

    They are uniform in ±1 / (2 vector_size). (Outside vectors begin at 0.)
    """
    centre = zero_embeddings(words, vector_size)
    random = np.random.Generator(np.random.PCG64(seed))
    for first in range(0, words, _ROWS):
        rows = centre[first : first + _ROWS, :vector_size]
        rows[:] = (random.random(rows.shape, np.float32) - 0.5) / vector_size
    return centre


def padded_embeddings(
    matrix: NDArray[np.generic], words: int, vector_size: int
) -> Embeddings:
    """
    Return a copy of a matrix with padded rows.

    Raises
    ------
    ValueError
        If the matrix is not float32 of shape (words, vector_size).
    """
    if matrix.shape != (words, vector_size) or matrix.dtype != np.float32:
        raise ValueError(
            f"a matrix of {matrix.dtype} and shape {matrix.shape}: expected float32 of "
            f"shape ({words}, {vector_size})"
        )
    embeddings = zero_embeddings(words, vector_size)
    embeddings[:, :vector_size] = matrix
    return embeddings
