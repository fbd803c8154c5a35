"""Parse queries: words and vectors, each with a weight."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Sequence
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt

from w2vfast.wording import counted, quoted

Vector = npt.NDArray[Any]
QueryItem = str | Vector | tuple[str | Vector, float]
Query = QueryItem | Sequence[QueryItem]

MAX_SAFE_WEIGHT = 1e300  # smaller weights cannot overflow


def weighted_items(
    positive: Query | None, negative: Query | None
) -> list[tuple[str | Vector, float]]:
    """
    Return the words and vectors of a query with their weights.

    Parameters
    ----------
    positive, negative : str, vector, (str or vector, weight), list of these, or None
        The default weight is 1. Weights of `negative` change their sign.

    Raises
    ------
    TypeError
        If an argument has another type.
    ValueError
        If both arguments are empty.

    Examples
    --------
    >>> weighted_items(["king", ("woman", 2.0)], "man")
    [('king', 1.0), ('woman', 2.0), ('man', -1.0)]
    """
    if isinstance(positive, str) and negative is None:
        return [(positive, 1.0)]
    items = _with_weights(positive)
    items += [(item, -weight) for item, weight in _with_weights(negative)]
    if not items:
        raise ValueError("empty query: expected at least one word or vector")
    return items


def _with_weights(query: Query | None) -> list[tuple[str | Vector, float]]:
    if query is None:
        return []
    items: Any = query
    if _is_sequence_of_numbers(query):
        items = [np.asarray(query)]
    elif isinstance(query, str | np.ndarray) or _has_weight(query):
        items = [query]
    if not isinstance(items, Iterable) or isinstance(items, bytes | bytearray):
        raise TypeError(
            f"{query!r}: expected a word, a vector, a pair (word or vector, weight), "
            "or a list of these"
        )
    return [item if _has_weight(item) else (item, 1.0) for item in items]


def _is_sequence_of_numbers(query: object) -> bool:
    """Return whether `query` is a vector, given as a list or tuple."""
    return (
        isinstance(query, list | tuple)
        and len(query) > 0
        and all(isinstance(number, numbers.Real) for number in query)
    )


def _has_weight(item: object) -> TypeGuard[tuple[str | Vector, float]]:
    """Return whether `item` is a pair (word or vector, weight)."""
    return (
        isinstance(item, tuple)
        and len(item) == 2
        and isinstance(item[0], str | np.ndarray)
        and isinstance(item[1], numbers.Real)
    )


def weighted_sum(
    vectors: npt.NDArray[np.float64], weights: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """
    Return the sum of ``weights[i] * vectors[i]``, shape (d,).

    Parameters
    ----------
    vectors : float64 array, shape (n, d)
        Of length 1, or zeros.
    weights : float64 array, shape (n,)

    Raises
    ------
    ValueError
        If the sum is not finite.
    """
    if np.abs(weights).sum() < MAX_SAFE_WEIGHT:  # the usual case
        finite: npt.NDArray[np.float64] = (weights[:, None] * vectors).sum(axis=0)
        return finite
    with np.errstate(over="ignore", invalid="ignore"):
        total: npt.NDArray[np.float64] = (weights[:, None] * vectors).sum(axis=0)
    if not np.isfinite(total).all():
        raise ValueError(
            "a weight of the query is infinite, NaN or too large; expected finite "
            "weights"
        )
    return total


def check_words_or_rows(queries: npt.NDArray[Any], dimensions: int) -> None:
    """Raise ValueError if an array holds neither words nor vectors in its rows."""
    if queries.dtype.kind not in "UO" or queries.ndim != 1:
        raise ValueError(
            f"queries: expected a list of words, or {counted(dimensions, 'number')} "
            f"for each query (shape (n, {dimensions})), found shape {queries.shape}"
        )


def check_query_vector(vector: object, dimensions: int) -> Vector:
    """
    Return `vector` as an array of shape ``(dimensions,)``.

    Raises
    ------
    ValueError
        If the shape is another one, or the values are not finite numbers.
    """
    array = np.asarray(vector)
    if array.shape != (dimensions,) or array.dtype.kind not in "fiu":
        raise ValueError(
            f"expected a word or {counted(dimensions, 'number')}, found "
            f"{quoted(vector)} "
            f"({array.dtype}, shape {array.shape})"
        )
    if not np.isfinite(array).all():
        raise ValueError(
            "a query vector holds NaN or infinity; expected finite numbers"
        )
    return array
