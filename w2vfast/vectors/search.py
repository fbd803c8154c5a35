"""One search for the nearest words: its options and the rows that it covers."""

from __future__ import annotations

import numbers
from collections.abc import Collection, Iterable, Sequence
from typing import Literal

import numpy as np

from w2vfast.vectors.analogy import WeightedUnits, nearest_by_product
from w2vfast.vectors.approximate import ApproximateIndex
from w2vfast.vectors.lookup import KeyedRows
from w2vfast.vectors.nearest import (
    Float64Array,
    normalise,
)
from w2vfast.vectors.queries import Vector, weighted_sum
from w2vfast.vectors.ranking import RowsWithCosines, check_topn
from w2vfast.vectors.top_k import RowIndices

WordsWithCosines = list[tuple[str, float]]
WeightedQueries = Sequence[list[tuple[str | Vector, float]]]
Method = Literal["add", "multiply"]


class Search:
    """
    The options of a search, checked, and the rows that it covers.

    Parameters
    ----------
    wv : KeyedRows
    topn, restrict_vocab, candidates, method, index
        As in `NeighbourQueries.most_similar`.
    """

    def __init__(
        self,
        wv: KeyedRows,
        topn: int,
        restrict_vocab: int | None,
        candidates: Iterable[str] | None,
        method: Method,
        index: ApproximateIndex | None,
    ) -> None:
        if method not in ("add", "multiply"):
            raise ValueError(f"method={method!r}: expected 'add' or 'multiply'")
        restricted = restrict_vocab is not None or candidates is not None
        if index is not None and (restricted or method != "add"):
            raise ValueError(
                "index=… searches all words by the cosine; leave out restrict_vocab, "
                "candidates and method, or leave out index"
            )
        self._wv = wv
        self._topn = check_topn(topn)
        self._method = method
        self._cosine_index = wv._cosine_index
        self._index = index
        self._rows: RowIndices | None = None
        if index is not None:
            index.check_vectors(self._cosine_index)
        if candidates is not None:
            rows = np.unique(wv._rows(candidates, "candidates"))
            if restrict_vocab is not None:
                rows = rows[rows < _check_limit(restrict_vocab)]
            self._rows = rows
            self._cosine_index = self._cosine_index.restricted(rows)
        elif restrict_vocab is not None:
            prefix = slice(_check_limit(restrict_vocab))
            self._cosine_index = self._cosine_index.restricted(prefix)

    def answer(self, queries: WeightedQueries) -> list[WordsWithCosines]:
        """Return words and scores for each query, a list of weighted items."""
        if not len(self._cosine_index.vectors):
            self._unit_vectors(queries)  # raises errors for bad items
            return [[] for _ in queries]
        units = self._unit_vectors(queries)
        get = self._wv.key_to_index.__getitem__
        excluded = [
            self._positions([get(item) for item, _ in items if isinstance(item, str)])
            for items in queries
        ]
        if self._method == "multiply":
            groups = _group_units(queries, units)
            found = nearest_by_product(self._cosine_index, groups, excluded, self._topn)
        else:
            sums = _query_units(queries, units)
            index = self._cosine_index if self._index is None else self._index
            found = index.nearest(sums, excluded, self._topn)
        return [self._words(ranked) for ranked in found]

    def _unit_vectors(self, queries: WeightedQueries) -> Float64Array:
        """Return the unit vectors of all items of all queries, one after another."""
        return self._wv._unit_vectors([item for items in queries for item, _ in items])

    def _positions(self, rows: list[int]) -> Collection[int]:
        """Return the positions of rows in the restricted index, without the others."""
        if self._rows is None:
            n_rows = len(self._cosine_index.vectors)
            return {row for row in rows if row < n_rows}
        return set(np.flatnonzero(np.isin(self._rows, rows)).tolist())

    def _words(self, ranked: RowsWithCosines) -> WordsWithCosines:
        keys, rows = self._wv.index_to_key, self._rows
        if rows is None:
            return [(keys[row], score) for row, score in ranked]
        return [(keys[rows[position]], score) for position, score in ranked]


def _group_units(queries: WeightedQueries, units: Float64Array) -> list[WeightedUnits]:
    """Distribute the unit vectors of all items to their queries."""
    groups, start = [], 0
    for items in queries:
        weights = np.array([float(weight) for _, weight in items])
        groups.append(WeightedUnits(units[start : start + len(items)], weights))
        start += len(items)
    return groups


def _query_units(queries: WeightedQueries, units: Float64Array) -> Float64Array:
    """Return the weighted sum of the items of each query, scaled to length 1 (or 0)."""
    summed = [len(items) > 1 or items[0][1] != 1 for items in queries]
    if not any(summed):
        return units  # each query is one item
    groups = _group_units(queries, units)
    sums = np.stack([weighted_sum(g.units, g.weights) for g in groups])
    sums[summed] = normalise(sums[summed])
    return sums


def _check_limit(limit: int) -> int:
    """Return `restrict_vocab` as an int; raise an error if it is not 1 or more."""
    if type(limit) is int and limit > 0:  # isinstance takes longer
        return limit
    if isinstance(limit, bool) or not isinstance(limit, numbers.Integral):
        raise TypeError(f"restrict_vocab={limit!r}: expected a whole number")
    if limit < 1:
        raise ValueError(
            f"restrict_vocab={limit}: expected 1 or more words, or None for all"
        )
    return int(limit)
