"""Scores of next items: products of queries with centre or outside vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.runtime.row_blocks import row_blocks
from w2vfast.vectors.nearest import normalise
from w2vfast.vectors.target_ranks import BlockScores, Float64Array, IntArray
from w2vfast.vectors.validation import Float32Array

EXACT_ROWS = 4096  # query vectors in float64 at a time


class NextItemScorer:
    """
    Score items for sessions; a `Scorer` for `target_ranks`.

    Parameters
    ----------
    vectors : float32 array, shape (V, d)
        Centre vectors.
    outside : float array, shape (V, d), or None
        Outside vectors: the score is their product with the query, which has the
        length of the mean or of the vector. None means cosines of centre vectors.
    items : int64 array, shape (m,)
    offsets : int64 array, shape (n + 1,)
        Session i has the items ``items[offsets[i] : offsets[i + 1]]``, at least one.
    targets : int64 array, shape (n,)
    query : {"mean", "last"}
    """

    def __init__(
        self,
        vectors: Float32Array,
        outside: npt.NDArray[Any] | None,
        items: IntArray,
        offsets: IntArray,
        targets: IntArray,
        query: str,
    ) -> None:
        self._rows = vectors if outside is None else outside
        self._cosine = outside is None
        self._queries = _query_vectors(vectors, items, offsets, query)
        # The order for one session does not depend on the length of its query.
        for part in row_blocks(self._queries):
            self._queries[part] = normalise(self._queries[part])
        self._queries32 = self._queries.astype(np.float32)
        self._targets = np.zeros(len(targets))
        self._targets = self.exact_margins(np.arange(len(targets)), targets)
        self._rounding = 2 * vectors.shape[1] * float(np.finfo(np.float32).eps)

    def load_block(self, rows: slice, queries: IntArray) -> None:
        """Prepare a block of items and the queries of these sessions."""
        units = self._scaled(slice(rows.start, rows.stop))
        self._block = units.astype(np.float32)
        # Queries have length 1, so no product is larger than the longest row.
        longest = np.sqrt(np.square(units).sum(axis=1).max(initial=0.0))
        targets = self._targets[queries]
        self._errors = (self._rounding * (longest + np.abs(targets))).astype(np.float32)
        self._block_queries = self._queries32[queries]
        self._block_targets = targets.astype(np.float32)

    def block_scores(self, part: slice) -> BlockScores:
        """Return the scores of the block; see `Scorer.block_scores`."""
        scores = self._block_queries[part] @ self._block.T
        return BlockScores(scores, self._block_targets[part], self._errors[part])

    def exact_margins(self, queries: IntArray, rows: IntArray) -> Float64Array:
        """Return score minus target's score of each pair (query, row), in float64."""
        margins = np.empty(len(queries))
        for start in range(0, len(queries), EXACT_ROWS):
            part = slice(start, start + EXACT_ROWS)
            # Row sums depend on the row alone, so equal rows have equal scores.
            products = (self._queries[queries[part]] * self._scaled(rows[part])).sum(1)
            margins[part] = products - self._targets[queries[part]]
        return margins

    def _scaled(self, rows: slice | IntArray) -> Float64Array:
        """Return rows in float64, for cosines with length 1."""
        chosen: Float64Array = self._rows[rows].astype(np.float64)
        return normalise(chosen) if self._cosine else chosen


def _query_vectors(
    vectors: Float32Array, items: IntArray, offsets: IntArray, query: str
) -> Float64Array:
    """Return the query vector of each session, float64, shape (n, d)."""
    if query == "last":
        return vectors[items[offsets[1:] - 1]].astype(np.float64)
    n = len(offsets) - 1
    queries = np.empty((n, vectors.shape[1]))
    for start in range(0, n, 256):
        stop = min(start + 256, n)
        first, last = offsets[start], offsets[stop]
        rows = vectors[items[first:last]].astype(np.float64)
        sums = np.add.reduceat(rows, offsets[start:stop] - first, axis=0)
        queries[start:stop] = sums / np.diff(offsets[start : stop + 1])[:, None]
    return queries
