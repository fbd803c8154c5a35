"""The two tables of a model: at the beginning, and out of a file."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.arguments import zero_embeddings

Table = NDArray[np.float32]
_ROWS = 4096  # drawn at a time


def first_tables(words: int, vector_size: int, seed: int) -> tuple[Table, Table]:
    """
    Return centre and outside table before training, rows padded.

    Centre vectors are drawn, uniform in ±1 / (2 vector_size); outside ones are 0.
    """
    centre = zero_embeddings(words, vector_size)
    random = np.random.Generator(np.random.PCG64(seed))
    for first in range(0, words, _ROWS):
        rows = centre[first : first + _ROWS, :vector_size]
        rows[:] = (random.random(rows.shape, np.float32) - 0.5) / vector_size
    return centre, zero_embeddings(words, vector_size)


def padded_table(matrix: NDArray[np.generic], words: int, vector_size: int) -> Table:
    """Return a table with the values of a matrix; ValueError if it has another form."""
    if matrix.shape != (words, vector_size) or matrix.dtype != np.float32:
        raise ValueError(
            f"a matrix of {matrix.dtype} and shape {matrix.shape}, where {words} words "
            f"of {vector_size} float32 were expected"
        )
    table = zero_embeddings(words, vector_size)
    table[:, :vector_size] = matrix
    return table
