"""Rotate one set of vectors onto another: the orthogonal Procrustes problem."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.runtime.row_blocks import row_blocks
from w2vfast.vectors.nearest import Float64Array, normalise


def orthogonal_map(source: npt.NDArray[Any], target: npt.NDArray[Any]) -> Float64Array:
    """
    Return the orthogonal matrix R that brings ``source @ R`` closest to `target`.

    Rows are scaled to length 1 first, so that no word counts more than another.

    Parameters
    ----------
    source, target : float arrays, shape (n, d)
        Row i of both belongs to the same word.

    Returns
    -------
    float64 array, shape (d, d)
        R = U V' of the singular value decomposition source' target = U S V'. It
        minimises the sum of squares of ``source @ R - target`` (Schönemann 1966,
        doi:10.1007/BF02289451). Hamilton, Leskovec and Jurafsky (arXiv:1605.09096)
        compare word vectors of different decades with it.

    Examples
    --------
    >>> source = np.array([[1.0, 0], [0, 2]])
    >>> orthogonal_map(source, source @ [[0, 1], [-1, 0]]).round(6)
    array([[ 0.,  1.],
           [-1.,  0.]])
    """
    dimensions = source.shape[1]
    product = np.zeros((dimensions, dimensions))
    for block in row_blocks(source):
        product += normalise(source[block]).T @ normalise(target[block])
    u, _, v_transposed = np.linalg.svd(product)
    rotation: Float64Array = u @ v_transposed
    return rotation
