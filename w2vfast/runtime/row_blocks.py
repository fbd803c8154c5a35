"""Slices of large arrays that fit the cache."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy.typing as npt

SIZE = 1 << 20  # bytes


def row_blocks(array: npt.NDArray[Any], size: int | None = None) -> Iterator[slice]:
    """
    Yield slices that cover the rows of `array`, each of about `size` bytes.

    Parameters
    ----------
    array : array, shape (n, ...)
        At least one dimension.
    size : int, optional
        Bytes of a slice; None means `SIZE`.

    Yields
    ------
    slice
        At least one row; no slices if there are no rows.
    """
    step = max(1, (size or SIZE) * len(array) // max(1, array.nbytes))
    for start in range(0, len(array), step):
        yield slice(start, start + step)
