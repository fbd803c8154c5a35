"""word2vec's text and binary formats, fastText's ``.vec`` and GloVe's text."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from w2vfast.io import word2vec_binary, word2vec_text
from w2vfast.io.atomic import StrPath, atomic_write
from w2vfast.io.errors import error_context, reject_other_formats
from w2vfast.io.key_encoding import encode_keys
from w2vfast.runtime import row_blocks
from w2vfast.vectors.validation import Float32Array

WHITESPACE = frozenset(" \t\n\r\v\f")  # separates the fields of these formats
HEADER_EXPECTED = "expected a first line 'words dimensions', found {!r:.60}"
MAX_HEADER_BYTES = 60


def write_word2vec(
    path: StrPath, keys: Sequence[str], vectors: Float32Array, binary: bool = False
) -> None:
    """
    Write word2vec's text or binary format, atomically.

    The first line is ``words dimensions``. One row for each word follows: the word,
    a space and the vector.

    Parameters
    ----------
    path : path-like
        File to create or replace.
    keys : sequence of str, length V
        Not empty and without whitespace.
    vectors : float32 array, shape (V, d)
        Non-contiguous views are copied one block of rows at a time.
    binary : bool, default False
        True writes little-endian float32 and a newline after each vector, like
        word2vec.c. False writes decimal text with 9 digits; reading it gives the
        same float32 values.

    Raises
    ------
    ValueError
        If the lengths differ, or a key is empty or contains whitespace. Nothing is
        written then.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "vectors.txt")
    ...     write_word2vec(path, ["a", "b"], np.array([[1, 2], [3, 0.5]], np.float32))
    ...     print(path.read_text())
    2 2
    a 1 2
    b 3 0.5
    <BLANKLINE>
    """
    if vectors.ndim != 2 or len(keys) != len(vectors):
        raise ValueError(
            f"{len(keys)} keys, but vectors of shape {vectors.shape}; expected one row "
            "for each key"
        )
    prefixes = _encode_prefixes(keys)
    row_format = word2vec_binary if binary else word2vec_text
    with atomic_write(path) as file:
        file.write(b"%d %d\n" % vectors.shape)
        for block in row_blocks.row_blocks(vectors):
            row_format.write_rows(file, prefixes[block], vectors[block])


def _encode_prefixes(keys: Sequence[str]) -> list[bytes]:
    """Return each key as bytes with a space after it; reject whitespace in keys."""
    if "" in keys or not WHITESPACE.isdisjoint("".join(keys)):
        bad = next(key for key in keys if not key or not WHITESPACE.isdisjoint(key))
        raise ValueError(
            f"word2vec's formats can't store the key {bad!r}; expected keys that are "
            "not empty and contain no whitespace; save to a .w2v file instead"
        )
    return [key + b" " for key in encode_keys(keys)]


def read_word2vec(
    path: StrPath, binary: bool | None = None, limit: int | None = None
) -> tuple[list[str], Float32Array]:
    r"""
    Read word2vec's binary or text format, fastText's ``.vec`` or GloVe's text.

    Parameters
    ----------
    path : path-like
        The file.
    binary : bool, optional
        True for binary, False for text. By default the content decides.
    limit : int, optional
        Read only the first `limit` words. By default all words are read.

    Returns
    -------
    keys : list of str, length V
        Bytes that are not UTF-8 become surrogates (surrogateescape).
    vectors : float32 array, shape (V, d)
        May contain NaN and infinity.

    Raises
    ------
    ValueError
        If the file is damaged or has another format, or `limit` is below 1. The
        message names the file and the vector.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "glove.txt")
    ...     _ = path.write_text("the 0.5 -1\nof 2 3\n")
    ...     keys, vectors = read_word2vec(path)
    >>> keys, vectors.tolist()
    (['the', 'of'], [[0.5, -1.0], [2.0, 3.0]])
    """
    if limit is not None and limit < 1:
        raise ValueError(f"limit={limit}: expected 1 or more words, or None for all")
    with Path(path).open("rb") as file, error_context(path):
        return _read_file(file, os.fstat(file.fileno()).st_size, binary, limit)


def _read_file(
    file: BinaryIO, file_bytes: int, binary: bool | None, limit: int | None
) -> tuple[list[str], Float32Array]:
    n_words, dimensions, binary = _detect_layout(file, binary)
    # Check the announced size before allocating memory for it. A number takes 4 bytes
    # in a binary file and at least 2 in a text file.
    if n_words * dimensions * (4 if binary else 2) > file_bytes:
        raise ValueError(
            f"the first line announces {n_words} vectors of {dimensions} numbers, more "
            f"than {file_bytes} bytes can hold; the file is truncated or not in "
            "word2vec's format"
        )
    vectors = np.empty((min(n_words, limit or n_words), dimensions), np.float32)
    row_format = word2vec_binary if binary else word2vec_text
    keys, rest = row_format.read_rows(file, vectors)
    if len(vectors) == n_words and (rest + file.read(row_blocks.SIZE)).strip():
        raise ValueError(
            f"more data after the {n_words} vectors that the first line announces; the "
            "file is damaged or its first line is wrong"
        )
    return keys, vectors


def _detect_layout(file: BinaryIO, binary: bool | None) -> tuple[int, int, bool]:
    """
    Return the number of words, the dimensions and whether the file is binary.

    Afterwards `file` is at the first word.
    """
    first_line = file.readline(row_blocks.SIZE)
    reject_other_formats(first_line)
    fields = first_line.split()
    if len(fields) == 2 and all(field.isdigit() for field in fields):
        n_words, dimensions = _parse_header(first_line)
        if binary is None:
            binary = not word2vec_text.text_row_follows(file, dimensions)
        return n_words, dimensions, binary
    if binary:
        raise ValueError(HEADER_EXPECTED.format(first_line))
    # GloVe's text has no header.
    dimensions = word2vec_text.count_dimensions(first_line)
    file.seek(0)
    n_words = word2vec_text.count_lines(file)
    file.seek(0)
    return n_words, dimensions, False


def _parse_header(line: bytes) -> tuple[int, int]:
    """Return the number of words and the dimensions."""
    if len(line) > MAX_HEADER_BYTES:
        raise ValueError(HEADER_EXPECTED.format(line))
    n_words, dimensions = map(int, line.split())
    if not n_words or not dimensions:
        raise ValueError(
            f"{n_words} words of {dimensions} dimensions: nothing to read; expected 1 "
            "or more of each"
        )
    return n_words, dimensions
