"""A fingerprint of an encoded corpus: a run resumes only on the same one."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BLOCK = 1 << 24  # items; a checksum of larger blocks reacts late to Ctrl-C


class Fingerprint:
    """
    Checksums of the ids and of the sentence offsets of a corpus.

    They are computed when they are first needed, at about a gigabyte per second.
    Ordinary training never needs them.

    Parameters
    ----------
    arrays : tuple of int32 and int64 arrays, optional
        Ids and offsets. They are kept until the text is computed.
    text : str
        The result, if it is known: 16 hexadecimal digits. Models that older versions
        saved have "", which stands for any corpus.
    """

    def __init__(
        self, arrays: tuple[NDArray[Any], ...] | None = None, text: str = ""
    ) -> None:
        self._arrays = arrays
        self._text = text

    @property
    def text(self) -> str:
        """The checksums as text, or "" if they are unknown."""
        arrays = self._arrays
        if arrays is not None and not self._text:
            self._text = "".join(f"{_checksum(array):08x}" for array in arrays)
        return self._text

    def compute(self) -> None:
        """Compute the text now; after `forget` it is too late."""
        self._text = self.text

    def forget(self) -> None:
        """Release the arrays; the text stays if it was computed."""
        self._arrays = None

    def matches(self, other: Fingerprint) -> bool:
        """Return whether both stand for the same corpus, or one of them for any."""
        if self._arrays is not None and other._arrays is not None:
            pairs = zip(self._arrays, other._arrays, strict=True)
            if all(mine is theirs for mine, theirs in pairs):
                return True
        return not (self.text and other.text) or self.text == other.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fingerprint) and self.text == other.text

    __hash__: None  # type: ignore[assignment]  # by Python, because of __eq__

    def __repr__(self) -> str:
        return f"Fingerprint({self._text!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy the text alone, without the corpus."""
        return Fingerprint, (None, self.text)


def _checksum(array: NDArray[Any]) -> int:
    """Return the CRC-32 of the bytes of an array, little-endian."""
    crc = 0
    for start in range(0, len(array), _BLOCK):
        block = array[start : start + _BLOCK]
        little = block.astype(block.dtype.newbyteorder("<"), "C", copy=False)
        crc = zlib.crc32(little.view(np.uint8).data, crc)
    return crc
