"""Embedding matrices: before training, and from a file."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.arguments import Embeddings, zero_embeddings

_ROWS = 4096  # rows drawn at a time


def initial_embeddings(
    words: int, vector_size: int, seed: int, dtype: Any = np.float32
) -> Embeddings:
    """
    Return the centre vectors of an untrained model, rows padded.

    They are uniform in ±1 / (2 vector_size), and rounded to `dtype`. (Outside vectors
    begin at 0.)
    """
    centre: Embeddings = zero_embeddings(words, vector_size, dtype)
    random = np.random.Generator(np.random.PCG64(seed))
    for first in range(0, words, _ROWS):
        rows = centre[first : first + _ROWS, :vector_size]
        rows[:] = (random.random(rows.shape, np.float32) - 0.5) / vector_size
    return centre


def as_float32(matrix: Embeddings) -> NDArray[np.float32]:
    """Return a padded float32 matrix: a copy if it has another type."""
    if matrix.dtype == np.float32:
        return matrix.view(np.float32)
    wide: NDArray[np.float32] = zero_embeddings(*matrix.shape)
    wide[:] = matrix
    return wide


def padded_embeddings(
    matrix: NDArray[np.generic], words: int, vector_size: int, dtype: Any = np.float32
) -> Embeddings:
    """
    Return a copy of a matrix with padded rows.

    Raises
    ------
    ValueError
        If the matrix is not `dtype` of shape (words, vector_size).
    """
    if matrix.shape != (words, vector_size) or matrix.dtype != dtype:
        raise ValueError(
            f"a matrix of {matrix.dtype} and shape {matrix.shape}: expected "
            f"{np.dtype(dtype)} of shape ({words}, {vector_size})"
        )
    embeddings: Embeddings = zero_embeddings(words, vector_size, dtype)
    embeddings[:, :vector_size] = matrix
    return embeddings
