"""
Find the rows with the largest cosines.

A float32 matrix product selects candidates; for a single query of a large table,
products of 8-bit integers do. Sums in float64 then give the exact order.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from w2vfast.runtime import row_blocks
from w2vfast.vectors._exact_cosines import exact_cosines
from w2vfast.vectors.quantised import QuantisedRows
from w2vfast.vectors.ranking import RowsWithCosines, best_pairs, check_topn
from w2vfast.vectors.top_k import RowIndices, rounding_error, top_k_candidates
from w2vfast.vectors.validation import Float32Array, VectorArray

Float64Array = npt.NDArray[np.float64]

#: Length of queries in float32. It is small, so that the product of a query with any
#: finite float32 vector is finite.
QUERY_LENGTH = 2.0**-10
MIN_SAFE_NORM = 1e-140  # squares of shorter rows lose digits in float64
MIN_PRECISE_NORM = 1e-25  # float32 products with shorter rows lose digits
MIN_QUANTISED_SIZE = 1 << 20  # numbers in a table; smaller ones fit the CPU cache
QUERIES_BEFORE_QUANTISING = 2  # exact queries before the 8-bit copy is made
SCORED_BYTES = 1 << 26  # bytes of vectors that one product with a query reads


class CosineIndex:
    """
    Rows that can be searched by cosine.

    Parameters
    ----------
    vectors : float32 or float16 array, shape (V, d)
        Not copied. It must not change, because the lengths of rows are cached.

    Examples
    --------
    >>> index = CosineIndex(np.array([[1, 0], [3, 4], [0, 2]], np.float32))
    >>> index.nearest(np.array([[0.0, 1.0]]), excluded=[[]], topn=2)
    [[(2, 1.0), (1, 0.8)]]
    """

    def __init__(self, vectors: VectorArray) -> None:
        self.vectors = vectors
        self._n_queries = 0
        self._is_part = False

    @cached_property
    def norms(self) -> Float64Array:
        """Euclidean lengths of the rows, float64, shape (V,)."""
        norms = np.empty(len(self.vectors))
        for block in row_blocks.row_blocks(self.vectors):
            norms[block] = np.square(self.vectors[block], dtype=float).sum(axis=1)
        norms = np.sqrt(norms)
        norms.flags.writeable = False
        return norms

    @cached_property
    def _divisors(self) -> Float64Array:
        """The norms, with 1 for rows of zeros, float64, shape (V,)."""
        return np.where(self.norms > 0, self.norms, 1)

    @cached_property
    def _score_scale(self) -> Float32Array:
        """Factors, shape (V,), that turn products with queries into cosines."""
        with np.errstate(divide="ignore", over="ignore"):
            scale = np.where(self.norms > 0, 1 / (QUERY_LENGTH * self.norms), 0)
        return scale.clip(max=np.finfo(np.float32).max).astype(np.float32)

    @cached_property
    def _quantised_rows(self) -> QuantisedRows:
        return QuantisedRows(self.vectors, self.norms)

    def restricted(self, rows: RowIndices | slice) -> CosineIndex:
        """
        Return an index of the given rows only, which are numbered from 0.

        A slice shares the memory of the vectors; an array copies the rows.
        """
        part = CosineIndex(self.vectors[rows])
        part.norms = self.norms[rows]
        part._divisors = self._divisors[rows]
        part._score_scale = self._score_scale[rows]
        part._is_part = True
        if isinstance(rows, slice) and "_quantised_rows" in self.__dict__:
            part._quantised_rows = self._quantised_rows.part(rows)
        return part

    def nearest(
        self,
        units: Float64Array,
        excluded: Sequence[Collection[int]],
        topn: int,
    ) -> list[RowsWithCosines]:
        """
        Return the `topn` rows with the largest cosines for each query.

        Parameters
        ----------
        units : float64 array, shape (n, d)
            Queries of length 1, or all zeros; see `normalise`.
        excluded : sequence of n collections of int
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
        topn = check_topn(topn)
        n_ranked = min(len(self.vectors), topn + max(map(len, excluded), default=0))
        found = None
        if len(units) == 1:
            found = self._quantised_candidates(units[0], n_ranked)
        if found is None:
            scaled_queries = (QUERY_LENGTH * units).astype(np.float32)
            found = top_k_candidates(
                scaled_queries, self.vectors, self._score_scale, n_ranked
            )
        return self.rank_rows(units, found, excluded, topn)

    def _quantised_candidates(
        self, unit: Float64Array, n_ranked: int
    ) -> list[RowIndices] | None:
        """
        Return candidates for one query from a copy of the rows as 8-bit integers.

        Making the copy takes as long as several queries. So the first queries, and
        all queries of small tables, do without it and None is returned.
        """
        if self.vectors.size < MIN_QUANTISED_SIZE:
            return None
        if "_quantised_rows" not in self.__dict__:
            self._n_queries += 1
            if self._is_part or self._n_queries <= QUERIES_BEFORE_QUANTISING:
                return None
        candidates = self._quantised_rows.candidates(unit, n_ranked)
        return None if candidates is None else [candidates]

    def rank_rows(
        self,
        units: Float64Array,
        candidates: Sequence[RowIndices],
        excluded: Sequence[Collection[int]],
        topn: int,
    ) -> list[RowsWithCosines]:
        """
        Return the `topn` best candidates by their float64 cosines, then by row.

        Parameters
        ----------
        units : float64 array, shape (n, d)
            Queries of length 1, or all zeros.
        candidates : sequence of n intp arrays
            Rows, ascending.
        excluded : sequence of n collections of int
            Rows to leave out.
        topn : int
        """
        lengths = [len(some) for some in candidates]
        rows, owners = candidates[0], None
        if len(units) > 1:
            rows = np.concatenate(candidates)
            owners = np.repeat(np.arange(len(units)), lengths)
        cosines = self._paired_cosines(units, owners, rows)
        results = []
        start = 0
        for length, left_out in zip(lengths, excluded, strict=True):
            part = slice(start, start + length)
            start += length
            ranked = best_pairs(rows[part], cosines[part], topn + len(left_out))
            if left_out:
                ranked = [pair for pair in ranked if pair[0] not in left_out][:topn]
            results.append(ranked)
        return results

    def cosines(self, unit: Float64Array, rows: RowIndices) -> Float64Array:
        """Return the float64 cosines of one query with the given rows, shape (n,)."""
        return self._paired_cosines(unit[None], None, rows)

    def _paired_cosines(
        self, units: Float64Array, owners: RowIndices | None, rows: RowIndices
    ) -> Float64Array:
        """
        Return the float64 cosine of ``units[owners[i]]`` and row ``rows[i]``.

        Without `owners`, all rows belong to the only unit.

        Equal rows get equal cosines here. A matrix product rounds equal rows
        differently, depending on their position and the number of rows.
        """
        cosines = np.empty(len(rows))
        if self.vectors.itemsize == 4:  # not float16
            vectors = cast("Float32Array", self.vectors)
            exact_cosines(vectors, rows, units, owners, self._divisors, cosines)
        else:
            step = 1 + row_blocks.SIZE // (8 * units.shape[1])
            for start in range(0, len(rows), step):
                part = slice(start, start + step)
                some = self.vectors[rows[part]].astype(np.float32)
                some_owners = None if owners is None else owners[part]
                local = np.arange(len(some))
                lengths = self._divisors[rows[part]]
                exact_cosines(some, local, units, some_owners, lengths, cosines[part])
        return cosines

    def approximate_cosines(self, units: Float64Array) -> Float32Array:
        """
        Return the float32 cosines of queries with all rows.

        Parameters
        ----------
        units : float64 array, shape (m, d)
            Of length 1, or all zeros.

        Returns
        -------
        float32 array, shape (m, V)
            The error is below `rounding_error`, except for rows that are shorter than
            `MIN_PRECISE_NORM`.
        """
        queries = (QUERY_LENGTH * units).astype(np.float32)
        cosines = np.empty((len(units), len(self.vectors)), np.float32)
        for block in row_blocks.row_blocks(self.vectors, SCORED_BYTES):
            rows = self.vectors[block].astype(np.float32, copy=False)
            cosines[:, block] = queries @ rows.T
        cosines *= self._score_scale
        return cosines.clip(-1, 1, out=cosines)

    def closer_rows(self, unit: Float64Array, cosine: float) -> RowIndices:
        """
        Return the rows whose float64 cosine with a query exceeds `cosine`, ascending.

        Only rows whose float32 cosine is within the rounding error are computed
        exactly.
        """
        scores = self.approximate_cosines(unit[None])[0]
        uncertain = np.abs(scores - cosine) <= rounding_error(len(unit))
        uncertain |= self.norms < MIN_PRECISE_NORM
        uncertain = np.flatnonzero(uncertain)
        closer = scores > cosine
        closer[uncertain] = self.cosines(unit, uncertain) > cosine
        return np.flatnonzero(closer)


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
    norms = _norms(vectors)
    if norms.size == 1 and MIN_SAFE_NORM < norms.item() < np.inf:
        vectors /= norms  # the usual case of a single query
        return vectors
    safe = (norms > MIN_SAFE_NORM) & (norms < np.inf)
    if not safe.all():
        unsafe = ~safe[..., 0]
        scaled = vectors[unsafe]
        largest = np.abs(scaled).max(axis=-1, keepdims=True)
        scaled /= np.where(largest > 0, largest, 1)
        vectors[unsafe] = scaled
        norms[unsafe] = np.maximum(_norms(scaled), MIN_SAFE_NORM)
    vectors /= norms
    return vectors


def _norms(vectors: Float64Array) -> Float64Array:
    """Return the lengths of the rows, shape (..., 1); infinite after an overflow."""
    # einsum does not warn of an overflow. np.errstate takes longer than the sum.
    squares: Float64Array = np.einsum("...i,...i->...", vectors, vectors)
    return np.sqrt(squares)[..., None]
