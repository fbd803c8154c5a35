"""
Select the rows that may have the k largest cosines with one query, in 8-bit integers.

A single query reads every vector once and computes little, so the memory traffic
determines its time. Rows of 8-bit integers need a quarter of it. Bounds of the
rounding errors make sure that no row of the exact result is left out.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from w2vfast.runtime.row_blocks import row_blocks
from w2vfast.vectors._integer_dots import integer_dots
from w2vfast.vectors.top_k import RowIndices, group_maxima
from w2vfast.vectors.validation import VectorArray

Float64Array = npt.NDArray[np.float64]

MAX_CODE = 127  # rows hold integers from -127 to 127
MAX_QUERY_CODE = 32767
MAX_INT32 = 2**31 - 1
FLOAT32_ERROR = 2e-6  # of scores and bounds, which are computed in float32
MAX_SHARE = 1 / 16  # more candidates than this share of the rows are not worth it


class QuantisedRows:
    """
    Unit vectors, rounded to multiples of a step.

    Row j of length 1 is ``steps[j] * (codes[j] + e)``, where each |e_i| <= 1/2.

    Parameters
    ----------
    vectors : float32 or float16 array, shape (V, d)
    norms : float64 array, shape (V,)
        The lengths of the rows.

    Attributes
    ----------
    codes : int8 array, shape (V, d)
    steps : float32 array, shape (V,)
        0 for a row of zeros.

    Examples
    --------
    >>> rows = np.array([[3, 4], [0, 2], [5, 0]], np.float32)
    >>> quantised = QuantisedRows(rows, np.array([5.0, 2, 5]))
    >>> quantised.candidates(np.array([0.0, 1]), k=1)
    array([1])
    """

    def __init__(self, vectors: VectorArray, norms: Float64Array) -> None:
        self.codes: npt.NDArray[np.int8] = np.empty(vectors.shape, np.int8)
        self.steps: npt.NDArray[np.float32] = np.empty(len(vectors), np.float32)
        for block in row_blocks(vectors):
            rows = vectors[block].astype(np.float64)
            largest = np.abs(rows).max(axis=1)
            largest[largest == 0] = 1
            rows *= (MAX_CODE / largest)[:, None]
            self.codes[block] = np.rint(rows, out=rows)
            length = norms[block]
            self.steps[block] = np.where(
                length > 0, largest / (MAX_CODE * np.where(length > 0, length, 1)), 0
            )

    def part(self, rows: slice) -> QuantisedRows:
        """Return the given rows, which are numbered from 0, without a copy."""
        part = object.__new__(QuantisedRows)
        part.codes = self.codes[rows]
        part.steps = self.steps[rows]
        return part

    def candidates(self, unit: Float64Array, k: int) -> RowIndices | None:
        """
        Return the rows that may have the k largest cosines with a query, ascending.

        Parameters
        ----------
        unit : float64 array, shape (d,)
            Of length 1, or all zeros.
        k : int
            From 1 to V.

        Returns
        -------
        intp array, or None
            At least k rows; None if too many rows are candidates.

        Notes
        -----
        Let y be a unit row with codes c and step s, u the query with codes p and step
        t. The score s t c·p differs from the cosine y·u by at most
        ``s / 2 * |u|_1 + t / 2 * s * |c|_1``, with
        ``s * |c|_1 <= |y|_1 + d s / 2 <= sqrt(d) + d s / 2``.
        """
        dimensions = len(unit)
        total = float(np.abs(unit).sum())
        # Neither a code nor a sum of products may overflow: see integer_dots.
        step = max(
            float(np.abs(unit).max()) / MAX_QUERY_CODE,
            MAX_CODE * total / (MAX_INT32 - MAX_CODE * dimensions),
        )
        if step == 0 or MAX_CODE * dimensions >= MAX_INT32:
            return None
        codes = np.rint(unit / step).astype(np.int16)
        products = np.empty(len(self.codes), np.int32)
        integer_dots(self.codes, codes, products)
        scores = products.astype(np.float32)
        scores *= self.steps * np.float32(step)
        constant = step / 2 * np.sqrt(dimensions) + FLOAT32_ERROR
        error = self.steps * np.float32((total + step * dimensions / 2) / 2)
        error += np.float32(constant)
        lower = scores - error
        maxima = group_maxima(lower[None], k)[0]
        threshold = np.partition(maxima, -k)[-k]
        scores += error
        found = np.flatnonzero(scores >= threshold)
        return None if len(found) > max(k, MAX_SHARE * len(scores)) else found
