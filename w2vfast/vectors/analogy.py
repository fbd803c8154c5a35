"""
Rank rows by products of cosines: 3CosMul.

Levy and Goldberg, "Linguistic Regularities in Sparse and Explicit Word
Representations" (CoNLL 2014), equation 4, extended to weights. With s(x, y) =
(1 + cos(x, y)) / 2, the score of row x is

    prod_p s(x, p) ** w_p  /  (prod_n s(x, n) ** w_n  +  EPSILON)

over the items p with weight w_p > 0 and the items n with weight -w_n < 0.

A float32 matrix product gives bounds of each score and thereby the candidates. Sums in
float64 then give the exact order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from w2vfast.vectors.nearest import (
    MIN_PRECISE_NORM,
    CosineIndex,
    Float64Array,
)
from w2vfast.vectors.ranking import RowsWithCosines, best_pairs, check_topn
from w2vfast.vectors.top_k import RowIndices, rounding_error

EPSILON = 1e-3  # the value of the paper; it avoids a division by zero
BLOCK_ROWS = 4096  # rows whose bounds are computed in the CPU cache
PRODUCT_ERROR = 1e-12  # relative rounding error of a score in float64, generously


@dataclass(frozen=True, eq=False)
class WeightedUnits:
    """
    The items of one query.

    Attributes
    ----------
    units : float64 array, shape (m, d)
        Vectors of length 1, or zeros.
    weights : float64 array, shape (m,)
        Finite; negative for items that are subtracted.
    """

    units: Float64Array
    weights: Float64Array


def nearest_by_product(
    index: CosineIndex,
    queries: Sequence[WeightedUnits],
    excluded: Sequence[Collection[int]],
    topn: int,
    epsilon: float = EPSILON,
) -> list[RowsWithCosines]:
    """
    Return the `topn` rows with the largest products for each query.

    Parameters
    ----------
    index : CosineIndex
    queries : sequence of n WeightedUnits
    excluded : sequence of n collections of int
        Rows to leave out of the result of each query.
    topn : int
        Number of rows to return; fewer if not enough rows are left.
    epsilon : float, default 0.001
        Added to the denominator; above 0.

    Returns
    -------
    list of n lists of (int, float)
        Rows and scores, largest score first, ties in order of the rows.

    Raises
    ------
    TypeError, ValueError
        If `topn` is not a whole number of at least 1.
    """
    topn = check_topn(topn)
    results = []
    for query, left_out in zip(queries, excluded, strict=True):
        count = topn + len(left_out)
        candidates = _candidates(index, query, count, epsilon)
        cosines = np.stack([index.cosines(unit, candidates) for unit in query.units])
        scores = _scores(cosines, query.weights, epsilon)
        ranked = best_pairs(candidates, scores, count)
        kept = [(row, score) for row, score in ranked if row not in left_out]
        results.append(kept[:topn])
    return results


def _candidates(
    index: CosineIndex, query: WeightedUnits, k: int, epsilon: float
) -> RowIndices:
    """
    Return the rows that may have the k best scores, ascending.

    A score rises with the cosines of positive items and falls with the others. So the
    bounds of the cosines give a lower and an upper bound of the score. A row is a
    candidate if its upper bound reaches the k-th largest lower bound.
    """
    if k >= len(index.vectors):
        return np.arange(len(index.vectors))
    cosines = index.approximate_cosines(query.units)
    error = np.full(len(index.vectors), rounding_error(query.units.shape[1]))
    error[index.norms < MIN_PRECISE_NORM] = 2
    signs = np.sign(query.weights)[:, None]
    lower, upper = np.empty(len(error)), np.empty(len(error))
    for start in range(0, len(error), BLOCK_ROWS):
        block = slice(start, start + BLOCK_ROWS)
        some, shift = cosines[:, block].astype(np.float64), signs * error[block]
        lower[block] = _scores(some - shift, query.weights, epsilon)
        upper[block] = _scores(some + shift, query.weights, epsilon)
    lower *= 1 - PRODUCT_ERROR
    upper *= 1 + PRODUCT_ERROR
    threshold = np.partition(lower, -k)[-k]
    return np.flatnonzero(upper >= threshold)


def _scores(
    cosines: npt.NDArray[np.float64],
    weights: Float64Array,
    epsilon: float,
) -> Float64Array:
    """
    Return the scores of rows from their cosines, shape (n,).

    Parameters
    ----------
    cosines : float64 array, shape (m, n)
        Of m items with n rows.
    weights : float64 array, shape (m,)
    epsilon : float
    """
    shares = 1 + cosines
    shares /= 2
    np.minimum(shares, 1, out=shares)
    np.maximum(shares, 0, out=shares)
    numerator = np.ones(cosines.shape[1])
    denominator = np.ones(cosines.shape[1])
    for share, weight in zip(shares, weights, strict=True):
        product = numerator if weight > 0 else denominator
        product *= share if abs(weight) == 1 else share ** abs(weight)
    if (weights >= 0).all():
        return numerator
    return numerator / (denominator + epsilon)
