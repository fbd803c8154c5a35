"""A compact store of words."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]


class PackedWords:
    """
    Many words in little memory: one array of bytes, decoded on demand.

    Parameters
    ----------
    text : uint8, (bytes,)
        All words in UTF-8, concatenated.
    offsets : int64, (words + 1,)
        Where each word starts in `text`; the last entry is the end.
    errors : str
        How the codec treats bytes that are not UTF-8: "surrogateescape" for words
        from files, "surrogatepass" for Python strings. Both lose nothing.
    """

    def __init__(
        self, text: npt.NDArray[np.uint8], offsets: Int64s, errors: str
    ) -> None:
        self._text = text
        self._offsets = offsets
        self._errors = errors

    @classmethod
    def pack(cls, words: Iterable[str]) -> PackedWords:
        """Encode Python strings."""
        encoded = [word.encode("utf-8", "surrogatepass") for word in words]
        offsets = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, encoded), np.int64), out=offsets[1:])
        text = np.frombuffer(b"".join(encoded), np.uint8)
        return cls(text, offsets, "surrogatepass")

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def decode(self, stop: int | None = None) -> list[str]:
        """Return the first `stop` words, or all."""
        bounds = self._offsets[slice(None if stop is None else stop + 1)].tolist()
        text = self._text[: bounds[-1]].tobytes()
        return [
            text[start:end].decode("utf-8", self._errors)
            for start, end in pairwise(bounds)
        ]
