"""Read and write keys, vectors and counts; the file's suffix selects the format."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from w2vfast.io.atomic import StrPath
from w2vfast.io.errors import error_context
from w2vfast.io.key_encoding import pack_keys, unpack_keys
from w2vfast.io.safetensors_file import (
    Tensor,
    Tensors,
    read_safetensors,
    write_safetensors,
)
from w2vfast.io.word2vec_format import read_word2vec, write_word2vec
from w2vfast.vectors.validation import Float32Array

Counts = npt.NDArray[np.int64]
#: Suffixes of word2vec's formats, which store keys and vectors but no counts.
WORD2VEC_SUFFIXES = (".bin", ".txt", ".vec")


def write_vectors(
    path: StrPath,
    keys: Sequence[str],
    vectors: Float32Array,
    counts: Counts | None = None,
) -> None:
    """
    Write keys and vectors to a file, atomically.

    Parameters
    ----------
    path : path-like
        The suffix selects the format: ``.bin`` (word2vec binary), ``.txt`` or
        ``.vec`` (word2vec text), or ``.w2v`` (native). Upper case works too.
    keys : sequence of str, length V
        Only ``.w2v`` stores empty keys and keys with whitespace.
    vectors : float32 array, shape (V, d)
    counts : int64 array, shape (V,), optional
        Only ``.w2v`` stores the counts; the other formats drop them.

    Raises
    ------
    ValueError
        If the suffix is unknown or the format cannot store a key.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "vectors.txt")
    ...     write_vectors(path, ["a", "b"], np.eye(2, dtype=np.float32))
    ...     read_vectors(path)[0]
    ['a', 'b']
    """
    if (suffix := format_suffix(path)) != ".w2v":
        return write_word2vec(path, keys, vectors, binary=suffix == ".bin")
    key_bytes, offsets = pack_keys(keys)
    tensors: dict[str, Tensor] = {}
    tensors |= {"centre": vectors, "keys": key_bytes, "key_offsets": offsets}
    if counts is not None:
        tensors["counts"] = counts
    write_safetensors(path, tensors, {"parameters": "{}"})


def read_vectors(path: StrPath) -> tuple[list[str], Float32Array, Counts | None]:
    """
    Read the keys, vectors and counts that `write_vectors` wrote.

    A model file (``.w2v``) works too: its centre vectors are returned.

    Parameters
    ----------
    path : path-like
        The suffix selects the format, as in `write_vectors`.

    Returns
    -------
    keys : list of str
    vectors : float32 array, shape (V, d)
    counts : int64 array, shape (V,), or None
        None if the file stores no counts. The caller must check that the lengths of
        the three agree.

    Raises
    ------
    ValueError
        If the suffix is unknown, or the file is damaged or has another format.
    """
    if (suffix := format_suffix(path)) != ".w2v":
        return *read_word2vec(path, binary=suffix == ".bin"), None
    tensors, _ = read_safetensors(path, ("centre", "keys", "key_offsets", "counts"))
    with error_context(path):
        _check_tensors(tensors)
        keys = unpack_keys(tensors["keys"], tensors["key_offsets"])
        return keys, tensors["centre"], tensors.get("counts")


def format_suffix(path: StrPath) -> str:
    """
    Return the suffix of `path` in lower case; raise ValueError if it is unknown.

    Examples
    --------
    >>> format_suffix("models/english.BIN")
    '.bin'
    """
    suffix = Path(path).suffix.lower()
    if suffix not in (*WORD2VEC_SUFFIXES, ".w2v"):
        raise ValueError(
            f"{os.fspath(path)}: the suffix names the format; expected .bin (word2vec "
            f"binary), .txt or .vec (word2vec text) or .w2v (native), found {suffix!r}"
        )
    return suffix


def _check_tensors(tensors: Tensors) -> None:
    """Raise ValueError if a required tensor is missing or a data type is wrong."""
    for name in ("centre", "keys", "key_offsets"):
        if name not in tensors:
            raise ValueError(
                f"the tensor {name!r} is missing; expected 'centre', 'keys' and "
                "'key_offsets'; write the file with save()"
            )
    for name, dtype in (("centre", "float32"), ("counts", "int64")):
        if name in tensors and tensors[name].dtype != dtype:
            raise ValueError(
                f"the tensor {name!r} is {tensors[name].dtype}, expected {dtype}; "
                "write the file with save()"
            )
