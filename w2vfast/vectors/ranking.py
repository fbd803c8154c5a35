"""Rank rows by their scores."""

from __future__ import annotations

import numbers
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from w2vfast.vectors.top_k import RowIndices

RowsWithCosines = list[tuple[int, float]]

MAX_SORTED_PAIRS = 100  # Python sorts so few pairs faster than NumPy


def best_pairs(
    rows: RowIndices, scores: npt.NDArray[np.float64], count: int
) -> RowsWithCosines:
    """
    Return the `count` rows with the largest scores, ties in order of the rows.

    Parameters
    ----------
    rows : intp array, shape (n,)
        Ascending.
    scores : float64 array, shape (n,)
    """
    if len(rows) > MAX_SORTED_PAIRS:
        best = (-scores).argsort(kind="stable")[:count]
        rows, scores = rows[best], scores[best]
        return list(zip(rows.tolist(), scores.tolist(), strict=True))
    pairs = zip(rows.tolist(), scores.tolist(), strict=True)
    return sorted(pairs, key=itemgetter(1), reverse=True)[:count]


def check_topn(topn: int) -> int:
    """Return `topn` as an int; raise an error if it is not a whole number above 0."""
    if type(topn) is int and topn > 0:  # isinstance takes longer
        return topn
    if isinstance(topn, bool) or not isinstance(topn, numbers.Integral):
        raise TypeError(f"topn={topn!r}: expected a whole number")
    if topn < 1:
        raise ValueError(f"topn={topn}: expected 1 or more")
    return int(topn)
