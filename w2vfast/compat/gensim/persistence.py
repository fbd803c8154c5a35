"""Vectors in safetensors files, with the attributes of their keys."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from w2vfast.compat.gensim.pickles import EXPORT_VECTORS, reject_pickle
from w2vfast.compat.gensim.store import VectorStore
from w2vfast.files.missing import open_file
from w2vfast.io.atomic import StrPath
from w2vfast.io.checkpoint_mark import saving
from w2vfast.io.compression import split_suffix
from w2vfast.io.errors import error_context
from w2vfast.io.json_text import parse_json
from w2vfast.io.key_encoding import pack_keys, unpack_keys
from w2vfast.io.open import open_output
from w2vfast.io.safetensors_file import read_safetensors, write_safetensors
from w2vfast.vectors.validation import check_counts, first_non_finite, index_keys
from w2vfast.wording import counted, quoted

_SAVE_OPTIONS = {"separately", "sep_limit", "ignore", "pickle_protocol"}
_OF_THE_TREE = ("code", "point")  # attributes that are computed from the counts
_VECATTR = "vecattr."  # prefix of the tensors that hold attributes of keys
_INTEGER = re.compile(r"-?[0-9]{1,20}|None")


def check_save_options(options: dict[str, Any]) -> None:
    """Raise TypeError for options that gensim's save does not have either."""
    if unknown := sorted(options.keys() - _SAVE_OPTIONS):
        raise TypeError(
            f"save() has no option {', '.join(unknown)}; gensim's options "
            f"{', '.join(sorted(_SAVE_OPTIONS))} are accepted without effect"
        )


def save_vectors(path: StrPath, wv: VectorStore) -> None:
    """Write vectors, keys and attributes; native KeyedVectors can load them."""
    compat = {"class": "KeyedVectors", "integer_keys": integer_rows(wv)}
    metadata = {"parameters": "{}", "compat": json.dumps(compat)}
    with saving(path), open_output(path) as file, wv.gate.paused():
        write_safetensors(file, vector_tensors(wv), metadata)


def load_vectors(path: StrPath, wv: VectorStore) -> None:
    """Give `wv` the vectors of a file of vectors or of a model."""
    tensors, metadata = read_file(path)
    if "centre" not in tensors:
        raise ValueError(
            f"{os.fspath(path)}: a model without a vocabulary, so there are no vectors"
        )
    compat = parse_compat(path, metadata)
    with error_context(path):
        restore_vectors(tensors, compat, wv)


def parse_compat(path: StrPath, metadata: Mapping[str, str]) -> dict[str, Any]:
    """Return the entry ``compat`` of the metadata; ValueError if it is damaged."""
    with error_context(os.fspath(path)):
        compat = parse_json(metadata.get("compat", "{}"), "the metadata 'compat'")
        if not isinstance(compat, dict):
            raise ValueError(f"compat is {quoted(compat)}: expected an object")
    return compat


def read_file(
    path: StrPath, export: str = EXPORT_VECTORS
) -> tuple[dict[str, Any], dict[str, str]]:
    """Read a safetensors file; explain how to export a pickle."""
    with open_file(path) as file:
        first = file.read(16)
    reject_pickle(path, first, export)
    try:
        return read_safetensors(path)
    except ValueError as error:
        if split_suffix(os.fspath(path))[0] not in (".bin", ".txt", ".vec"):
            raise
        raise ValueError(
            f"{error}; KeyedVectors.load_word2vec_format reads word2vec's formats "
            "(binary=True for .bin)"
        ) from error


def vector_tensors(wv: VectorStore) -> dict[str, Any]:
    """Return keys, vectors and attributes of keys as tensors."""
    if (row := first_non_finite(wv.vectors)) is not None:
        raise ValueError(
            "nothing was written: the vector of "
            f"{quoted(wv.index_to_key[row])} (row {row}) is infinite or NaN, and the "
            "file could not be loaded; assign another vector"
        )
    key_bytes, offsets = pack_keys([str(key) for key in wv.index_to_key])
    tensors: dict[str, Any] = {
        "centre": wv.vectors,
        "keys": key_bytes,
        "key_offsets": offsets,
        "lockf": np.asarray(wv.vectors_lockf, np.float32),
    }
    for name, values in wv.expandos.items():
        if name == "count":
            tensors["counts"] = values.astype(np.int64)
        elif values.dtype.kind in "biuf":
            tensors[_VECATTR + name] = values
        elif name not in _OF_THE_TREE:
            raise TypeError(
                f"the attribute {name!r} holds objects of Python, which a safetensors "
                "file can't store: convert it to numbers, or delete it from expandos"
            )
    return tensors


def restore_vectors(
    tensors: dict[str, Any], compat: dict[str, Any], wv: VectorStore
) -> None:
    """Give `wv` the keys, vectors and attributes of `vector_tensors`."""
    for name in ("centre", "keys", "key_offsets"):
        if name not in tensors:
            raise ValueError(f"the tensor {name!r} is missing; save the vectors again")
    keys = unpack_keys(tensors["keys"], tensors["key_offsets"])
    vectors = tensors["centre"]
    if vectors.ndim != 2 or len(vectors) != len(keys) or vectors.dtype != np.float32:
        raise ValueError(
            f"{counted(len(keys), 'key')}, but vectors of {vectors.dtype} and shape "
            f"{vectors.shape}: expected a row of float32 for each key; "
            "w2vfast.KeyedVectors.load reads other types"
        )
    index_keys(keys)
    wv.index_to_key = restore_keys(keys, compat.get("integer_keys"))
    wv.key_to_index = {key: row for row, key in enumerate(wv.index_to_key)}
    wv.next_index = len(keys)
    wv.vectors = vectors
    wv.vector_size = wv.vectors.shape[1]
    if "counts" in tensors:
        wv.expandos["count"] = check_counts(tensors["counts"], len(keys))
    restore_attributes(tensors, wv)


def restore_attributes(tensors: dict[str, Any], wv: VectorStore) -> None:
    """Give `wv` the attributes of its keys, and the factors on their steps."""
    for name, values in tensors.items():
        per_key = name.startswith(_VECATTR) or name == "lockf"
        if per_key and (values.ndim == 0 or len(values) not in (1, len(wv))):
            raise ValueError(
                f"the tensor {name!r} has the shape {values.shape}: expected one item "
                f"for each key ({counted(len(wv), 'key')})"
            )
        if name.startswith(_VECATTR):
            wv.expandos[name.removeprefix(_VECATTR)] = values
    if "lockf" in tensors:
        wv.vectors_lockf = tensors["lockf"]


def integer_rows(wv: VectorStore) -> list[int]:
    """Return the rows whose keys are integers."""
    return [row for row, key in enumerate(wv.index_to_key) if not isinstance(key, str)]


def restore_keys(keys: list[str], integer_rows: Any) -> list[Any]:
    """Return the keys with integers, or None, in the rows that had them."""
    restored: list[Any] = list(keys)
    for row in integer_rows or []:
        valid = type(row) is int and 0 <= row < len(keys)
        if not valid or not _INTEGER.fullmatch(keys[row]):
            raise ValueError(
                f"integer_keys holds {quoted(row)}: expected rows of keys that are "
                "whole numbers; save the vectors again"
            )
        restored[row] = None if keys[row] == "None" else int(keys[row])
    return restored
