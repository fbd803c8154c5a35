"""Find the rows that may score best, in one pass over blocks that stay in the cache."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from w2vfast.vectors.validation import Float32Array

Indices = npt.NDArray[np.intp]

BLOCK = 1 << 19  # scores held at a time: 2 MB
ROWS = 2048  # of a block at least, to keep Python's share small
STRIPS = 16  # into which a block is laid, so that its columns are long


def find_candidates(
    queries: Float32Array, vectors: Float32Array, scale: Float32Array, count: int
) -> list[Indices]:
    """
    Return the rows with the best scores for each query, and those nearly as good.

    A score is the product of query and row, times the row's scale. The n-th best
    score so far bounds what is worth keeping, so that nearly all blocks cost a
    product and one look at each score.

    Parameters
    ----------
    queries : float32 array, shape (n, d)
    vectors : float32 array, shape (V, d)
    scale : float32 array, shape (V,)
        Brings scores to -1 to 1.
    count : int
        How many rows are wanted, from 1 to V.

    Returns
    -------
    list of n intp arrays
        Ascending; `count` or more. About `BLOCK` scores and as many candidates
        are in memory at a time, or those of one query if these are more.
    """
    number = len(queries)
    rows = max(ROWS, 4 * count, BLOCK // max(1, number))
    found = None
    if number < 2 or number * min(rows, len(vectors)) <= BLOCK:
        found = _search(queries, vectors, scale, count, rows)
    if found is None:  # too much at once
        halves = queries[: number // 2], queries[number // 2 :]
        parts = [find_candidates(half, vectors, scale, count) for half in halves]
        return parts[0] + parts[1]
    return found


def _search(
    queries: Float32Array,
    vectors: Float32Array,
    scale: Float32Array,
    count: int,
    rows: int,
) -> list[Indices] | None:
    """Go through `rows` rows at a time; None if several queries find too many."""
    number, dimensions = queries.shape
    best = _Best(number, count, 2 * dimensions * float(np.finfo(np.float32).eps))
    space = np.empty(number * min(rows, len(vectors)), np.float32)
    for start in range(0, len(vectors), rows):
        block = vectors[start : start + rows]
        scores = space[: number * len(block)].reshape(number, len(block))
        np.matmul(queries, block.T, out=scores)
        scores *= scale[start : start + rows]
        best.look(scores, start)
        if best.held > BLOCK and number > 1:
            return None
    return best.rows()


class _Best:
    """
    Candidates of some queries so far.

    Parameters
    ----------
    number, count : int
        Queries, and rows wanted for each.
    rounding : float
        By how much a score may be wrong.

    Attributes
    ----------
    held : int
        Candidates in memory.
    """

    def __init__(self, number: int, count: int, rounding: float) -> None:
        self.held = 0
        # As many different scores were seen that are no worse than these.
        self._best = np.full((number, count), -np.inf, np.float32)
        self._bound = np.full(number, -np.inf, np.float32)  # the least of `_best`
        self._rounding = rounding
        self._parts: list[tuple[Indices, Indices, Float32Array]] = []

    def look(self, scores: Float32Array, start: int) -> None:
        """Pick what may be among the best in the rows from `start` on."""
        hit = np.flatnonzero(scores.max(axis=1) >= self._bound - self._rounding)
        if not len(hit):
            return
        near = scores[hit]
        count = self._best.shape[1]
        seen = np.concatenate([self._best[hit], _maxima(near, count)], axis=1)
        self._best[hit] = seen = np.partition(seen, -count, axis=1)[:, -count:]
        self._bound[hit] = bound = seen.min(axis=1)
        # Of a flat array, as in two dimensions it takes NumPy ten times as long.
        flat = np.flatnonzero(near >= bound[:, None] - self._rounding)
        query, row = np.divmod(flat, near.shape[1])
        self._parts.append((hit[query], row + start, near.ravel()[flat]))
        self.held += len(flat)

    def rows(self) -> list[Indices]:
        """Return the candidates of each query that the last bound leaves."""
        parts = zip(*self._parts, strict=True)
        query, row, score = (np.concatenate(part) for part in parts)
        kept = score >= self._bound[query] - self._rounding
        query, row = query[kept], row[kept]
        row = row[np.argsort(query, kind="stable")]
        return np.split(row, np.cumsum(np.bincount(query))[:-1])


def _maxima(scores: Float32Array, count: int) -> Float32Array:
    """
    Return some scores of each query, `count` large ones among them.

    With the scores laid out in columns, each column has a maximum, and these are
    scores of different rows. That costs one pass, where a partition of all scores
    takes longer.
    """
    number, rows = scores.shape
    strips = max(1, min(STRIPS, rows // (4 * count)))
    columns = rows // strips
    laid = scores[:, : strips * columns].reshape(number, strips, columns)
    maxima: Float32Array = laid.max(axis=1)
    return maxima
