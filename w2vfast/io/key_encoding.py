"""Encode keys as bytes, in the same way for every file format."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt


def encode_keys(keys: Sequence[str]) -> list[bytes]:
    r"""
    Encode each key as UTF-8, with surrogateescape for bytes that are not UTF-8.

    Parameters
    ----------
    keys : sequence of str

    Returns
    -------
    list of bytes
        `decode_key` turns each item back into its key.

    Raises
    ------
    ValueError
        If decoding the bytes would not give the key.

    Examples
    --------
    >>> encode_keys(["café", "\udcff"])
    [b'caf\xc3\xa9', b'\xff']
    """
    with suppress(UnicodeEncodeError):
        return [key.encode() for key in keys]
    encoded = [key.encode("utf-8", "surrogatepass") for key in keys]
    for i, key in enumerate(keys):
        with suppress(UnicodeEncodeError):
            encoded[i] = key.encode("utf-8", "surrogateescape")
        if decode_key(encoded[i]) != key:
            raise ValueError(
                f"key {key!r} contains a surrogate that represents no byte; expected "
                "Unicode text, or bytes decoded with errors='surrogateescape'"
            )
    return encoded


def decode_key(data: bytes) -> str:
    """Decode UTF-8; each byte that is not UTF-8 becomes one surrogate."""
    return data.decode("utf-8", "surrogateescape")


def pack_keys(
    keys: Sequence[str],
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """
    Concatenate keys into one array of bytes.

    Parameters
    ----------
    keys : sequence of str, length V

    Returns
    -------
    key_bytes : uint8 array, shape (total bytes,)
        The encoded keys, one after the other.
    offsets : int64 array, shape (V + 1,)
        The bytes of key i are ``key_bytes[offsets[i]:offsets[i + 1]]``.

    Raises
    ------
    ValueError
        If a key cannot be encoded; see `encode_keys`.

    Examples
    --------
    >>> key_bytes, offsets = pack_keys(["to", "be"])
    >>> key_bytes.tobytes(), offsets.tolist()
    (b'tobe', [0, 2, 4])
    >>> unpack_keys(key_bytes, offsets)
    ['to', 'be']
    """
    encoded = encode_keys(keys)
    offsets = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum(list(map(len, encoded)), out=offsets[1:])
    return np.frombuffer(b"".join(encoded), np.uint8), offsets


def unpack_keys(key_bytes: npt.NDArray[Any], offsets: npt.NDArray[Any]) -> list[str]:
    """
    Return the keys that `pack_keys` concatenated.

    Parameters
    ----------
    key_bytes : uint8 array, shape (total bytes,)
    offsets : int64 array, shape (V + 1,)

    Returns
    -------
    list of str, length V

    Raises
    ------
    ValueError
        If a data type, a shape or the offsets are wrong.
    """
    if key_bytes.dtype != np.uint8 or key_bytes.ndim != 1:
        raise ValueError(
            f"keys: expected uint8 of shape (bytes,), found {key_bytes.dtype} of shape "
            f"{key_bytes.shape}"
        )
    if offsets.dtype != np.int64 or offsets.ndim != 1 or len(offsets) == 0:
        raise ValueError(
            f"key offsets: expected int64 of shape (keys + 1,), found {offsets.dtype} "
            f"of shape {offsets.shape}"
        )
    n_bytes = len(key_bytes)
    if offsets[0] != 0 or offsets[-1] != n_bytes or (np.diff(offsets) < 0).any():
        raise ValueError(
            f"key offsets: expected ascending values from 0 to {n_bytes}, the number "
            "of key bytes"
        )
    bounds = _character_bounds(key_bytes, offsets)
    data = key_bytes.tobytes()
    if bounds is not None:
        with suppress(UnicodeDecodeError):
            text = data.decode()  # once for all keys, which is several times faster
            return [text[start:end] for start, end in pairwise(bounds)]
    return [decode_key(data[start:end]) for start, end in pairwise(offsets.tolist())]


def _character_bounds(
    key_bytes: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]
) -> list[int] | None:
    """Return the offsets in characters, or None if a key begins within a character."""
    lengths = np.diff(offsets)
    starts_character = (key_bytes & 0xC0) != 0x80
    has_bytes = lengths > 0
    firsts = offsets[:-1][has_bytes]
    if not starts_character[firsts].all():
        return None
    lengths[has_bytes] = np.add.reduceat(starts_character, firsts, dtype=np.int64)
    return [0, *np.cumsum(lengths).tolist()]
