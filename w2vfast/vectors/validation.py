"""Check keys, vectors and counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.runtime.row_blocks import row_blocks
from w2vfast.wording import counted, quoted

Float32Array = npt.NDArray[np.float32]
VectorArray = npt.NDArray[np.float32 | np.float16]


def check_keys(keys: Sequence[str]) -> list[str]:
    """
    Return `keys` as a list of plain `str`.

    Raises
    ------
    TypeError
        If `keys` is a string or an item is not a string.
    ValueError
        If there is no key.

    Examples
    --------
    >>> check_keys(np.array(["to", "be"]))
    ['to', 'be']
    """
    if isinstance(keys, str):
        raise TypeError(f"keys={quoted(keys)}: expected a list of words, not a string")
    keys = list(keys)
    if set(map(type, keys)) - {str}:
        for i, key in enumerate(keys):
            if not isinstance(key, str):
                raise TypeError(
                    f"keys[{i}] is {quoted(key)}: expected a string, not "
                    f"{type(key).__name__}"
                )
        keys = list(map(str, keys))  # convert subclasses such as numpy.str_
    if not keys:
        raise ValueError("no words: expected at least one key")
    return keys


def index_keys(keys: list[str]) -> dict[str, int]:
    """
    Return the position of each key.

    Raises
    ------
    ValueError
        If a key occurs more than once.

    Examples
    --------
    >>> index_keys(["to", "be"])
    {'to': 0, 'be': 1}
    """
    index = dict(zip(keys, range(len(keys)), strict=True))
    if len(index) < len(keys):
        # `index` holds the last position of each key.
        first, key = next((i, k) for i, k in enumerate(keys) if index[k] != i)
        raise ValueError(
            f"duplicate key {key!r} at positions {first} and {index[key]}; expected "
            "distinct keys"
        )
    return index


def first_non_finite(array: npt.NDArray[Any]) -> int | None:
    """
    Return the first row that holds NaN or infinity, or None.

    Examples
    --------
    >>> first_non_finite(np.array([[1, 2], [3, np.nan]]))
    1
    """
    rows = np.atleast_1d(array)
    for block in row_blocks(rows):
        finite = np.isfinite(rows[block])
        if not finite.all():
            row = finite.reshape(len(finite), -1).all(axis=1).argmin()
            return int(block.start + row)
    return None


def check_finite(vectors: VectorArray, keys: list[str]) -> None:
    """Raise ValueError with the key of the first vector that is not finite, if any."""
    if (row := first_non_finite(vectors)) is not None:
        raise ValueError(
            f"the vector of {keys[row]!r} (row {row}) is not finite; expected no NaN "
            "or infinity"
        )


def check_shape(vectors: npt.NDArray[Any], keys: list[str]) -> None:
    """Raise ValueError unless there is one row for each key, and a column."""
    if vectors.ndim != 2 or len(vectors) != len(keys) or not vectors.shape[1]:
        raise ValueError(
            f"vectors: expected a row for each key ({counted(len(keys), 'key')}) and "
            f"at least one column, found shape {vectors.shape}"
        )


def check_vectors(vectors: npt.NDArray[Any], keys: list[str]) -> VectorArray:
    """
    Return `vectors` as float32 or float16, C-contiguous and read-only.

    Parameters
    ----------
    vectors : float array, shape (V, d)
        Copied only if it is neither float32 nor float16, or not C-contiguous. Other
        types become float32. The array itself stays writable; the result is a view.
    keys : list of str, length V

    Raises
    ------
    TypeError
        If `vectors` is not an array of floats.
    ValueError
        If there is not one row for each key, d is 0, or a value is not finite in
        the type of the result.
    """
    given: object = vectors  # callers may pass anything
    if not isinstance(given, np.ndarray) or vectors.dtype.kind != "f":
        found = getattr(vectors, "dtype", type(vectors).__name__)
        raise TypeError(f"vectors: expected an array of float32, found {found}")
    check_shape(vectors, keys)
    floats: VectorArray
    with np.errstate(over="ignore"):
        if vectors.dtype == np.float16:
            floats = np.ascontiguousarray(vectors, np.float16).view()
        else:
            floats = np.ascontiguousarray(vectors, np.float32).view()
    check_finite(floats, keys)
    floats.flags.writeable = False
    return floats


def check_counts(counts: npt.NDArray[Any], n_words: int) -> npt.NDArray[np.int64]:
    """
    Return a copy of `counts` as int64.

    Raises
    ------
    TypeError
        If the counts are not integers.
    ValueError
        If the shape is not ``(n_words,)`` or a count is negative.
    """
    counts = np.asarray(counts)
    if counts.dtype.kind not in "iu":
        raise TypeError(f"counts: expected whole numbers, found {counts.dtype}")
    has_negative = (counts < 0).any()
    if counts.shape != (n_words,) or has_negative:
        raise ValueError(
            f"counts: expected {counted(n_words, 'number')} of at least 0, found shape "
            f"{counts.shape}" + (" with negative numbers" if has_negative else "")
        )
    return counts.astype(np.int64)
