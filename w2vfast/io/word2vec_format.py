"""word2vec's text and binary formats, fastText's ``.vec`` and GloVe's text."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence

from w2vfast.io import word2vec_binary, word2vec_text
from w2vfast.io.detect import Header, first_line, parse_header, strip_bom
from w2vfast.io.errors import reject_other_formats
from w2vfast.io.input import Input
from w2vfast.io.key_encoding import encode_keys
from w2vfast.io.limits import check_line_bytes
from w2vfast.io.open import Source, Target, open_input, open_output
from w2vfast.io.options import ReadOptions, drop_duplicates, warn_of_cut_words
from w2vfast.runtime import row_blocks
from w2vfast.vectors.validation import Float32Array
from w2vfast.wording import counted, quoted

WHITESPACE = re.compile(r"[ \t\n\r\v\f]")  # separates the fields of these formats


def write_word2vec(
    path: Target,
    keys: Sequence[str],
    vectors: Float32Array,
    binary: bool = False,
    header: bool = True,
) -> None:
    """
    Write word2vec's text or binary format, or GloVe's text.

    The first line is ``words dimensions``. One row for each word follows: the word,
    a space and the vector.

    Parameters
    ----------
    path : path-like, URL or binary file
        File to create or replace atomically. A suffix ``.gz``, ``.bz2``, ``.xz`` or
        ``.zst`` compresses it.
    keys : sequence of str, length V
        Not empty and without whitespace.
    vectors : float32 array, shape (V, d)
        Non-contiguous views are copied one block of rows at a time.
    binary : bool, default False
        True writes little-endian float32 and a newline after each vector, like
        word2vec.c. False writes decimal text with 9 digits; reading it gives the
        same float32 values.
    header : bool, default True
        False leaves out the first line, as in GloVe's text.

    Raises
    ------
    ValueError
        If the lengths differ, or a key is empty, contains whitespace or begins with a
        byte order mark. Nothing is written then.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import numpy as np
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
            f"{counted(len(keys), 'key')}, but vectors of shape {vectors.shape}; "
            "expected one row for each key"
        )
    prefixes = _encode_prefixes(keys)
    if not header:
        _check_first_row(prefixes, vectors)
    row_format = word2vec_binary if binary else word2vec_text
    with open_output(path) as file:
        if header:
            file.write(b"%d %d\n" % vectors.shape)
        row_format.write_rows(file, prefixes, vectors)


def _encode_prefixes(keys: Sequence[str]) -> list[bytes]:
    """Return each key as bytes with a space after it; reject whitespace in keys."""
    if "" in keys or WHITESPACE.search("".join(keys)):
        bad = next(key for key in keys if not key or WHITESPACE.search(key))
        raise ValueError(
            f"word2vec's formats can't store the key {bad!r}; expected keys that are "
            "not empty and contain no whitespace; save to a .w2v file instead"
        )
    return [key + b" " for key in encode_keys(keys)]


def _check_first_row(prefixes: list[bytes], vectors: Float32Array) -> None:
    """Raise ValueError if a reader would take the first row for something else."""
    if not len(vectors):
        raise ValueError("no vectors: a file without a header must have one or more")
    key = prefixes[0][:-1]
    if key.startswith(b"\xef\xbb\xbf"):
        raise ValueError(
            f"the first word {quoted(key)} begins with a byte order mark, which "
            "readers remove; write a format with a header, such as .vec"
        )
    if key.isdigit() and vectors.shape[1] == 1 and float(vectors[0, 0]).is_integer():
        raise ValueError(
            f"the first row, {key.decode()} {vectors[0, 0]:g}, looks like a header; "
            "write a format with a header, such as .vec"
        )


def read_word2vec(
    path: Source,
    binary: bool | None = None,
    limit: int | None = None,
    options: ReadOptions | None = None,
) -> tuple[list[str], Float32Array]:
    r"""
    Read word2vec's binary or text format, fastText's ``.vec`` or GloVe's text.

    Parameters
    ----------
    path : path-like, URL or binary file
        Compressed files are decompressed.
    binary : bool, optional
        True for binary, False for text. By default the content decides.
    limit : int, optional
        Read only the first `limit` words. By default all words are read.
    options : ReadOptions, optional
        The encoding and more; its `limit` is used if `limit` is not given.

    Returns
    -------
    keys : list of str, length V
        Bytes that are not UTF-8 become surrogates (surrogateescape), with a warning.
    vectors : float32 array, shape (V, d)
        May contain NaN and infinity.

    Warns
    -----
    UserWarning
        If the first line announces another number of words than the file has, or a
        word is not valid UTF-8.

    Raises
    ------
    ValueError
        If the file is damaged or has another format, or `limit` is below 1. The
        message names the file and the vector.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "glove.txt")
    ...     _ = path.write_text("the 0.5 -1\nof 2 3\n")
    ...     keys, vectors = read_word2vec(path)
    >>> keys, vectors.tolist()
    (['the', 'of'], [[0.5, -1.0], [2.0, 3.0]])
    """
    options = options or ReadOptions(limit)
    with open_input(path) as file:
        keys, vectors = read_word2vec_rows(file, binary, options)
        return drop_duplicates(keys, vectors, options.duplicates)[:2]


def read_word2vec_rows(
    file: Input, binary: bool | None, options: ReadOptions
) -> tuple[list[str], Float32Array]:
    """
    Read an opened file; see `read_word2vec`. Words that occur twice stay.

    Parameters
    ----------
    file : Input
        At its first byte.
    binary : bool, optional
    options : ReadOptions
    """
    reject_other_formats(file.peek(16))
    strip_bom(file)
    line = first_line(file)
    header = parse_header(line)
    if header is None:
        if binary:
            raise ValueError(
                f"expected a first line 'words dimensions', found {quoted(line)}; the "
                "file is damaged or not in word2vec's binary format"
            )
        keys, vectors = _read_without_header(file, line, options)
    else:
        keys, vectors = _read_with_header(file, line, header, binary, options)
    if options.errors == "surrogateescape":
        warn_of_cut_words(keys)
    return keys, vectors


def _read_without_header(
    file: Input, line: bytes, options: ReadOptions
) -> tuple[list[str], Float32Array]:
    """Read GloVe's text."""
    dimensions = word2vec_text.count_dimensions(line)
    if not dimensions:
        word2vec_text.reject_decimal_commas(line.split()[1:], 1)
        raise ValueError(
            "expected a first line 'words dimensions' (word2vec) or a word and its "
            f"numbers (GloVe), found {quoted(line)}; check the format of the file"
        )
    return word2vec_text.read_rows(file, dimensions, None, options)


def _read_with_header(
    file: Input, line: bytes, header: Header, binary: bool | None, options: ReadOptions
) -> tuple[list[str], Float32Array]:
    """Read a file whose first line announces its size."""
    file.read(len(line))
    n_words, dimensions = header
    row, next_row = _peek_rows(file, dimensions)
    is_text = word2vec_text.is_text_row(row, dimensions)
    # A newline among the bytes of a binary vector can make `row` look like text.
    also_text = not next_row or word2vec_text.is_text_row(next_row, dimensions)
    may_be_binary = word2vec_text.may_be_binary_row(row, dimensions)
    if binary and is_text and also_text and not may_be_binary:
        raise ValueError(
            "expected word2vec's binary format, but the line after the header is text; "
            "read the file as text (binary=False, format='word2vec-text' or a name "
            "that ends in .txt or .vec)"
        )
    if binary is None:
        binary = not is_text
    if binary:
        keys, vectors = word2vec_binary.read_rows(file, dimensions, n_words, options)
    else:
        keys, vectors = word2vec_text.read_rows(file, dimensions, n_words, options)
    _compare_counts(n_words, len(keys), options)
    return keys, vectors


def _peek_rows(file: Input, dimensions: int) -> tuple[bytes, bytes]:
    """
    Return the next two lines.

    The first one may be cut after as many bytes as a row of text can have. The second
    one is empty if the file ends before it, or if it is not complete in memory.
    """
    size = row_blocks.SIZE
    while True:
        data = file.peek(size)
        end = data.find(b"\n") + 1
        if end or len(data) < size:
            row = data[:end] if end else data
            next_end = data.find(b"\n", len(row)) + 1
            if len(data) < size:
                next_end = next_end or len(data)
            return row, data[len(row) : next_end]
        # A text row ends within 64 bytes for each number after its word.
        if b" " in data[: size - 64 * dimensions]:
            return data, b""
        check_line_bytes(size)
        size *= 2


def _compare_counts(announced: int, found: int, options: ReadOptions) -> None:
    """Warn if the header announces another number of words than the file has."""
    expected = int(min(announced, options.end))
    if found < expected or (found > announced and options.end > announced):
        warnings.warn(
            f"the first line announces {counted(announced, 'word')}, but the file has "
            f"{found:,}{'' if found < options.end else ' or more'}; read {found:,}; "
            "the file is incomplete or its first line is wrong",
            UserWarning,
            stacklevel=2,
        )
