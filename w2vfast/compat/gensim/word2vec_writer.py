"""Write word2vec's formats with gensim's options."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from w2vfast.compat.gensim.key_table import Array
from w2vfast.files.decompression import SUFFIXES
from w2vfast.files.names import path_text
from w2vfast.io import word2vec_binary, word2vec_text
from w2vfast.io.atomic import StrPath, atomic_write
from w2vfast.io.checkpoint_mark import saving
from w2vfast.io.word2vec_format import WHITESPACE
from w2vfast.runtime.row_blocks import row_blocks

_BLOCK_BYTES = 1 << 20


def write_counts(
    path: StrPath, prefix: str, keys: list[Any], counts: list[Any]
) -> None:
    """Write lines ``word count``."""
    text = "".join(
        f"{prefix}{key} {count}\n" for key, count in zip(keys, counts, strict=True)
    )
    with saving(path), atomic_write(path) as file:
        file.write(text.encode("utf-8", "surrogateescape"))


def write_vectors(
    path: StrPath,
    keys: list[str],
    vectors: Array,
    binary: bool,
    header: str | None,
    append: bool,
) -> None:
    """
    Write keys and vectors.

    Parameters
    ----------
    path : path-like
        May end in .gz, .bz2 or .xz.
    keys : list of str, length V
        Without white space.
    vectors : array, (V, d)
    binary : bool
    header : str or None
        The first line; None for none.
    append : bool
        Keep the content of an existing file, and add to it. The file is copied: it is
        replaced when the new one is complete.

    Raises
    ------
    ValueError
        If a key is empty or contains white space, which these formats cannot store.
    """
    for key in keys:
        if not key or WHITESPACE.search(key):
            raise ValueError(
                f"word2vec's formats can't store the key {key!r}: expected keys "
                "without white space; use save() instead"
            )
    prefixes = [key.encode("utf-8", "surrogateescape") + b" " for key in keys]
    rows = word2vec_binary if binary else word2vec_text
    with _open_for_writing(path, append) as file:
        if header is not None:
            file.write(f"{header}\n".encode())
        for block in row_blocks(vectors):
            rows.write_rows(
                file, prefixes[block], vectors[block].astype(np.float32, copy=False)
            )


@contextmanager
def _open_for_writing(path: StrPath, append: bool) -> Iterator[BinaryIO]:
    suffix = Path(path_text(path)).suffix.lower()
    if suffix == ".zst":
        raise ValueError(
            f"{os.fspath(path)}: expected .gz, .bz2, .xz or no compression"
        )
    with saving(path), atomic_write(path) as file:
        if append and Path(path).is_file():
            with Path(path).open("rb") as old:
                shutil.copyfileobj(old, file, _BLOCK_BYTES)
        with _compressed(file, suffix) as stream:
            yield stream


@contextmanager
def _compressed(file: BinaryIO, suffix: str) -> Iterator[BinaryIO]:
    if suffix not in SUFFIXES:
        yield file
        return
    module: Any = import_module(SUFFIXES[suffix])
    with module.open(file, "wb") as stream:
        yield stream
