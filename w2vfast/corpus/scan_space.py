"""Memory that a thread uses again for each chunk that it scans."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from w2vfast.corpus.growable import Int32s

_SPARE_BYTES = 1 << 16  # beyond a chunk, for the end of its last token


class InvalidChunkError(Exception):
    """A chunk has bytes that are not text."""


class ScanSpace:
    """
    The input and the output of a scan.

    Parameters
    ----------
    size : int
        Bytes of a chunk, about.

    Attributes
    ----------
    buffer : uint8, at least (size,)
        For the text of a chunk.
    """

    def __init__(self, size: int) -> None:
        self.buffer: npt.NDArray[np.uint8] = np.empty(size + _SPARE_BYTES, np.uint8)
        self._output = np.empty((2, len(self.buffer) // 2 + 2), np.int32)

    def output(self, n_ids: int) -> tuple[Int32s, Int32s]:
        """Return arrays for `n_ids` ids, and for one sentence end more."""
        if self._output.shape[1] < n_ids + 1:
            self._output = np.empty((2, n_ids + 1), np.int32)
        return self._output[0, :n_ids], self._output[1, : n_ids + 1]
