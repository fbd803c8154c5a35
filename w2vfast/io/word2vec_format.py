"""word2vec's text and binary formats, fastText's ``.vec`` and GloVe's text."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from w2vfast.io import word2vec_binary, word2vec_text
from w2vfast.io.atomic import StrPath, atomic
from w2vfast.io.errors import naming, refuse_foreign
from w2vfast.io.key_encoding import encode_keys
from w2vfast.runtime import row_blocks
from w2vfast.vectors.validation import Floats

WHITE_SPACE = frozenset(" \t\n\r\v\f")  # what separates fields in these formats
NO_HEADER = "expected a first line 'words dimensions', found {!r:.60}"


def write_word2vec(
    path: StrPath, keys: Sequence[str], vectors: Floats, binary: bool = False
) -> None:
    """
    Write word2vec's format: a line ``words dimensions``, then word and vector each.

    Parameters
    ----------
    path : path-like
        Written whole or not at all.
    keys : sequence of str
        V words.
    vectors : float32 array, shape (V, d)
        May be a view with gaps; copied one block of rows at a time.
    binary : bool, default False
        Little-endian float32 and a newline after each vector, as word2vec.c does;
        else decimal text with 9 digits, which read back as the same float32.

    Raises
    ------
    ValueError
        If a key is empty or holds white space; nothing is written then.
    """
    if vectors.ndim != 2 or len(keys) != len(vectors):
        raise ValueError(f"{len(keys)} keys for vectors of shape {vectors.shape}")
    heads = _heads(keys)
    rows = word2vec_binary if binary else word2vec_text
    with atomic(path) as file:
        file.write(b"%d %d\n" % vectors.shape)
        for block in row_blocks.row_blocks(vectors):
            rows.write_rows(file, heads[block], vectors[block])


def _heads(keys: Sequence[str]) -> list[bytes]:
    """Return each key with the space that ends it, if the format can hold them."""
    if "" in keys or not WHITE_SPACE.isdisjoint("".join(keys)):
        bad = next(k for k in keys if not k or not WHITE_SPACE.isdisjoint(k))
        raise ValueError(
            f"word2vec's formats can't hold the key {bad!r}, since white space "
            "separates their fields; save to a file that ends in .w2v"
        )
    return [key + b" " for key in encode_keys(keys)]


def read_word2vec(
    path: StrPath, binary: bool | None = None, limit: int | None = None
) -> tuple[list[str], Floats]:
    """
    Read word2vec's binary or text format, fastText's ``.vec`` or GloVe's text.

    Parameters
    ----------
    path : path-like
        The file.
    binary : bool, optional
        None, the default, finds out from the content.
    limit : int, optional
        Read only the first `limit` words.

    Returns
    -------
    keys : list of str
        V words; bytes that are no UTF-8 become surrogates (surrogateescape).
    vectors : float32 array, shape (V, d)
        Not checked for NaN.

    Raises
    ------
    ValueError
        If the file is damaged or something else; names the place.
    """
    if limit is not None and limit < 1:
        raise ValueError(f"limit={limit}: expected 1 or more words, or None for all")
    with Path(path).open("rb") as file, naming(path):
        return _read(file, os.fstat(file.fileno()).st_size, binary, limit)


def _read(
    file: BinaryIO, size: int, binary: bool | None, limit: int | None
) -> tuple[list[str], Floats]:
    words, columns, binary = _layout(file, binary)
    # A binary vector takes 4 d bytes, a number in text 2: don't believe more.
    if words * columns * (4 if binary else 2) > size:
        raise ValueError(
            f"the first line promises {words} vectors of {columns} numbers, more than "
            f"{size} bytes can hold; the file is cut or not of this format"
        )
    vectors = np.empty((min(words, limit or words), columns), np.float32)
    rows = word2vec_binary if binary else word2vec_text
    keys, rest = rows.read_rows(file, vectors)
    if len(vectors) == words and (rest + file.read(row_blocks.SIZE)).strip():
        raise ValueError(f"more data after the {words} vectors that line 1 promises")
    return keys, vectors


def _layout(file: BinaryIO, binary: bool | None) -> tuple[int, int, bool]:
    """Return words, dimensions and whether it is binary; go to the first word."""
    first = file.readline(row_blocks.SIZE)
    refuse_foreign(first)
    fields = first.split()
    if len(fields) == 2 and all(field.isdigit() for field in fields):
        words, columns = _header(first)
        if binary is None:
            binary = not word2vec_text.comes_next(file, columns)
        return words, columns, binary
    if binary:
        raise ValueError(NO_HEADER.format(first))
    columns = word2vec_text.count_numbers(first)
    file.seek(0)
    words = word2vec_text.count_lines(file)
    file.seek(0)
    return words, columns, False


def _header(line: bytes) -> tuple[int, int]:
    """Return words and dimensions."""
    if len(line) > 60:
        raise ValueError(NO_HEADER.format(line))
    words, columns = map(int, line.split())
    if not words or not columns:
        raise ValueError(f"{words} words of {columns} dimensions: nothing to read")
    return words, columns
