"""Files of keys, vectors and counts, whose suffix names the format."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from w2vfast.io.atomic import StrPath
from w2vfast.io.errors import naming
from w2vfast.io.key_encoding import pack_keys, unpack_keys
from w2vfast.io.safetensors_file import Tensor, Tensors, read_native, write_native
from w2vfast.io.word2vec_format import read_word2vec, write_word2vec
from w2vfast.vectors.validation import Floats

Counts = npt.NDArray[np.int64]
#: Suffixes of word2vec's formats, which hold keys and vectors.
VECTORS_ONLY = (".bin", ".txt", ".vec")


def write_vectors(
    path: StrPath, keys: Sequence[str], vectors: Floats, counts: Counts | None = None
) -> None:
    """
    Write a file in the format that its suffix names, whole or not at all.

    Parameters
    ----------
    path : path-like
        ``.bin`` (word2vec binary), ``.txt`` or ``.vec`` (word2vec text), or ``.w2v``
        (native: any keys, and the counts).
    keys : sequence of str
        V keys.
    vectors : float32 array, shape (V, d)
    counts : int64 array, shape (V,), optional
        Kept by ``.w2v`` only.

    Raises
    ------
    ValueError
        If the suffix is another one, or the format can't hold a key.
    """
    if (suffix := format_suffix(path)) != ".w2v":
        return write_word2vec(path, keys, vectors, binary=suffix == ".bin")
    blob, offsets = pack_keys(keys)
    tensors: dict[str, Tensor] = {}
    tensors |= {"centre": vectors, "keys": blob, "key_offsets": offsets}
    if counts is not None:
        tensors["counts"] = counts
    write_native(path, tensors, {"parameters": "{}"})


def read_vectors(path: StrPath) -> tuple[list[str], Floats, Counts | None]:
    """
    Read a file in the format that its suffix names, as in `write_vectors`.

    Returns
    -------
    keys : list of str
    vectors : float32 array, shape (V, d)
    counts : int64 array, or None
        What belongs together may still differ in length.

    Raises
    ------
    ValueError
        If the file is damaged or something else than its suffix says.
    """
    if (suffix := format_suffix(path)) != ".w2v":
        return *read_word2vec(path, binary=suffix == ".bin"), None
    tensors, _ = read_native(path, ("centre", "keys", "key_offsets", "counts"))
    with naming(path):
        _check_tensors(tensors)
        keys = unpack_keys(tensors["keys"], tensors["key_offsets"])
        return keys, tensors["centre"], tensors.get("counts")


def format_suffix(path: StrPath) -> str:
    """Return the suffix in lower case; a ValueError if it names no format."""
    suffix = Path(path).suffix.lower()
    if suffix not in (*VECTORS_ONLY, ".w2v"):
        raise ValueError(
            f"{os.fspath(path)}: the suffix names the format; expected .bin (word2vec "
            f"binary), .txt or .vec (text) or .w2v (native), found {suffix!r}"
        )
    return suffix


def _check_tensors(tensors: Tensors) -> None:
    for name in ("centre", "keys", "key_offsets"):
        if name not in tensors:
            raise ValueError(f"the tensor {name!r} is missing")
    for name, dtype in (("centre", "float32"), ("counts", "int64")):
        if name in tensors and tensors[name].dtype != dtype:
            raise ValueError(
                f"the tensor {name!r} is {tensors[name].dtype}, expected {dtype}"
            )
