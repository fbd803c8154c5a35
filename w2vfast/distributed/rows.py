"""Changed rows of the embedding matrices: what travels between machines."""

from __future__ import annotations

import zlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.arguments import Embeddings

_BLOCK_FLOATS = 1 << 16  # compared at a time; they fit the cache


class Rows(NamedTuple):
    """
    Some rows of one embedding matrix.

    Attributes
    ----------
    numbers : int32, (rows,)
        Ascending.
    values : float32, (rows, vector_size)
        Without padding.
    visits : int64, (rows,) or None
        How often each word occurred in the round; only for the rule "weighted".
    """

    numbers: NDArray[np.int32]
    values: NDArray[np.float32]
    visits: NDArray[np.int64] | None = None

    @property
    def n_bytes(self) -> int:
        """Bytes of numbers and values."""
        return self.numbers.nbytes + self.values.nbytes

    def write_to(self, matrix: Embeddings) -> None:
        """Set these rows of a matrix."""
        matrix[self.numbers, : self.values.shape[1]] = self.values

    def checksum(self) -> int:
        """Return the CRC-32 of numbers and values."""
        values = np.ascontiguousarray(self.values).view(np.uint8)
        return zlib.crc32(values.data, zlib.crc32(self.numbers.view(np.uint8).data))


def rows_of(matrix: Embeddings, numbers: NDArray[np.int32], vector_size: int) -> Rows:
    """Return a copy of some rows of a matrix."""
    values = matrix[numbers, :vector_size]
    return Rows(numbers, values.astype(np.float32, copy=False))


def changed_rows(old: Embeddings, new: Embeddings) -> NDArray[np.int32]:
    """
    Return the numbers of the rows that differ in any bit.

    Parameters
    ----------
    old, new : float32, (rows, padded vector_size)
        A row has a multiple of 16 floats, so it is compared as 64-bit integers.
    """
    step = max(1, _BLOCK_FLOATS // new.shape[1])
    found = []
    for start in range(0, len(new), step):
        differs = _bits(old, start, step) != _bits(new, start, step)
        # Eight bools at a time: a row has a multiple of 8 integers.
        found.append(start + np.flatnonzero(differs.view(np.int64).any(1)))
    return np.concatenate(found).astype(np.int32)


def _bits(matrix: Embeddings, start: int, step: int) -> NDArray[np.int64]:
    return matrix[start : start + step].view(np.int64)


def check_rows(rows: Rows, n_rows: int, vector_size: int, name: str) -> None:
    """
    Check rows that another machine sent.

    Raises
    ------
    ValueError
        If a number is out of range or twice, or the arrays do not fit each other.
    """
    numbers, values = rows.numbers, rows.values
    if numbers.dtype != np.int32 or numbers.ndim != 1:
        raise ValueError(f"{name}: row numbers of {numbers.dtype}: expected int32")
    if values.dtype != np.float32 or values.shape != (len(numbers), vector_size):
        raise ValueError(
            f"{name}: values of {values.dtype} and shape {values.shape}: expected "
            f"float32 of shape {(len(numbers), vector_size)}"
        )
    if len(numbers) and (
        numbers[0] < 0 or numbers[-1] >= n_rows or (np.diff(numbers) <= 0).any()
    ):
        raise ValueError(f"{name}: row numbers must ascend from 0 to {n_rows - 1}")
