"""Centres of a text and the words around them, for an evaluation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]


class Windows:
    """
    Centres with at least one other word in their window.

    Parameters
    ----------
    ids : int32 array, (tokens,)
    offsets : int64 array, (sentences + 1,)
    window : int
        Largest distance between a centre and an outside word of the same sentence.
    first, last : int, optional
        Only centres at these tokens.

    Attributes
    ----------
    centres : int64 array, (n,)
        Ids of the centres.
    lengths : int64 array, (n,)
        Number of outside words of each centre.
    outside : int64 array, (sum of lengths,)
        Ids of the outside words, centre after centre.

    Raises
    ------
    ValueError
        If there is no such centre.
    """

    centres: Int64s
    lengths: Int64s
    outside: Int64s

    def __init__(
        self,
        ids: NDArray[np.int32],
        offsets: Int64s,
        window: int,
        first: int = 0,
        last: int | None = None,
    ) -> None:
        self._ids, self._offsets, self._window = ids, offsets, window
        self._range = first, len(ids) if last is None else last
        sizes = np.diff(offsets)
        alone = np.repeat(sizes < 2, sizes)
        places = np.arange(*self._range)
        self._fill(places[~alone[slice(*self._range)]])

    def split(self) -> tuple[Windows, Windows]:
        """Return the centres of the first and of the second half of the text."""
        first, last = self._range
        middle = (first + last) // 2
        text = self._ids, self._offsets, self._window
        return Windows(*text, first, middle), Windows(*text, middle, last)

    def draw(self, n: int) -> Windows:
        """Keep n centres, always the same ones; return this object."""
        if n < len(self._places):
            chosen = np.random.default_rng(0).choice(self._places, n, replace=False)
            self._fill(np.sort(chosen))
        self._gather()
        return self

    def hidden(
        self, centre: NDArray[np.float32], part: slice, mean: bool
    ) -> NDArray[np.float32]:
        """Return the means, or sums, of the vectors of the outside words: (part, d)."""
        ends = np.cumsum(self.lengths)
        starts = ends - self.lengths
        first, last = starts[part][0], ends[part][-1]
        rows = centre[self.outside[first:last]]
        sums = np.add.reduceat(rows, starts[part] - first, axis=0)
        if mean:
            sums /= self.lengths[part, None]
        return np.asarray(sums, np.float32)

    def _fill(self, places: Int64s) -> None:
        if not len(places):
            raise ValueError(
                "the held-out text, or a half of it, has no two known words in one "
                "sentence: give a text with words of the training corpus"
            )
        self._places = places

    def _gather(self) -> None:
        """Collect the outside words of the centres."""
        places, window = self._places, self._window
        sentence = np.searchsorted(self._offsets, places, side="right") - 1
        low = np.maximum(places - window, self._offsets[sentence])
        high = np.minimum(places + window + 1, self._offsets[sentence + 1])
        spans = high - low
        # All places from low to high, one centre after the other.
        starts = np.repeat(low - (np.cumsum(spans) - spans), spans)
        around = starts + np.arange(spans.sum())
        others = around != np.repeat(places, spans)
        self.centres = self._ids[places].astype(np.int64)
        self.lengths = spans - 1
        self.outside = self._ids[around[others]].astype(np.int64)
