"""
Rank one expected row among all rows, for many queries at a time.

Rows are scored in blocks that stay in the CPU cache, in float32. A query leaves the
search as soon as enough rows are better than its target. Scores too close to the
target's for float32 are compared in float64, so ranks don't depend on rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from w2vfast.vectors.validation import Float32Array

Float64Array = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

BLOCK_ROWS = 1024  # rows scored at a time; 256 queries then have 1 MB of scores
EXACT_PAIRS = 4096  # scores computed in float64 at a time


class BlockScores(NamedTuple):
    """
    Scores of a block of rows for n queries.

    Attributes
    ----------
    scores : float32 array, shape (n, rows of the block)
        The search overwrites it, and reads it only until its next call.
    targets : float32 array, shape (n,)
        Score of each query's target on the same scale.
    errors : float32 array, shape (n,)
        Bound of the rounding error of a score minus the target's.
    """

    scores: Float32Array
    targets: Float32Array
    errors: Float32Array


class Scorer(Protocol):
    """Scores of rows for queries with one target each; the largest is the best."""

    def load_block(self, rows: slice, queries: IntArray) -> None:
        """Prepare `block_scores` of these rows and queries."""

    def block_scores(self, part: slice) -> BlockScores:
        """Return the scores of the block for ``queries[part]``."""

    def exact_margins(self, queries: IntArray, rows: IntArray) -> Float64Array:
        """
        Return score of row minus score of target for pairs (query, row).

        Returns
        -------
        float64 array, shape (n,)
            Equal rows have equal margins.
        """


def target_ranks(
    scorer: Scorer,
    n_rows: int,
    targets: IntArray,
    excluded: tuple[IntArray, IntArray],
    limit: int,
    batch: int,
    advance: Callable[[int], object] = lambda rows: None,
) -> IntArray:
    """
    Return the rank of each query's target among all rows.

    Parameters
    ----------
    scorer : Scorer
    n_rows : int
        Number of rows, V.
    targets : int64 array, shape (n,)
        The expected row of each query.
    excluded : two int64 arrays, shape (m,)
        Queries, and for each a row that does not compete. A target that is excluded
        has no rank.
    limit : int
        Largest rank of interest.
    batch : int
        Queries scored at a time.
    advance : callable
        Receives numbers of rows that are done, V in total.

    Returns
    -------
    int64 array, shape (n,)
        From 1 to `limit`; 0 if the target is not among the best `limit` rows. Rows
        with equal scores rank in order of the rows.
    """
    ahead = np.zeros(len(targets), np.int64)  # rows better than the target
    excluded_queries, excluded_rows = excluded
    ahead[excluded_queries[excluded_rows == targets[excluded_queries]]] = limit
    skip = _SkippedScores(targets, excluded_queries, excluded_rows)
    active = np.flatnonzero(ahead < limit)
    for start in range(0, n_rows, BLOCK_ROWS):
        if not len(active):
            advance(n_rows - start)
            break
        block = slice(start, min(start + BLOCK_ROWS, n_rows))
        scorer.load_block(block, active)
        skip.load_block(block, active)
        for first in range(0, len(active), batch):
            part = slice(first, min(first + batch, len(active)))
            found = scorer.block_scores(part)
            found.scores[skip.places(part)] = -np.inf
            ahead[active[part]] += _count_ahead(
                scorer, found, active[part], start, targets, limit
            )
        active = active[ahead[active] < limit]
        advance(block.stop - start)
    return np.where(ahead < limit, ahead + 1, 0)


def _count_ahead(
    scorer: Scorer,
    found: BlockScores,
    queries: IntArray,
    start: int,
    targets: IntArray,
    limit: int,
) -> IntArray:
    """Return how many rows of a block are better than each query's target."""
    scores, target_scores, errors = found
    n, width = scores.shape
    # flatnonzero and divmod take a tenth of the time of a two-dimensional nonzero.
    near = np.flatnonzero(scores >= (target_scores - errors)[:, None])
    query, row = np.divmod(near, width)
    surely = scores.ravel()[near] > (target_scores + errors)[query]
    ahead = np.bincount(query[surely], minlength=n)
    # Only queries still in the search need the rest.
    unsure = ~surely & (ahead[query] < limit)
    query, row = query[unsure], row[unsure] + start
    for first in range(0, len(query), EXACT_PAIRS):
        q, r = query[first : first + EXACT_PAIRS], row[first : first + EXACT_PAIRS]
        exact = scorer.exact_margins(queries[q], r)
        better = (exact > 0) | ((exact == 0) & (r < targets[queries[q]]))
        ahead += np.bincount(q[better], minlength=n)
    return ahead


class _SkippedScores:
    """
    Places in a block of scores that do not count: excluded rows and targets.

    Parameters
    ----------
    targets : int64 array, shape (n,)
    queries, rows : int64 arrays, shape (m,)
        Excluded pairs (query, row).
    """

    def __init__(self, targets: IntArray, queries: IntArray, rows: IntArray) -> None:
        queries = np.concatenate([queries, np.arange(len(targets))])
        rows = np.concatenate([rows, targets])
        order = np.argsort(rows, kind="stable")
        self._queries, self._rows = queries[order], rows[order]
        self._position = np.empty(len(targets), np.int64)

    def load_block(self, block: slice, active: IntArray) -> None:
        """Prepare `places` for rows of `block` and the queries `active`."""
        first, last = np.searchsorted(self._rows, [block.start, block.stop])
        self._position.fill(-1)
        self._position[active] = np.arange(len(active))
        position = self._position[self._queries[first:last]]
        column = self._rows[first:last] - block.start
        order = np.argsort(position, kind="stable")
        self._block_positions, self._columns = position[order], column[order]

    def places(self, part: slice) -> tuple[IntArray, IntArray]:
        """Return indices of the scores of ``active[part]`` that do not count."""
        first, last = np.searchsorted(self._block_positions, [part.start, part.stop])
        return self._block_positions[first:last] - part.start, self._columns[first:last]
