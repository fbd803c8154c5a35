"""Rows of word2vec's binary format: a word, a space, float32 values, a newline."""

from __future__ import annotations

from itertools import chain
from typing import BinaryIO

import numpy as np

from w2vfast.io.growing_rows import GrowingRows
from w2vfast.io.input import Input
from w2vfast.io.limits import check_line_bytes
from w2vfast.io.options import ReadOptions
from w2vfast.runtime import row_blocks
from w2vfast.vectors.validation import Float32Array
from w2vfast.wording import counted, quoted

#: A longer "word" at the end of a file probably means another format.
LONG_KEY_BYTES = 1 << 16


def write_rows(file: BinaryIO, prefixes: list[bytes], vectors: Float32Array) -> None:
    """Write each row of `vectors` after its prefix, an encoded key and a space."""
    for block in row_blocks.row_blocks(vectors):
        rows = np.ascontiguousarray(vectors[block], "<f4")
        values = rows.view(f"V{4 * rows.shape[1]}")[:, 0].tolist()
        newlines = [b"\n"] * len(rows)
        file.write(
            b"".join(chain(*zip(prefixes[block], values, newlines, strict=True)))
        )


def read_rows(
    file: Input, dimensions: int, announced: int, options: ReadOptions
) -> tuple[list[str], Float32Array]:
    """
    Read rows to the end of the file, or to the limit.

    Parameters
    ----------
    file : Input
        At the first key.
    dimensions : int
        Numbers of a row.
    announced : int
        Number of rows according to the header.
    options : ReadOptions

    Returns
    -------
    keys : list of str, length V
    vectors : float32 array, shape (V, d)

    Raises
    ------
    ValueError
        If the file ends within a row, or a key is empty or contains a newline.
    """
    keys: list[str] = []
    vector_bytes = 4 * dimensions
    has_newlines = _newline_follows_vector(file, vector_bytes, announced)
    rows = GrowingRows(dimensions, _expected(file, dimensions, announced, options))
    # Put a newline before the first key too, so that all keys begin the same way.
    data = b"\n" if has_newlines else b""
    size = max(row_blocks.SIZE, vector_bytes)
    while len(keys) < options.end:
        block = file.read(size)
        data += block
        max_rows = int(min(options.end - len(keys), len(data)))
        encoded_keys, starts, end = _find_rows(data, vector_bytes, max_rows)
        if encoded_keys:
            n_read = len(keys)
            array = rows.reserve(n_read + len(starts))
            array[n_read : n_read + len(starts)] = _gather_vectors(
                data, starts, vector_bytes
            )
            keys += _decode_keys(encoded_keys, has_newlines, n_read, options)
        else:  # a key is longer than a block
            check_line_bytes(len(data) - vector_bytes)
            size = max(size, len(data))
        data = data[end:]
        if not block:
            _check_rest(data, len(keys), announced, vector_bytes)
            break
    return keys, rows.take(len(keys))


def _expected(
    file: Input, dimensions: int, announced: int, options: ReadOptions
) -> int | None:
    """Return the number of rows to read, if the size of the file is known."""
    if file.remaining is None:
        return None
    # A row has at least one byte of a key and a space.
    possible = file.remaining // (4 * dimensions + 2)
    return int(min(announced, possible, options.end))


def _check_rest(data: bytes, n_read: int, announced: int, vector_bytes: int) -> None:
    """Raise ValueError if bytes are left that are not a whole row."""
    if not data.strip():
        if not n_read:
            raise ValueError("no vectors after the first line; copy or write it again")
        return
    if n_read >= announced:
        raise ValueError(
            f"more data after {counted(n_read, 'vector')}, but not a whole vector; the "
            "file is damaged or its first line is wrong"
        )
    if data.find(b" ") < 0 and len(data) > vector_bytes + LONG_KEY_BYTES:
        raise ValueError(
            f"no word ends in the {len(data):,} bytes from {quoted(data)}; the file is "
            "damaged or not in word2vec's binary format"
        )
    raise ValueError(
        f"truncated: the file ends after {n_read:,} of {counted(announced, 'vector')}, "
        "within a vector; copy or write it again"
    )


def _gather_vectors(data: bytes, starts: list[int], vector_bytes: int) -> Float32Array:
    """Return the vectors that begin at `starts`, as an array of shape (n, d)."""
    n_positions = len(data) - vector_bytes + 1
    # One overlapping item per byte position, so that one index gathers all vectors.
    items = np.ndarray(n_positions, f"V{vector_bytes}", buffer=data, strides=(1,))
    return items[starts].view("<f4").reshape(len(starts), -1)


def _newline_follows_vector(file: Input, vector_bytes: int, announced: int) -> bool:
    """Return whether a newline follows the first vector, hence each vector."""
    if file.remaining is not None and file.remaining < vector_bytes:
        data = b""
    else:
        size = row_blocks.SIZE + vector_bytes
        data = file.peek(size)
        while b" " not in data and len(data) == size:
            check_line_bytes(size - vector_bytes)
            size *= 2
            data = file.peek(size)
        if data.find(b" ") + 1 + vector_bytes > len(data):
            data = file.peek(len(data) + vector_bytes + 1)
    if len(data) < vector_bytes:
        raise ValueError(
            f"truncated: the first line announces {counted(announced, 'vector')} of "
            f"{counted(vector_bytes, 'byte')}, more than the rest of the file can "
            "hold; copy or write it again"
        )
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
    return encoded_keys, starts, end


def _decode_keys(
    encoded_keys: list[bytes], has_newlines: bool, n_read: int, options: ReadOptions
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
    options : ReadOptions
    """
    for i, encoded in enumerate(encoded_keys):
        if len(encoded) <= has_newlines or encoded.rfind(b"\n") != has_newlines - 1:
            raise ValueError(
                f"vector {n_read + i + 1}: expected a word, found {quoted(encoded)}; "
                "the file is damaged, or a word before it holds a space"
            )
    if has_newlines:
        encoded_keys = [encoded[1:] for encoded in encoded_keys]
    return options.decode(encoded_keys)
