"""What a query may be: words and vectors, each with a weight."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Sequence
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[Any]
Item = str | Vector | tuple[str | Vector, float]
Query = Item | Sequence[Item]


def weighted_items(
    positive: Query | None, negative: Query | None
) -> list[tuple[str | Vector, float]]:
    """
    Return what a query names, each with its weight.

    Raises
    ------
    TypeError
        If this is no word, vector, (either, weight), or list of these.
    ValueError
        If nothing is named.
    """
    items = _items(positive) + [(item, -weight) for item, weight in _items(negative)]
    if not items:
        raise ValueError("an empty query: give at least one word or vector")
    return items


def _items(query: Query | None) -> list[tuple[str | Vector, float]]:
    """Return one argument's items and weights."""
    if query is None:
        return []
    items: Any = query
    if isinstance(query, str | np.ndarray) or _is_pair(query):
        items = [query]
    if not isinstance(items, Iterable):
        raise TypeError(
            f"{query!r}: expected a word, a vector, (either, weight), or a list of them"
        )
    return [item if _is_pair(item) else (item, 1.0) for item in items]


def _is_pair(item: object) -> TypeGuard[tuple[str | Vector, float]]:
    """Tell whether this is (word or vector, weight)."""
    return (
        isinstance(item, tuple)
        and len(item) == 2
        and isinstance(item[0], str | np.ndarray)
        and isinstance(item[1], numbers.Real)
    )


def weighted_sum(
    vectors: Sequence[npt.NDArray[np.float64]], weights: Sequence[float]
) -> npt.NDArray[np.float64]:
    """Return the sum of `vectors`, shape (d,), each times its weight."""
    total = np.zeros_like(vectors[0])
    with np.errstate(over="ignore", invalid="ignore"):
        for vector, weight in zip(vectors, weights, strict=True):
            total += float(weight) * vector
    if not np.isfinite(total).all():
        raise ValueError("a weight of the query is infinite, NaN or too large")
    return total


def check_vector(vector: object, dimensions: int) -> Vector:
    """Return `vector` as an array of so many finite numbers."""
    array = np.asarray(vector)
    if array.shape != (dimensions,) or array.dtype.kind not in "fiu":
        raise ValueError(
            f"expected a word or {dimensions} numbers, found {vector!r:.60} "
            f"({array.dtype}, shape {array.shape})"
        )
    if not np.isfinite(array).all():
        raise ValueError("a query vector holds NaN or infinity")
    return array
