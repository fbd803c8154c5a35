"""Go through large data in pieces that fit the cache."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy.typing as npt

SIZE = 1 << 20  # bytes


def row_blocks(array: npt.NDArray[Any]) -> Iterator[slice]:
    """
    Give slices that cover the rows of `array`, each of about `SIZE` bytes.

    Parameters
    ----------
    array : array, shape (n, ...)
        One dimension at least.

    Yields
    ------
    slice
        Of one row at least; none if there are no rows.
    """
    step = max(1, SIZE * len(array) // max(1, array.nbytes))
    for start in range(0, len(array), step):
        yield slice(start, start + step)
