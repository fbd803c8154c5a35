"""Checks of keys, vectors and counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.runtime.row_blocks import row_blocks

Floats = npt.NDArray[np.float32]


def check_keys(keys: Sequence[str]) -> list[str]:
    """Return a list of plain strings, at least one."""
    if isinstance(keys, str):
        raise TypeError(f"keys={keys!r:.60}: expected a list of words, not a string")
    keys = list(keys)
    if set(map(type, keys)) - {str}:
        for place, key in enumerate(keys):
            if not isinstance(key, str):
                raise TypeError(f"keys[{place}] is {key!r:.60}: expected str")
        keys = list(map(str, keys))  # of subclasses, such as numpy.str_
    if not keys:
        raise ValueError("no words: expected at least one key")
    return keys


def index_keys(keys: list[str]) -> dict[str, int]:
    """Return the place of each key; none may come twice."""
    index = dict(zip(keys, range(len(keys)), strict=True))
    if len(index) < len(keys):
        # The index holds the last place of a key.
        first, key = next((i, k) for i, k in enumerate(keys) if index[k] != i)
        raise ValueError(f"the key {key!r} comes twice, at {first} and {index[key]}")
    return index


def first_non_finite(array: npt.NDArray[Any]) -> int | None:
    """Return the first row with NaN or an infinity, None if there is none."""
    rows = np.atleast_1d(array)
    for block in row_blocks(rows):
        finite = np.isfinite(rows[block])
        if not finite.all():
            row = finite.reshape(len(finite), -1).all(axis=1).argmin()
            return int(block.start + row)
    return None


def check_finite(vectors: Floats, keys: list[str]) -> None:
    """Raise a ValueError that names the key of a vector with NaN or an infinity."""
    if (row := first_non_finite(vectors)) is not None:
        raise ValueError(f"the vector of {keys[row]!r} (row {row}) is not finite")


def check_vectors(vectors: npt.NDArray[Any], keys: list[str]) -> Floats:
    """
    Return `vectors` as float32, C-contiguous, read-only; without a copy if they are.

    Raises
    ------
    TypeError, ValueError
        If they are no floats, not one row for each key, or not finite.
    """
    if not isinstance(vectors, np.ndarray) or vectors.dtype.kind != "f":
        found = getattr(vectors, "dtype", type(vectors).__name__)
        raise TypeError(f"vectors: expected an array of float32, found {found}")
    if vectors.ndim != 2 or len(vectors) != len(keys) or not vectors.shape[1]:
        raise ValueError(
            f"vectors: expected one row for each of {len(keys)} keys and at least one "
            f"column, found shape {vectors.shape}"
        )
    with np.errstate(over="ignore"):
        floats = np.ascontiguousarray(vectors, np.float32).view()
    check_finite(floats, keys)
    floats.flags.writeable = False
    return floats


def check_counts(counts: npt.NDArray[Any], words: int) -> npt.NDArray[np.int64]:
    """Return a copy of `counts` as int64, shape (words,), none negative."""
    counts = np.asarray(counts)
    if counts.dtype.kind not in "iu":
        raise TypeError(f"counts: expected whole numbers, found {counts.dtype}")
    if counts.shape != (words,) or (counts < 0).any():
        raise ValueError(
            f"counts: expected {words} numbers from 0, found shape {counts.shape}"
            + (", negative ones among them" if (counts < 0).any() else "")
        )
    return counts.astype(np.int64)
