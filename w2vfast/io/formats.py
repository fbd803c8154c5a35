"""Read and write keys, vectors and counts in every format."""

from __future__ import annotations

import os
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt

from w2vfast.files.arrow_checks import arrow
from w2vfast.files.names import is_url
from w2vfast.io import (
    arrow_vectors,
    fasttext_binary,
    native_vectors,
    numpy_keys,
    static_embedding,
)
from w2vfast.io.atomic import StrPath
from w2vfast.io.checkpoint_mark import saving
from w2vfast.io.compression import compressed, split_suffix
from w2vfast.io.detect import (
    CHECKPOINT_SUFFIX,
    FORMATS,
    READ_OPTION,
    SUFFIX_FORMATS,
    WRITE_OPTION,
    detect_format,
    format_suffix,
)
from w2vfast.io.errors import error_context
from w2vfast.io.input import Input
from w2vfast.io.native_vectors import Counts
from w2vfast.io.open import (
    Source,
    Target,
    display_name,
    open_input,
    source_name,
)
from w2vfast.io.options import (
    ReadOptions,
    datatype_name,
    drop_duplicates,
    round_to_datatype,
)
from w2vfast.io.word2vec_format import read_word2vec_rows, write_word2vec
from w2vfast.vectors.validation import Float32Array, VectorArray

#: Suffixes of formats that cannot store a whole model.
VECTOR_SUFFIXES = (
    ".bin", ".txt", ".vec", ".npz", ".parquet", ".arrow", ".feather"
)  # fmt: skip
#: Formats that can be written, and whether they can store float16.
WRITABLE = {
    "word2vec-binary": False,
    "word2vec-text": False,
    "glove": False,
    "w2v": True,
    "npz": True,
    "parquet": True,
    "arrow": True,
    "static-embedding": True,
}


def write_vectors(
    path: Target,
    keys: Sequence[str],
    vectors: VectorArray,
    counts: Counts | None = None,
    format: str | None = None,
    datatype: npt.DTypeLike = "float32",
    option: str = WRITE_OPTION,
) -> None:
    """
    Write keys and vectors to a file, atomically.

    Parameters
    ----------
    path : path-like, URL or binary file
        The suffix selects the format: ``.bin`` (word2vec binary), ``.txt`` or
        ``.vec`` (word2vec text), ``.w2v`` (native), ``.npz`` (NumPy), ``.parquet`` or
        ``.arrow`` (these need pyarrow). A suffix ``.gz``, ``.bz2``, ``.xz`` or ``.zst``
        after it compresses the file. Upper case works too.
    keys : sequence of str, length V
        ``.bin``, ``.txt`` and ``.vec`` can't store empty keys and keys with whitespace.
    vectors : float32 or float16 array, shape (V, d)
    counts : int64 array, shape (V,), optional
        ``.bin``, ``.txt``, ``.vec`` and model folders drop the counts.
    format : str, optional
        One of `WRITABLE`. It must agree with the suffix. An open file, an unknown
        suffix and a folder need it.
    datatype : {"float32", "float16"}, default "float32"
        "float16" halves ``.w2v``, ``.npz``, tables and model folders. Numbers beyond
        65504 are rejected.
    option : str, default `WRITE_OPTION`
        As in `writable_format`.

    Raises
    ------
    FileExistsError
        If the file is a checkpoint whose run has not ended.
    BlockingIOError
        If a run of another thread or process writes the file.
    ValueError
        If the suffix is unknown, the format contradicts it or cannot store a key or
        the datatype.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "vectors.txt.gz")
    ...     write_vectors(path, ["a", "b"], np.eye(2, dtype=np.float32))
    ...     read_vectors(path)[0]
    ['a', 'b']
    """
    with error_context(display_name(path)):
        chosen = writable_format(path, format, option)
        datatype = datatype_name(datatype)
        if datatype == "float64" or (datatype == "float16" and not WRITABLE[chosen]):
            raise ValueError(
                f"datatype={datatype!r}: {chosen} can't store it; expected 'float32', "
                "or 'float16' with w2v, npz, parquet, arrow and static-embedding"
            )
    with saving(path):
        _write(path, chosen, keys, vectors, counts, datatype)


def _write(
    path: Target,
    chosen: str,
    keys: Sequence[str],
    vectors: VectorArray,
    counts: Counts | None,
    datatype: str,
) -> None:
    """Write a file of the chosen format."""
    if chosen in ("word2vec-binary", "word2vec-text", "glove"):
        floats: Float32Array = vectors.astype(np.float32, copy=False)
    if chosen.startswith("word2vec"):
        write_word2vec(path, keys, floats, binary=chosen == "word2vec-binary")
    elif chosen == "glove":
        write_word2vec(path, keys, floats, header=False)
    elif chosen == "static-embedding":
        folder = source_name(path)
        assert folder is not None  # writable_format rejects open files
        static_embedding.write(folder, keys, vectors, datatype)
    elif chosen == "npz":
        numpy_keys.write(path, keys, vectors, counts, datatype)
    elif chosen in ("parquet", "arrow"):
        arrow_vectors.write(path, keys, vectors, counts, datatype, chosen)
    else:
        native_vectors.write(path, keys, vectors, counts, datatype)


def writable_format(
    path: Target, format: str | None = None, option: str = WRITE_OPTION
) -> str:
    """
    Return the format to write; raise ValueError if name and option disagree.

    `option` says in errors what else names the format; "" for callers without that.

    Examples
    --------
    >>> writable_format("english.vec.gz")
    'word2vec-text'
    """
    if format is not None and format not in WRITABLE:
        raise ValueError(
            f"format={format!r}: expected one of {', '.join(map(repr, WRITABLE))}"
        )
    name = source_name(path)
    if format == "static-embedding":
        if name is None or is_url(name):
            raise ValueError("a model folder needs the path of a local folder")
        return format
    if name is not None and not is_url(name) and Path(name).is_dir():
        raise IsADirectoryError(
            f"{os.path.realpath(name)} is a folder; expected the name of a file"
            + "; a model folder needs the format 'static-embedding'" * bool(option)
        )
    if format is None:
        if name is None:
            one_of = f", one of {', '.join(map(repr, WRITABLE))}" if option else ""
            raise ValueError(f"an open file has no suffix; give a path{option}{one_of}")
        format = SUFFIX_FORMATS[format_suffix(name, option)][0]
        if format not in WRITABLE:
            raise ValueError(f"{FORMATS[format]} can only be read; write a .bin file")
    elif name is not None:
        _check_suffix(name, format)
    return format


def check_writer(path: Target, format: str) -> None:
    """Raise ImportError if a package that writes such a file is not installed."""
    if format in ("parquet", "arrow"):
        arrow()
    name = source_name(path)
    with compressed(BytesIO(), split_suffix(name)[1] if name else ""):
        pass


def _check_suffix(name: str, format: str) -> None:
    try:
        expected = SUFFIX_FORMATS[format_suffix(name, WRITE_OPTION)]
    except ValueError:
        return  # the option alone decides
    if format not in expected:
        raise ValueError(
            f"the format {format!r} contradicts the suffix, which stands for "
            f"{' or '.join(expected)}; change one of them"
        )


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
    if name and not is_url(name) and Path(name).is_dir():
        keys, vectors, counts = _read_folder(name, format, options)
    else:
        _check_name(path, format)
        with open_input(path) as file:
            chosen = detect_format(file, name, format)
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
