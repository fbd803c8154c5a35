"""Rows of word2vec's, fastText's and GloVe's text: a word, then decimal numbers."""

from __future__ import annotations

import re
import warnings
from typing import BinaryIO

import numpy as np

from w2vfast.io.key_encoding import LONGEST_KEY, decode_key
from w2vfast.runtime import row_blocks
from w2vfast.vectors.validation import Floats

NUMBER = re.compile(rb"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|[-+]?(nan|inf\w*)", re.I)


def write_rows(file: BinaryIO, heads: list[bytes], rows: Floats) -> None:
    """Write lines of a head (a word and a space) and a row of `rows` each."""
    line = b" ".join([b"%.9g"] * rows.shape[1]) + b"\n"
    for head, row in zip(heads, rows, strict=True):
        file.write(head + line % tuple(row.tolist()))


def read_rows(file: BinaryIO, vectors: Floats) -> tuple[list[str], bytes]:
    """Fill `vectors`; return the words and what was read beyond."""
    keys: list[str] = []
    rest: list[bytes] = []
    while (done := len(keys)) < len(vectors):
        lines = file.readlines(row_blocks.SIZE)
        if not lines:
            raise ValueError(f"cut: it ends after {done} of {len(vectors)} vectors")
        rest = lines[len(vectors) - done :]
        numbers: list[bytes] = []
        for line in lines[: len(vectors) - done]:
            fields = _fields(line, vectors.shape[1], len(keys) + 1)
            keys.append(decode_key(fields[0]))
            numbers += fields[1:]
        vectors[done : len(keys)] = _parse(numbers, vectors.shape[1], done)
    return keys, b"".join(rest)


def _fields(line: bytes, columns: int, number: int) -> list[bytes]:
    """Split a line from the right, as fastText's and GloVe's words may hold spaces."""
    fields = line.rsplit(None, columns)
    key = fields[0].strip() if len(fields) > columns else b""
    if key and not (b" " in key and _is_number(key.split()[-1])):
        fields[0] = key
        return fields
    raise ValueError(
        f"vector {number}: expected a word and {columns} numbers, found "
        f"{len(line.split())} fields in {line!r:.60}"
    )


def _parse(numbers: list[bytes], columns: int, done: int) -> Floats:
    """Read decimal numbers."""
    try:
        with np.errstate(over="ignore"), warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)  # of older NumPy
            values = np.fromstring(b" ".join(numbers), np.float32, sep=" ")
        return values.reshape(-1, columns)
    except (ValueError, DeprecationWarning):
        for place, field in enumerate(numbers):
            if not NUMBER.fullmatch(field):
                row = done + 1 + place // columns
                raise ValueError(f"vector {row}: {field!r:.60} is no number") from None
        raise


def comes_next(file: BinaryIO, columns: int) -> bool:
    """Tell whether a word and `columns` decimal numbers come next."""
    start = file.tell()
    fields = file.readline(LONGEST_KEY + 64 * columns).split()[-columns:]
    file.seek(start)
    return len(fields) == columns and all(map(_is_number, fields))


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def count_lines(file: BinaryIO) -> int:
    """Count the lines from here to the last one that isn't blank."""
    lines = breaks = 0
    while block := file.read(row_blocks.SIZE):
        if text := block.rstrip():
            lines = breaks + text.count(b"\n") + 1
        breaks += block.count(b"\n")
    return lines


def count_numbers(line: bytes) -> int:
    """Return the dimension of headerless text: the numbers that end its first line."""
    fields = line.split()
    numbers = 0
    while numbers < len(fields) - 1 and _is_number(fields[-1 - numbers]):
        numbers += 1
    if not numbers:
        raise ValueError(
            "expected a first line 'words dimensions' (word2vec) or a word and its "
            f"numbers (GloVe), found {line!r:.60}"
        )
    return numbers
