"""Read keys, vectors and counts of every format."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from w2vfast.files.names import is_url
from w2vfast.io import (
    arrow_vectors,
    fasttext_binary,
    native_vectors,
    numpy_keys,
    static_embedding,
)
from w2vfast.io.atomic import StrPath
from w2vfast.io.compression import split_suffix
from w2vfast.io.detect import (
    CHECKPOINT_SUFFIX,
    READ_OPTION,
    detect_format,
    format_suffix,
)
from w2vfast.io.errors import error_context
from w2vfast.io.input import Input
from w2vfast.io.native_vectors import Counts
from w2vfast.io.open import (
    Source,
    open_input,
    source_name,
)
from w2vfast.io.options import (
    ReadOptions,
    drop_duplicates,
    round_to_datatype,
)
from w2vfast.io.word2vec_format import read_word2vec_rows
from w2vfast.vectors.validation import VectorArray


def read_vectors(
    path: Source,
    format: str | None = None,
    options: ReadOptions | None = None,
    mmap: bool = False,
) -> tuple[list[str], VectorArray, Counts | None]:
    """
    Read the keys, vectors and counts that `write_vectors` wrote.

    A model file (``.w2v``) works too: its centre vectors are returned.

    Parameters
    ----------
    path : path-like, URL or binary file
        The suffix selects the format, as in `write_vectors`. The content must agree
        with it; it alone decides for open files. A model file may have any other
        suffix, such as ``.ckpt``. A folder is a model folder.
    format : str, optional
        One of `detect.FORMATS`, instead of the suffix.
    options : ReadOptions, optional
    mmap : bool, default False
        Map the vectors of a ``.w2v`` file from disk instead of reading them.

    Returns
    -------
    keys : list of str
    vectors : float32 array, shape (V, d), or float16 if the options say so
    counts : int64 array, shape (V,), or None
        None if the file stores no counts. The caller must check that the lengths of
        the three agree.

    Raises
    ------
    ValueError
        If the suffix is unknown, the file is damaged, or suffix, option and content
        disagree.
    """
    options = options or ReadOptions()
    name = source_name(path)
    if name is not None and not is_url(name) and Path(name).is_dir():
        keys, vectors, counts = _read_folder(name, format, options)
    else:
        _check_name(path, format)
        with open_input(path) as file:
            chosen = detect_format(file, source_name(path), format)
            keys, vectors, counts = _read(file, chosen, options, mmap)
    if not isinstance(vectors, np.memmap):
        vectors = round_to_datatype(vectors, options.datatype)
    vectors = native_vectors.from_storage(vectors, options.dtype)
    keys, vectors, rows = drop_duplicates(keys, vectors, options.duplicates)
    if counts is not None and rows is not None:
        counts = counts[rows]
    return keys, vectors, counts


def _check_name(path: Source, format: str | None) -> None:
    """Raise ValueError about the suffix if there is no such file either."""
    name = source_name(path)
    if format is not None or name is None or is_url(name) or Path(name).exists():
        return
    if split_suffix(name)[0] == CHECKPOINT_SUFFIX:
        return  # the name is right: opening the file says that there is none
    with error_context(name):
        format_suffix(name, READ_OPTION)


def _read(
    file: Input, format: str, options: ReadOptions, mmap: bool
) -> tuple[list[str], VectorArray, Counts | None]:
    if mmap and format != "w2v":
        raise ValueError(
            f"mmap=True: {format} can't be mapped; convert the file to .w2v: "
            "w2vfast convert FILE FILE.w2v"
        )
    if format == "w2v":
        return native_vectors.read(file, options, mmap)
    if format == "npz":
        return numpy_keys.read(file, options)
    if format in ("parquet", "arrow"):
        return arrow_vectors.read(file, format, options)
    if format == "fasttext-binary":
        return fasttext_binary.read(file, options)
    binary = None
    if format != "word2vec":
        binary = format == "word2vec-binary"
    return *read_word2vec_rows(file, binary, options), None


def _read_folder(
    path: StrPath, format: str | None, options: ReadOptions
) -> tuple[list[str], VectorArray, Counts | None]:
    with error_context(os.fspath(path)):
        if format not in (None, "static-embedding"):
            raise ValueError(
                f"the format {format!r} was given, but this is a folder; expected a "
                "file, or the format 'static-embedding'"
            )
        return *static_embedding.read(path, options), None
