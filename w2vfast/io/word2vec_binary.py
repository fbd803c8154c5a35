"""Rows of word2vec's binary format: a word, a space, float32 values, a newline."""

from __future__ import annotations

from itertools import chain
from typing import BinaryIO

import numpy as np

from w2vfast.io.key_encoding import MAX_KEY_BYTES, decode_key
from w2vfast.runtime import row_blocks
from w2vfast.vectors.validation import Float32Array


def write_rows(file: BinaryIO, prefixes: list[bytes], vectors: Float32Array) -> None:
    """Write each row of `vectors` after its prefix, an encoded key and a space."""
    vectors = np.ascontiguousarray(vectors, "<f4")
    values = vectors.view(f"V{4 * vectors.shape[1]}")[:, 0].tolist()
    newlines = [b"\n"] * len(prefixes)
    file.write(b"".join(chain(*zip(prefixes, values, newlines, strict=True))))


def read_rows(file: BinaryIO, vectors: Float32Array) -> tuple[list[str], bytes]:
    """
    Read rows until `vectors` is full.

    Parameters
    ----------
    file : binary file
        At the first key.
    vectors : float32 array, shape (V, d)
        Receives the vectors.

    Returns
    -------
    keys : list of str, length V
    rest : bytes
        Bytes that were read after the last vector.

    Raises
    ------
    ValueError
        If the file ends too early, or a key is empty or contains a newline.
    """
    keys: list[str] = []
    vector_bytes = 4 * vectors.shape[1]
    has_newlines = _newline_follows_vector(file, vector_bytes)
    # Put a newline before the first key too, so that all keys begin the same way.
    data = b"\n" if has_newlines else b""
    while (n_read := len(keys)) < len(vectors):
        block = file.read(max(row_blocks.SIZE, vector_bytes))
        if not block:
            raise ValueError(
                f"truncated: the file ends after {n_read} of {len(vectors)} vectors; "
                "copy or write it again"
            )
        data += block
        n_missing = len(vectors) - n_read
        encoded_keys, starts, end = _find_rows(data, vector_bytes, n_missing)
        if encoded_keys:
            new = slice(n_read, n_read + len(starts))
            vectors[new] = _gather_vectors(data, starts, vector_bytes)
            keys += _decode_keys(encoded_keys, has_newlines, n_read)
        data = data[end:]
    return keys, data


def _gather_vectors(data: bytes, starts: list[int], vector_bytes: int) -> Float32Array:
    """Return the vectors that begin at `starts`, as an array of shape (n, d)."""
    n_positions = len(data) - vector_bytes + 1
    # One overlapping item per byte position, so that one index gathers all vectors.
    items = np.ndarray(n_positions, f"V{vector_bytes}", buffer=data, strides=(1,))
    return items[starts].view("<f4").reshape(len(starts), -1)


def _newline_follows_vector(file: BinaryIO, vector_bytes: int) -> bool:
    """Return whether a newline follows the first vector, hence each vector."""
    start = file.tell()
    data = file.read(MAX_KEY_BYTES + vector_bytes)
    file.seek(start)
    end = data.find(b" ") + 1 + vector_bytes
    return data[end : end + 1] == b"\n"


def _find_rows(
    data: bytes, vector_bytes: int, max_rows: int
) -> tuple[list[bytes], list[int], int]:
    """
    Find the complete rows in `data`.

    Returns
    -------
    encoded_keys : list of bytes, at most `max_rows`
    starts : list of int
        Where the vector of each key begins.
    end : int
        Where the last vector ends.
    """
    encoded_keys: list[bytes] = []
    starts: list[int] = []
    end, last_start = 0, len(data) - vector_bytes
    for _ in range(max_rows):
        start = data.find(b" ", end) + 1
        if not 0 < start <= last_start:
            break
        encoded_keys.append(data[end : start - 1])
        starts.append(start)
        end = start + vector_bytes
    if len(encoded_keys) < max_rows and last_start - end > MAX_KEY_BYTES:
        raise ValueError(
            f"no word ends within {MAX_KEY_BYTES} bytes from {data[end:]!r:.60}; the "
            "file is damaged or not in word2vec's binary format"
        )
    return encoded_keys, starts, end


def _decode_keys(
    encoded_keys: list[bytes], has_newlines: bool, n_read: int
) -> list[str]:
    """
    Decode keys; raise ValueError if one is empty or contains a newline.

    Such a key means that a vector did not end where the next key was expected.

    Parameters
    ----------
    encoded_keys : list of bytes
        Each begins with a newline if `has_newlines`.
    has_newlines : bool
        Whether the file has a newline after each vector.
    n_read : int
        Number of rows read before, for the error message.
    """
    joined = b" ".join(encoded_keys)
    separator = " \n" if has_newlines else " "
    keys = decode_key(joined).removeprefix("\n").split(separator)
    n_newlines = len(encoded_keys) if has_newlines else 0
    if (
        len(keys) == len(encoded_keys)
        and "" not in keys
        and joined.count(b"\n") == n_newlines
    ):
        return keys
    for i, encoded in enumerate(encoded_keys):
        if len(encoded) <= has_newlines or encoded.rfind(b"\n") != has_newlines - 1:
            n_read += i
            break
    raise ValueError(
        f"vector {n_read + 1}: expected a word, found {encoded!r:.60}; the file is "
        "damaged, or a word before it holds a space"
    )
