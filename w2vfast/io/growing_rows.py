"""A float32 matrix that grows while a file of unknown length is read."""

from __future__ import annotations

import numpy as np

from w2vfast.vectors.validation import Float32Array

FIRST_BYTES = 1 << 20


class GrowingRows:
    """
    Rows that are filled from the first on.

    Parameters
    ----------
    dimensions : int
        Numbers of a row, d.
    expected : int, optional
        Number of rows that the file can hold at most, if known. Memory for the rows
        is reserved then; the system provides it only when rows are written.
    """

    def __init__(self, dimensions: int, expected: int | None = None) -> None:
        if expected is None:
            expected = FIRST_BYTES // (4 * dimensions)
        self.array: Float32Array = np.empty((max(1, expected), dimensions), np.float32)

    def reserve(self, n_rows: int) -> Float32Array:
        """Return the array, with at least `n_rows` rows. Old views become invalid."""
        if n_rows > len(self.array):
            n_rows = max(n_rows, len(self.array) * 3 // 2)
            # refcheck=False: the views of an earlier block are not used any more.
            self.array.resize((n_rows, self.array.shape[1]), refcheck=False)
        return self.array

    def take(self, n_rows: int) -> Float32Array:
        """Return the first `n_rows` rows as an array that owns its memory."""
        if n_rows < len(self.array):
            self.array.resize((n_rows, self.array.shape[1]), refcheck=False)
        return self.array
