"""Read word2vec's formats with gensim's options and errors."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from w2vfast.compat.gensim.key_table import Array
from w2vfast.compat.gensim.pickles import EXPORT_VECTORS, reject_pickle
from w2vfast.files.decompression import SUFFIXES, decompressed
from w2vfast.files.missing import open_file
from w2vfast.files.names import path_text
from w2vfast.files.signatures import is_safetensors
from w2vfast.io.atomic import StrPath
from w2vfast.io.options import ReadOptions
from w2vfast.io.word2vec_format import read_word2vec
from w2vfast.io.word2vec_text import is_text_row
from w2vfast.wording import counted, quoted

_BLOCK_BYTES = 1 << 20
_IF_TEXT = (
    "pass no_header=True for a text without this line, binary=True for a binary file"
)
_IF_BINARY = (
    "the file is damaged or has another format; pass binary=False for a text, with "
    "no_header=True if it has no such line"
)


def read_vectors(
    path: StrPath,
    binary: bool,
    encoding: str,
    unicode_errors: str,
    limit: int | None,
    no_header: bool,
) -> tuple[list[str], Array, int]:
    """
    Read keys and vectors.

    Parameters
    ----------
    path : path-like
        May end in .gz, .bz2, .xz or .zst.
    binary : bool
    encoding, unicode_errors : str
        How to decode the keys.
    limit : int or None
        Read only the first `limit` vectors.
    no_header : bool
        The file has no first line with its size (text only).

    Returns
    -------
    keys : list of str, length V
        Repeated keys occur as often as in the file.
    vectors : float32 array, (V, d)
    n_words : int
        Number of vectors that the header announces, or V without a header.

    Raises
    ------
    EOFError
        If the file has fewer vectors than its header announces.
    UnicodeDecodeError
        If a key cannot be decoded and `unicode_errors` is "strict".
    ValueError
        If the file has another format, or `encoding` is none of text files.
    """
    ReadOptions(encoding=encoding, errors=unicode_errors)  # checks them
    with _plain_file(path) as plain:
        announced = None if no_header else _announced_size(plain, binary)
        wanted = announced if limit is None else min(limit, announced or limit)
        try:
            raw_keys, vectors = _read_plain(plain, binary, limit)
        except ValueError as error:
            if not binary and _n_lines(plain) <= (wanted or 0):
                raise EOFError(
                    f"{path}: unexpected end of input; is the count in the first line "
                    f"({announced}) wrong, or the file incomplete?"
                ) from error
            raise
    if announced is not None and len(raw_keys) < (wanted or 0):
        raise EOFError(
            f"{path}: {counted(len(raw_keys), 'vector')}, but the first line announces "
            f"{announced:,}"
        )
    keys = [
        key.encode("utf-8", "surrogateescape").decode(encoding, unicode_errors)
        for key in raw_keys
    ]
    return keys, vectors, len(keys) if announced is None else announced


@contextmanager
def _plain_file(path: StrPath) -> Iterator[Path]:
    """Return the path of the decompressed file; a temporary one if necessary."""
    path = Path(path_text(path))
    if path.suffix.lower() not in SUFFIXES:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="w2vfast-") as folder:
        plain = Path(folder, path.stem)
        with open_file(path) as source, plain.open("wb") as target:
            for block in decompressed(source, path, _BLOCK_BYTES):
                target.write(block)
        yield plain


def _announced_size(path: Path, binary: bool) -> int:
    with open_file(path) as file:
        start = file.read(16)
        if is_safetensors(start):
            raise ValueError(
                f"{path}: not word2vec's format, but w2vfast's own: KeyedVectors.load "
                "reads it"
            )
        reject_pickle(path, start, EXPORT_VECTORS)
        file.seek(0)
        fields = file.readline(_BLOCK_BYTES).split()
    if len(fields) != 2 or not all(field.isdigit() for field in fields):
        first = b" ".join(fields)
        raise ValueError(
            f"{path}: expected a first line 'words dimensions', found {quoted(first)}; "
            + (_IF_BINARY if binary else _IF_TEXT)
        )
    return int(fields[0])


def _n_lines(path: Path) -> int:
    """Return the number of lines of a text, the header included."""
    with open_file(path) as file:
        return sum(1 for _ in file)


def _read_plain(
    path: Path, binary: bool, limit: int | None
) -> tuple[list[str], npt.NDArray[np.float32]]:
    try:
        with warnings.catch_warnings():
            # A wrong count in the header raises EOFError here, as in gensim.
            warnings.simplefilter("ignore", UserWarning)
            return read_word2vec(path, binary, limit)
    except ValueError:
        if not binary or _first_row_is_text(path):
            raise
    return _read_binary_with_newlines(path, limit)


def _first_row_is_text(path: Path) -> bool:
    """Return whether the line after the header is a word and decimal numbers."""
    with open_file(path) as file:
        dimensions = int(file.readline(_BLOCK_BYTES).split()[1])
        return is_text_row(file.readline(_BLOCK_BYTES), dimensions)


def _read_binary_with_newlines(
    path: Path, limit: int | None
) -> tuple[list[str], npt.NDArray[np.float32]]:
    """
    Read a binary file in which any number of newlines may precede a key.

    gensim ignores these newlines. The native reader rejects them, because they often
    mean that a file is damaged.

    Raises
    ------
    EOFError
        If the file ends too early.
    """
    with open_file(path) as file:
        n_words, dimensions = map(int, file.readline(_BLOCK_BYTES).split())
        size = 4 * dimensions
        keys: list[bytes] = []
        rows: list[bytes] = []
        data = b""
        n_wanted = n_words if limit is None else min(limit, n_words)
        while len(keys) < n_wanted:
            end = data.find(b" ")
            if end < 0 or end + 1 + size > len(data):
                block = file.read(max(_BLOCK_BYTES, size))
                if not block:
                    raise EOFError(
                        f"{path}: unexpected end of input after {len(keys):,} of "
                        f"{counted(n_words, 'vector')}; is the count or the file "
                        "incomplete?"
                    )
                data += block
                continue
            keys.append(data[:end].lstrip(b"\n"))
            rows.append(data[end + 1 : end + 1 + size])
            data = data[end + 1 + size :]
    vectors = np.frombuffer(b"".join(rows), "<f4").reshape(-1, dimensions)
    return [key.decode("utf-8", "surrogateescape") for key in keys], vectors


def read_counts(path: StrPath, encoding: str, unicode_errors: str) -> dict[str, int]:
    """Return the counts in a file with lines ``word count``."""
    ReadOptions(encoding=encoding, errors=unicode_errors)  # checks them
    with _plain_file(path) as plain, plain.open("rb") as file:
        lines = [line.decode(encoding, unicode_errors).split() for line in file]
    for number, fields in enumerate(lines, 1):
        if fields and not (len(fields) > 1 and fields[1].isdecimal()):
            raise ValueError(
                f"{path}, line {number}: {quoted(' '.join(fields), 80)}: expected a "
                "word and its count, as in the file that "
                "save_word2vec_format(fvocab=…) writes"
            )
    return {fields[0]: int(fields[1]) for fields in lines if fields}


def distinct(keys: list[str]) -> list[int]:
    """Return the positions of the first occurrences of keys."""
    first: dict[str, int] = {}
    for position, key in enumerate(keys):
        first.setdefault(key, position)
    return list(first.values())
