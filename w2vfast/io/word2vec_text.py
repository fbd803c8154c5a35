"""Rows of word2vec's, fastText's and GloVe's text: a word, then decimal numbers."""

from __future__ import annotations

import re
import warnings
from typing import BinaryIO

import numpy as np

from w2vfast.io.key_encoding import MAX_KEY_BYTES, decode_key
from w2vfast.runtime import row_blocks
from w2vfast.vectors.validation import Float32Array

NUMBER_PATTERN = re.compile(
    rb"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|[-+]?(nan|inf\w*)", re.I
)
MAX_NUMBER_BYTES = 64  # upper bound for one number and its separator


def write_rows(file: BinaryIO, prefixes: list[bytes], vectors: Float32Array) -> None:
    """Write each row of `vectors` after its prefix, an encoded key and a space."""
    line = b" ".join([b"%.9g"] * vectors.shape[1]) + b"\n"
    for prefix, vector in zip(prefixes, vectors, strict=True):
        file.write(prefix + line % tuple(vector.tolist()))


def read_rows(file: BinaryIO, vectors: Float32Array) -> tuple[list[str], bytes]:
    """
    Read lines until `vectors` is full.

    Parameters
    ----------
    file : binary file
        At the first word.
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
        If the file ends too early, or a line is not a word and d numbers.
    """
    keys: list[str] = []
    rest: list[bytes] = []
    dimensions = vectors.shape[1]
    while (n_read := len(keys)) < len(vectors):
        lines = file.readlines(row_blocks.SIZE)
        if not lines:
            raise ValueError(
                f"truncated: the file ends after {n_read} of {len(vectors)} vectors; "
                "copy or write it again"
            )
        rest = lines[len(vectors) - n_read :]
        numbers: list[bytes] = []
        for line in lines[: len(vectors) - n_read]:
            fields = _split_line(line, dimensions, len(keys) + 1)
            keys.append(decode_key(fields[0]))
            numbers += fields[1:]
        vectors[n_read : len(keys)] = _parse_numbers(numbers, dimensions, n_read)
    return keys, b"".join(rest)


def _split_line(line: bytes, dimensions: int, row_number: int) -> list[bytes]:
    """
    Split a line into the word and its numbers.

    The line is split from the right, because words of fastText and GloVe may contain
    spaces.
    """
    fields = line.rsplit(None, dimensions)
    key = fields[0].strip() if len(fields) > dimensions else b""
    # A word that ends in a number means that the line has too many numbers.
    if key and not (b" " in key and _is_number(key.split()[-1])):
        fields[0] = key
        return fields
    raise ValueError(
        f"vector {row_number}: expected a word and {dimensions} numbers, found "
        f"{len(line.split())} fields in {line!r:.60}"
    )


def _parse_numbers(numbers: list[bytes], dimensions: int, n_read: int) -> Float32Array:
    """Return decimal numbers as an array of shape (n, dimensions)."""
    try:
        with np.errstate(over="ignore"), warnings.catch_warnings():
            # Older NumPy only warns if a field is not a number.
            warnings.simplefilter("error", DeprecationWarning)
            values = np.fromstring(b" ".join(numbers), np.float32, sep=" ")
        return values.reshape(-1, dimensions)
    except (ValueError, DeprecationWarning):
        for i, field in enumerate(numbers):
            if not NUMBER_PATTERN.fullmatch(field):
                row_number = n_read + 1 + i // dimensions
                raise ValueError(
                    f"vector {row_number}: {field!r:.60} is not a number; expected "
                    "decimal numbers such as -1.5e-3"
                ) from None
        raise


def text_row_follows(file: BinaryIO, dimensions: int) -> bool:
    """Return whether the next line ends in `dimensions` decimal numbers."""
    start = file.tell()
    line = file.readline(MAX_KEY_BYTES + MAX_NUMBER_BYTES * dimensions)
    file.seek(start)
    numbers = line.split()[-dimensions:]
    return len(numbers) == dimensions and all(map(_is_number, numbers))


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def count_lines(file: BinaryIO) -> int:
    """Count the lines from the file's position; ignore blank lines at the end."""
    n_lines = n_newlines = 0
    while block := file.read(row_blocks.SIZE):
        if text := block.rstrip():
            n_lines = n_newlines + text.count(b"\n") + 1
        n_newlines += block.count(b"\n")
    return n_lines


def count_dimensions(first_line: bytes) -> int:
    """Return how many numbers end the first line of a text without a header."""
    fields = first_line.split()
    dimensions = 0
    while dimensions < len(fields) - 1 and _is_number(fields[-1 - dimensions]):
        dimensions += 1
    if not dimensions:
        raise ValueError(
            "expected a first line 'words dimensions' (word2vec) or a word and its "
            f"numbers (GloVe), found {first_line!r:.60}"
        )
    return dimensions
