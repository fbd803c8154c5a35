"""
Find the rows with the largest cosines.

A float32 matrix product selects candidates. Sums in float64 then give the exact order.
"""

from __future__ import annotations

import numbers
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.runtime import row_blocks
from w2vfast.vectors.top_k import RowIndices, top_k_candidates
from w2vfast.vectors.validation import Float32Array

Float64Array = npt.NDArray[np.float64]
RowsWithCosines = list[tuple[int, float]]

#: Length of queries in float32. It is small, so that the product of a query with any
#: finite float32 vector is finite.
QUERY_LENGTH = 2.0**-10


class CosineIndex:
    """
    Rows that can be searched by cosine.

    Parameters
    ----------
    vectors : float32 array, shape (V, d)
        Not copied. It must not change, because the lengths of rows are cached.

    Examples
    --------
    >>> index = CosineIndex(np.array([[1, 0], [3, 4], [0, 2]], np.float32))
    >>> index.nearest(np.array([[0.0, 1.0]]), excluded=[[]], topn=2)
    [[(2, 1.0), (1, 0.8)]]
    """

    def __init__(self, vectors: Float32Array) -> None:
        self.vectors = vectors

    @cached_property
    def norms(self) -> Float64Array:
        """Euclidean lengths of the rows, float64, shape (V,)."""
        norms = np.empty(len(self.vectors))
        for block in row_blocks.row_blocks(self.vectors):
            norms[block] = np.square(self.vectors[block], dtype=float).sum(axis=1)
        return np.sqrt(norms)

    @cached_property
    def _score_scale(self) -> Float32Array:
        """Factors, shape (V,), that turn products with queries into cosines."""
        with np.errstate(divide="ignore", over="ignore"):
            scale = np.where(self.norms > 0, 1 / (QUERY_LENGTH * self.norms), 0)
        return scale.clip(max=np.finfo(np.float32).max).astype(np.float32)

    def nearest(
        self, queries: Float64Array, excluded: list[list[int]], topn: int
    ) -> list[RowsWithCosines]:
        """
        Return the `topn` rows with the largest cosines for each query.

        Parameters
        ----------
        queries : float64 array, shape (n, d)
            Finite.
        excluded : list of n lists of int
            Rows to leave out of the result of each query.
        topn : int
            Number of rows to return; fewer if not enough rows are left.

        Returns
        -------
        list of n lists of (int, float)
            Rows and cosines, largest cosine first, ties in order of the rows. The
            cosine with a vector of zeros is 0.

        Raises
        ------
        TypeError
            If `topn` is not a whole number.
        ValueError
            If `topn` is below 1.
        """
        topn = _check_topn(topn)
        units = normalise(queries)
        n_ranked = min(len(self.vectors), topn + max(map(len, excluded), default=0))
        scaled_queries = (QUERY_LENGTH * units).astype(np.float32)
        found = top_k_candidates(
            scaled_queries, self.vectors, self._score_scale, n_ranked
        )
        results = []
        for unit, candidates, left_out in zip(units, found, excluded, strict=True):
            ranked = self._rank(unit, candidates, n_ranked)
            kept = [(row, cosine) for row, cosine in ranked if row not in left_out]
            results.append(kept[:topn])
        return results

    def _rank(
        self, unit: Float64Array, candidates: RowIndices, count: int
    ) -> RowsWithCosines:
        """
        Return the `count` best candidates by their float64 cosines, then by row.

        Equal rows get equal cosines here. The float32 product rounds equal rows
        differently, depending on their position and the number of rows.
        """
        cosines = np.empty(len(candidates))
        step = 1 + row_blocks.SIZE // unit.nbytes
        for start in range(0, len(candidates), step):
            rows = candidates[start : start + step]
            products = (self.vectors[rows] * unit).sum(axis=1)
            norms = self.norms[rows]
            cosines[start : start + step] = products / np.where(norms > 0, norms, 1)
        best = np.argsort(-cosines, kind="stable")[:count]
        values = cosines[best].clip(-1, 1).tolist()
        return list(zip(candidates[best].tolist(), values, strict=True))


def _check_topn(topn: int) -> int:
    if isinstance(topn, bool) or not isinstance(topn, numbers.Integral):
        raise TypeError(f"topn={topn!r}: expected a whole number")
    if topn < 1:
        raise ValueError(f"topn={topn}: expected 1 or more")
    return int(topn)


def normalise(vectors: npt.NDArray[Any]) -> Float64Array:
    """
    Scale vectors to length 1; vectors of zeros stay zeros.

    Parameters
    ----------
    vectors : array, shape (..., d)
        Finite numbers of any size.

    Returns
    -------
    float64 array, shape (..., d)

    Examples
    --------
    >>> normalise(np.array([[3, 4], [0, 0]]))
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    vectors = vectors.astype(np.float64)
    largest = np.abs(vectors).max(axis=-1, keepdims=True)
    # Divide by the largest value first, so that no square overflows or underflows.
    vectors /= np.where(largest > 0, largest, 1)
    norms = np.sqrt(np.square(vectors).sum(axis=-1, keepdims=True))
    units: Float64Array = vectors / np.where(norms > 0, norms, 1)
    return units
