"""
Rank rows by cosine.

A product in float32 finds the candidates, sums in float64 put them in order.
"""

from __future__ import annotations

import numbers
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.runtime import row_blocks
from w2vfast.vectors.top_k import Indices, find_candidates
from w2vfast.vectors.validation import Float32Array

Floats64 = npt.NDArray[np.float64]
Ranked = list[tuple[int, float]]

SMALL = 2.0**-10  # length of a query: no product with a float32 vector overflows


class Ranking:
    """
    Rows to be ranked by their cosines with queries.

    Parameters
    ----------
    vectors : float32 array, shape (V, d)
        Kept, not copied; must not change.
    """

    def __init__(self, vectors: Float32Array) -> None:
        self.vectors = vectors

    @cached_property
    def norms(self) -> Floats64:
        """Euclidean lengths, shape (V,)."""
        norms = np.empty(len(self.vectors))
        for block in row_blocks.row_blocks(self.vectors):
            norms[block] = np.square(self.vectors[block], dtype=float).sum(axis=1)
        return np.sqrt(norms)

    @cached_property
    def _inverse(self) -> Float32Array:
        with np.errstate(divide="ignore", over="ignore"):
            inverse = np.where(self.norms > 0, 1 / (SMALL * self.norms), 0)
        return inverse.clip(max=np.finfo(np.float32).max).astype(np.float32)

    def nearest(
        self, queries: Floats64, given: list[list[int]], topn: int
    ) -> list[Ranked]:
        """
        Return the rows with the largest cosines, largest first, ties by index.

        Parameters
        ----------
        queries : float64 array, shape (n, d)
            Finite.
        given : list of lists of int
            The rows that each query leaves out.
        topn : int
            How many rows to return at most.

        Returns
        -------
        list of lists of (int, float)
            Rows and cosines for each query. A cosine with zeros is 0.

        Raises
        ------
        TypeError, ValueError
            If `topn` is no whole number of 1 or more.
        """
        topn = _check_topn(topn)
        units = normalise(queries)
        most = min(len(self.vectors), topn + max(map(len, given), default=0))
        found = find_candidates(
            (SMALL * units).astype(np.float32), self.vectors, self._inverse, most
        )
        answers = []
        for unit, candidates, left_out in zip(units, found, given, strict=True):
            ranked = self._rank(unit, candidates, most)
            answers.append([one for one in ranked if one[0] not in left_out][:topn])
        return answers

    def _rank(self, unit: Floats64, candidates: Indices, count: int) -> Ranked:
        """
        Order candidates by their cosines in float64, then by index.

        The float32 product rounds equal rows differently, depending on their place
        and on the number of rows; these sums don't.
        """
        cosines = np.empty(len(candidates))
        step = 1 + row_blocks.SIZE // unit.nbytes
        for start in range(0, len(candidates), step):
            rows = candidates[start : start + step]
            sums = (self.vectors[rows] * unit).sum(axis=1)
            norms = self.norms[rows]
            cosines[start : start + step] = sums / np.where(norms > 0, norms, 1)
        best = np.argsort(-cosines, kind="stable")[:count]
        values = cosines[best].clip(-1, 1).tolist()
        return list(zip(candidates[best].tolist(), values, strict=True))


def _check_topn(topn: int) -> int:
    """Return how many answers are wanted, at least 1."""
    if isinstance(topn, bool) or not isinstance(topn, numbers.Integral):
        raise TypeError(f"topn={topn!r}: expected a whole number")
    if topn < 1:
        raise ValueError(f"topn={topn}: expected 1 or more")
    return int(topn)


def normalise(vectors: npt.NDArray[Any]) -> Floats64:
    """Return `vectors`, shape (..., d), with length 1; zeros stay zeros."""
    vectors = vectors.astype(np.float64)
    largest = np.abs(vectors).max(axis=-1, keepdims=True)
    vectors /= np.where(largest > 0, largest, 1)  # no square overflows or vanishes
    lengths = np.sqrt(np.square(vectors).sum(axis=-1, keepdims=True))
    units: Floats64 = vectors / np.where(lengths > 0, lengths, 1)
    return units
