"""Upper bounds of the counts of all words of a text, in a fixed amount of memory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from w2vfast.corpus.growable import Int64s
from w2vfast.runtime.memory import LEAST_FOR_WORDS

Hashes = npt.NDArray[np.uint64]

_ROWS = 2
_CELLS_PER_WORD = 8  # at least; so a frequent word rarely shares its cell with another
_FEWEST_CELLS = 1 << 16
#: Cells stop counting here, before they overflow.
_SATURATED = 1 << 31


class CountFilter:
    """
    A count-min sketch (Cormode and Muthukrishnan 2005).

    Each of two rows has a cell for every hash. A word adds its count to its cell in
    both rows; other words may add to the same cell. So the smaller of the two cells is
    never less than the count of the word. Sums do not depend on the order in which
    they are made, so the filter is the same for any number of threads.

    Parameters
    ----------
    max_words : int
        Number of words that `threshold` lets pass. A cell has 4 bytes; the filter has
        64 to 128 bytes for each of these words, and at least 512 KiB.
    limit : int
        The budget of the corpus in bytes. 256 MiB are always allowed.

    Raises
    ------
    MemoryError
        If the filter exceeds the budget.
    """

    def __init__(self, max_words: int, limit: int) -> None:
        cells = max(_FEWEST_CELLS, 1 << (_CELLS_PER_WORD * max_words - 1).bit_length())
        n_bytes = _ROWS * cells * np.dtype(np.uint32).itemsize
        if n_bytes > max(limit, LEAST_FOR_WORDS):
            raise MemoryError(
                f"max_counted_words={max_words} needs {n_bytes:,} bytes to count, "
                f"more than memory_limit={limit} bytes: choose fewer words, or raise "
                "memory_limit"
            )
        self._rows = np.zeros((_ROWS, cells), np.uint32)

    def add(self, hashes: Hashes, counts: Int64s) -> None:
        """Add the counts of words, each below 2 ** 31; one thread at a time."""
        for row, cells in zip(self._rows, self._cells(hashes), strict=True):
            row[cells] = np.minimum(row[cells], _SATURATED)
            np.add.at(row, cells, counts.astype(np.uint32))

    def threshold(self, max_words: int) -> int:
        """
        Return the smallest count that at most `max_words` cells of a row reach.

        Parameters
        ----------
        max_words : int
            At least 1 and fewer than the cells of a row.
        """
        found = []
        for row in self._rows:
            place = len(row) - 1 - max_words
            found.append(1 + int(np.partition(row, place)[place]))
        return int(min(*found, _SATURATED))

    def passing(self, hashes: Hashes, threshold: int) -> npt.NDArray[np.uint8]:
        """
        Return 1 for each word that may occur `threshold` times, 0 for others.

        Hashes have no secret key, so that every process gives the same result. A text
        made for it can therefore make more words pass, but none fewer.
        """
        passing = np.ones(len(hashes), bool)
        for row, cells in zip(self._rows, self._cells(hashes), strict=True):
            passing &= row[cells] >= threshold
        return passing.view(np.uint8)

    def _cells(self, hashes: Hashes) -> list[npt.NDArray[np.uint64]]:
        """Return the cell of each hash in both rows, from different bits."""
        mask = np.uint64(self._rows.shape[1] - 1)
        return [hashes & mask, (hashes >> np.uint64(32)) & mask]
