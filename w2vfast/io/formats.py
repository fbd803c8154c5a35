"""Write keys, vectors and counts in every format."""

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
    native_vectors,
    numpy_keys,
    static_embedding,
)
from w2vfast.io.checkpoint_mark import saving
from w2vfast.io.compression import compressed, split_suffix
from w2vfast.io.detect import (
    FORMATS,
    SUFFIX_FORMATS,
    WRITE_OPTION,
    format_suffix,
)
from w2vfast.io.errors import error_context
from w2vfast.io.native_vectors import Counts
from w2vfast.io.open import (
    Target,
    display_name,
    source_name,
)
from w2vfast.io.options import (
    datatype_name,
)
from w2vfast.io.word2vec_format import write_word2vec
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
    r"""
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
        If the file is a checkpoint whose run has not ended, or was read as a corpus.
    BlockingIOError
        If a run writes the file, also one that calls this in a callback.
    ValueError
        If the suffix is unknown, the format contradicts it or cannot store a key or
        the datatype.

    Examples
    --------
    >>> import numpy as np
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "vectors.txt")
    ...     write_vectors(path, ["a", "b"], np.eye(2, dtype=np.float32))
    ...     path.read_text()
    '2 2\na 1 0\nb 0 1\n'
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
