"""Nearest rows of arrays that may have changed since the last query."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from w2vfast.compat.gensim.key_table import Array
from w2vfast.vectors._scores import products_and_lengths
from w2vfast.vectors.nearest import QUERY_LENGTH, CosineIndex, normalise
from w2vfast.vectors.ranking import RowsWithCosines, best_pairs
from w2vfast.vectors.top_k import best_of_one, rounding_error


def nearest_rows(vectors: Array, unit: Array, count: int) -> RowsWithCosines:
    """
    Return the `count` rows with the largest cosines, ties in order of the rows.

    One pass over the rows computes their lengths too, because rows may have changed
    since the last query.

    Parameters
    ----------
    vectors : float32 array, shape (n, d)
    unit : float64 array, shape (d,)
    count : int
        All rows are returned if there are fewer.
    """
    vectors = np.ascontiguousarray(vectors)
    count = min(count, len(vectors))
    products = np.empty((1, len(vectors)), np.float32)
    lengths = np.empty(len(vectors), np.float32)
    query = (QUERY_LENGTH * unit).astype(np.float32)
    if not products_and_lengths(vectors, query, products[0], lengths):
        return _nearest_of_all(vectors, unit, count)
    scale = np.float32(1 / QUERY_LENGTH) / lengths
    # The lengths have rounding errors too, and so does their quotient.
    error = 2 * rounding_error(len(unit) + 4)
    found = best_of_one(products, scale, count, error)
    rows = vectors[found].astype(np.float64)
    cosines = np.einsum("ij,j->i", rows, unit)
    cosines /= np.sqrt(np.einsum("ij,ij->i", rows, rows))
    return best_pairs(found, cosines, count)


def _nearest_of_all(vectors: Array, unit: Array, count: int) -> RowsWithCosines:
    """Return `nearest_rows` where the squares of some rows vanish or overflow."""
    index = index_rows(vectors)
    nearest = index.nearest(unit[None], [()], count)[0]
    found = np.array(sorted(row for row, _ in nearest))
    cosines = (normalise(vectors[found]) * unit).sum(axis=1)
    return best_pairs(found, cosines, count)


def index_rows(vectors: Array) -> CosineIndex:
    """Return an index of float32 rows whose norms are computed by `row_norms`."""
    index = CosineIndex(vectors)
    index.norms = row_norms(vectors)
    return index


def row_norms(vectors: Array) -> npt.NDArray[np.float64]:
    """
    Return the Euclidean length of each row.

    The squares are summed in float32, because this pass over all rows is part of every
    query. Rows whose squares might overflow or vanish are summed in float64.
    """
    rows = vectors.astype(np.float32, copy=False)
    with np.errstate(over="ignore", under="ignore"):
        squares = np.einsum("ij,ij->i", rows, rows)
    norms: npt.NDArray[np.float64] = np.sqrt(squares.astype(np.float64))
    unsafe = np.flatnonzero(~((squares > 1e-30) & (squares < 1e30)))
    norms[unsafe] = CosineIndex(rows[unsafe]).norms
    return norms
