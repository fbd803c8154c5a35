"""
Select the rows that may have the k largest scores.

One pass over blocks of rows. A block is large, because every matrix product makes
BLAS synchronise its threads.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from w2vfast.runtime.row_blocks import row_blocks
from w2vfast.vectors._scores import select_rows
from w2vfast.vectors.validation import Float32Array, VectorArray

RowIndices = npt.NDArray[np.intp]

FLOAT32_EPSILON = float(np.finfo(np.float32).eps)
MAX_SCORES = 1 << 23  # scores in memory at a time: 32 MB
MIN_BLOCK_ROWS = 2048  # rows of a block, so that Python's overhead stays small
WIDENED_BYTES = 1 << 26  # bytes of float16 vectors that become float32 at a time
MAX_PRECISE_SCALE = 1e28  # scores of rows with larger factors lose digits
MAX_GROUP_SIZE = 16  # scores of which one maximum is taken, see group_maxima


def top_k_candidates(
    queries: Float32Array, vectors: VectorArray, scale: Float32Array, k: int
) -> list[RowIndices]:
    """
    Return the rows with the k best scores of each query, and rows with close scores.

    The score of query i and row j is ``queries[i] @ vectors[j] * scale[j]``. Rounding
    in float32 may swap close scores, so the caller must compare the candidates
    exactly. The k-th best score so far is the threshold for further candidates. Most
    blocks hold no score above it and cost one product and one maximum.

    Parameters
    ----------
    queries : float32 array, shape (n, d)
    vectors : float32 or float16 array, shape (V, d)
    scale : float32 array, shape (V,)
        Brings scores into the range from -1 to 1.
    k : int
        From 1 to V.

    Returns
    -------
    list of n intp arrays
        Row indices of each query, ascending; at least k.

    Notes
    -----
    About `MAX_SCORES` scores and as many candidates are in memory at a time. A single
    query may exceed the limit.

    Examples
    --------
    >>> vectors = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
    >>> query, scale = np.array([[0, 1]], np.float32), np.ones(3, np.float32)
    >>> [rows.tolist() for rows in top_k_candidates(query, vectors, scale, k=2)]
    [[1, 2]]
    """
    n_queries = len(queries)
    if n_queries == 1 and len(vectors) <= max(MAX_SCORES, 4 * k):
        return [_search_at_once(queries, vectors, scale, k)]
    block_rows = max(MIN_BLOCK_ROWS, 4 * k, MAX_SCORES // max(1, n_queries))
    found = None
    if n_queries < 2 or n_queries * min(block_rows, len(vectors)) <= MAX_SCORES:
        found = _search(queries, vectors, scale, k, block_rows)
    if found is None:  # too many scores or candidates for one search
        halves = queries[: n_queries // 2], queries[n_queries // 2 :]
        parts = [top_k_candidates(half, vectors, scale, k) for half in halves]
        return parts[0] + parts[1]
    return found


def rounding_error(dimensions: int) -> float:
    """Return an upper bound of the rounding error of a cosine in float32."""
    return 2 * dimensions * FLOAT32_EPSILON


def _search_at_once(
    query: Float32Array, vectors: VectorArray, scale: Float32Array, k: int
) -> RowIndices:
    """Search all rows as one block for one query of shape (1, d)."""
    scores = np.empty((1, len(vectors)), np.float32)
    if vectors.itemsize == scores.itemsize:
        np.matmul(query, vectors.T, out=scores)
    else:  # float16
        for block in row_blocks(vectors, WIDENED_BYTES):
            rows = vectors[block].astype(np.float32)
            np.matmul(query, rows.T, out=scores[:, block])
    return best_of_one(scores, scale, k, rounding_error(query.shape[1]))


def best_of_one(
    scores: Float32Array, scale: Float32Array, k: int, error: float
) -> RowIndices:
    """
    Return the rows with the k best scores of one query, and rows with close scores.

    Parameters
    ----------
    scores : float32 array, shape (1, V)
    scale : float32 array, shape (V,)
        Factors of the scores.
    k : int
        From 1 to V.
    error : float
        Scores that are lower than the k-th best by at most this value are close.
    """
    best = np.empty((1, k), np.float32)
    best.fill(-np.inf)
    rows = np.empty(scores.size, np.intp)
    selected = np.empty(scores.size, np.float32)
    counts = np.empty(1, np.intp)
    n_found = select_rows(scores, scale, 0, best, error, rows, selected, counts)
    return rows[:n_found].copy()


def _search(
    queries: Float32Array,
    vectors: VectorArray,
    scale: Float32Array,
    k: int,
    block_rows: int,
) -> list[RowIndices] | None:
    """
    Search blocks of `block_rows` rows.

    Returns None if several queries together have more than `MAX_SCORES` candidates.
    """
    n_queries, dimensions = queries.shape
    block_rows = min(block_rows, len(vectors))
    selection = _Selection(n_queries, k, rounding_error(dimensions), block_rows)
    buffer = np.empty(n_queries * block_rows, np.float32)
    for start in range(0, len(vectors), block_rows):
        block = vectors[start : start + block_rows]
        scores = buffer[: n_queries * len(block)].reshape(n_queries, len(block))
        # float16 rows are widened here, one block at a time.
        rows = block.astype(np.float32, copy=False)
        factors = scale[start : start + block_rows]
        if n_queries > dimensions and factors.max() > MAX_PRECISE_SCALE:
            rows, factors = rows * factors[:, None], np.ones_like(factors)
        np.matmul(queries, rows.T, out=scores)
        selection.add_block(scores, factors, start)
        if selection.size > MAX_SCORES and n_queries > 1:
            return None
    return selection.rows_of_each_query()


class _Selection:
    """
    The candidates found so far for a set of queries.

    Parameters
    ----------
    n_queries : int
    k : int
        How many best rows each query needs.
    rounding_error : float
        Upper bound of the error of a score.
    block_rows : int
        The largest number of rows of a block.

    Attributes
    ----------
    size : int
        Number of candidates in memory, over all queries.
    """

    def __init__(
        self, n_queries: int, k: int, rounding_error: float, block_rows: int
    ) -> None:
        self.size = 0
        # For each query, the k largest scores so far: a heap, smallest first.
        self._best_scores = np.full((n_queries, k), -np.inf, np.float32)
        self._rounding_error = rounding_error
        # Only the parts that hold candidates are written and take memory.
        self._rows = np.empty(n_queries * block_rows, np.intp)
        self._scores = np.empty(n_queries * block_rows, np.float32)
        self._found: list[tuple[RowIndices, RowIndices, Float32Array]] = []

    def add_block(self, scores: Float32Array, scale: Float32Array, start: int) -> None:
        """
        Add the candidates of a block of rows.

        Parameters
        ----------
        scores : float32 array, shape (n_queries, rows of the block)
        scale : float32 array, shape (rows of the block,)
            Factors of the scores.
        start : int
            Index of the block's first row.
        """
        counts = np.empty(len(scores), np.intp)
        n_found = select_rows(
            scores,
            scale,
            start,
            self._best_scores,
            self._rounding_error,
            self._rows,
            self._scores,
            counts,
        )
        rows, selected = self._rows[:n_found].copy(), self._scores[:n_found].copy()
        self._found.append((counts, rows, selected))
        self.size += n_found

    def rows_of_each_query(self) -> list[RowIndices]:
        """Return the candidates that reach the final threshold, ascending by row."""
        counts, rows, scores = zip(*self._found, strict=True)
        n_queries = len(self._best_scores)
        query = np.tile(np.arange(n_queries), len(counts))
        query = np.repeat(query, np.concatenate(counts))
        row, score = np.concatenate(rows), np.concatenate(scores)
        limit = self._best_scores[:, 0] - np.float32(self._rounding_error)
        kept = np.flatnonzero(score >= limit[query])
        query, row = query[kept], row[kept]
        row = row[np.argsort(query, kind="stable")]
        stops = np.cumsum(np.bincount(query, minlength=n_queries)).tolist()
        return [row[i:j] for i, j in zip([0, *stops], stops, strict=False)]


def group_maxima(scores: Float32Array, k: int) -> Float32Array:
    """
    Return the maxima of groups of scores: at least k groups if there are k scores.

    The k-th largest maximum is a lower bound of the k-th largest score, because the
    groups have no row in common. This takes one pass over the scores; a partition of
    all scores takes longer.

    Parameters
    ----------
    scores : float32 array, shape (n_queries, rows)

    Returns
    -------
    float32 array, shape (n_queries, n_groups)
        `_group_layout` says which rows a group has.
    """
    n_queries, n_rows = scores.shape
    size, n_full = _group_layout(n_rows, k)
    groups = scores[:, : size * n_full].reshape(n_queries, size, n_full)
    maxima: Float32Array = groups.max(axis=1)
    if size * n_full < n_rows:
        maxima = np.concatenate([maxima, scores[:, size * n_full :]], axis=1)
    return maxima


def _group_layout(n_rows: int, k: int) -> tuple[int, int]:
    """
    Return the size of full groups and their number.

    Group g has the rows ``g + i * number``. Each row after them is a group of its own.
    """
    size = max(1, min(MAX_GROUP_SIZE, n_rows // (4 * k)))
    return size, n_rows // size
