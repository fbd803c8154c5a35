"""Remove the mean and the first principal directions: all-but-the-top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.runtime.row_blocks import row_blocks
from w2vfast.vectors.nearest import Float64Array


@dataclass(frozen=True)
class CommonPart:
    """
    What the vectors of a table have in common.

    Attributes
    ----------
    mean : float64 array, shape (d,)
    directions : float64 array, shape (k, d)
        The first principal directions: orthogonal, of length 1.
    """

    mean: Float64Array
    directions: Float64Array

    @classmethod
    def of(cls, table: npt.NDArray[Any], n_directions: int) -> CommonPart:
        """
        Compute the common part of the rows of `table`, shape (V, d).

        Parameters
        ----------
        table : float array, shape (V, d)
        n_directions : int
            From 0 to d.

        Raises
        ------
        ValueError
            If `n_directions` is out of range.
        """
        dimensions = table.shape[1]
        if not 0 <= n_directions <= dimensions:
            raise ValueError(
                f"{n_directions} directions: expected a number from 0 to {dimensions}, "
                "the number of dimensions"
            )
        mean = table.mean(axis=0, dtype=np.float64)
        covariance = np.zeros((dimensions, dimensions))
        for block in row_blocks(table):
            centred = table[block] - mean
            covariance += centred.T @ centred
        _, vectors = np.linalg.eigh(covariance)  # eigenvalues ascend
        return cls(mean, vectors.T[::-1][:n_directions])

    def remove(
        self, vectors: npt.NDArray[Any], total_weights: Float64Array | None = None
    ) -> Float64Array:
        """
        Return vectors without the mean and without the directions.

        Parameters
        ----------
        vectors : float array, shape (n, d)
            Rows of the table, or weighted sums of its rows.
        total_weights : float64 array, shape (n,), optional
            The sum of the weights of each row; by default 1.

        Returns
        -------
        float64 array, shape (n, d)
        """
        mean = (
            self.mean if total_weights is None else total_weights[:, None] * self.mean
        )
        centred = vectors - mean
        projections = (centred @ self.directions.T) @ self.directions
        rest: Float64Array = centred - projections
        return rest
