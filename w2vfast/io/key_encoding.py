"""Keys as bytes: one encoding for every file format."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

LONGEST_KEY = 1 << 16  # bytes; a longer "word" means that a file is something else


def encode_keys(keys: Sequence[str]) -> list[bytes]:
    """
    Return the bytes of each key: UTF-8, odd bytes kept by surrogateescape.

    Raises
    ------
    ValueError
        If the bytes would not read back as the key.
    """
    with suppress(UnicodeEncodeError):
        return [key.encode() for key in keys]
    encoded = [key.encode("utf-8", "surrogatepass") for key in keys]
    for place, key in enumerate(keys):
        with suppress(UnicodeEncodeError):
            encoded[place] = key.encode("utf-8", "surrogateescape")
        if decode_key(encoded[place]) != key:
            raise ValueError(f"key {key!r} holds a surrogate that stands for no byte")
    return encoded


def decode_key(data: bytes) -> str:
    """Return the text of `data`; bytes that are no UTF-8 become surrogates."""
    return data.decode("utf-8", "surrogateescape")


def pack_keys(
    keys: Sequence[str],
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """
    Join strings to one array of bytes.

    Parameters
    ----------
    keys : sequence of str
        V strings.

    Returns
    -------
    blob : uint8 array, shape (bytes,)
        All keys, one after the other.
    offsets : int64 array, shape (V + 1,)
        Key i is ``blob[offsets[i]:offsets[i + 1]]``.
    """
    encoded = encode_keys(keys)
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum(list(map(len, encoded)), out=offsets[1:])
    return np.frombuffer(b"".join(encoded), np.uint8), offsets


def unpack_keys(blob: npt.NDArray[Any], offsets: npt.NDArray[Any]) -> list[str]:
    """
    Return the strings that `pack_keys` joined.

    Raises
    ------
    ValueError
        If the arrays can't have come from `pack_keys`.
    """
    if blob.dtype != np.uint8 or blob.ndim != 1:
        raise ValueError(f"keys: expected bytes, found {blob.dtype} {blob.shape}")
    if offsets.dtype != np.int64 or offsets.ndim != 1 or len(offsets) == 0:
        raise ValueError(
            f"key offsets: expected int64 (keys + 1,), found {offsets.dtype} "
            f"{offsets.shape}"
        )
    if offsets[0] != 0 or offsets[-1] != len(blob) or (np.diff(offsets) < 0).any():
        raise ValueError(f"key offsets don't rise from 0 to {len(blob)}")
    data, ends = blob.tobytes(), offsets.tolist()
    return [decode_key(data[a:b]) for a, b in pairwise(ends)]
