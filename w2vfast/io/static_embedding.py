"""
A model folder that Model2Vec and sentence-transformers load.

``StaticModel.from_pretrained(folder)`` of Model2Vec and ``SentenceTransformer(folder)``
read it. It holds ``tokenizer.json`` (a word-level tokenizer that splits at white
space), ``model.safetensors`` (the tensor ``embeddings``) and the configurations.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from w2vfast.io.atomic import StrPath, atomic_write
from w2vfast.io.errors import error_context
from w2vfast.io.json_text import parse_json
from w2vfast.io.native_vectors import from_storage, to_storage
from w2vfast.io.open import open_input
from w2vfast.io.options import ReadOptions
from w2vfast.io.safetensors_layout import encode_header, load_tensors, read_layout
from w2vfast.vectors.validation import VectorArray
from w2vfast.wording import counted

MAX_JSON_BYTES = 1 << 30
UNKNOWN = "[UNK]"  # both libraries need a token for unknown words
EMBEDDING_NAMES = ("embeddings", "embedding.weight")
MODULES: list[dict[str, object]] = [
    {
        "idx": 0,
        "name": "0",
        "path": ".",
        "type": "sentence_transformers.models.StaticEmbedding",
    }
]


def write(
    folder: StrPath, keys: Sequence[str], vectors: VectorArray, datatype: str
) -> None:
    """
    Write a model folder; existing files of the same names are replaced.

    The row of the unknown word, zeros, is added at the end unless ``[UNK]`` is a key.
    Each file is written atomically, ``config.json`` last.

    Raises
    ------
    ValueError
        If a key is not valid Unicode or occurs twice.
    NotADirectoryError
        If `folder` is a file.
    """
    vocabulary = dict(zip(keys, range(len(keys)), strict=True))
    if len(vocabulary) < len(keys):
        raise ValueError(f"{os.fspath(folder)}: a key occurs twice; expected distinct")
    added = UNKNOWN not in vocabulary
    if added:
        vocabulary[UNKNOWN] = len(keys)
        zeros = np.zeros((1, vectors.shape[1]), np.float32)
        vectors = np.concatenate([vectors, zeros])
    files = {
        "tokenizer.json": _encode_json(folder, _tokenizer(vocabulary)),
        "modules.json": _encode_json(folder, MODULES),
        "config.json": _encode_json(folder, _config(vectors, added)),
    }
    stored = to_storage(vectors, datatype)
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    with atomic_write(path / "model.safetensors") as file:
        header = encode_header({"embeddings": stored}, None)
        file.write(len(header).to_bytes(8, "little") + header)
        file.write(np.ascontiguousarray(stored, stored.dtype.newbyteorder("<")).data)
    for name, data in files.items():
        with atomic_write(path / name) as file:
            file.write(data)


def _encode_json(folder: StrPath, value: object) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, indent=1).encode()
    except UnicodeEncodeError as error:
        bad = error.object[error.start : error.end]
        raise ValueError(
            f"{os.fspath(folder)}: a word holds {bad!r}, which is not valid Unicode; "
            "JSON can't store it; save a .w2v file, or load with errors='replace'"
        ) from None


def _tokenizer(vocabulary: dict[str, int]) -> dict[str, Any]:
    """Return the JSON of the tokenizers library: whole words between white space."""
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": None,
        "decoder": None,
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": UNKNOWN},
    }


def _config(vectors: VectorArray, added: bool) -> dict[str, Any]:
    return {
        "model_type": "model2vec",
        "architectures": ["StaticModel"],
        "hidden_dim": vectors.shape[1],
        "seq_length": 1000000,
        "normalize": False,
        "w2vfast": {"added_unknown": added},
    }


def read(folder: StrPath, options: ReadOptions) -> tuple[list[str], VectorArray]:
    """
    Read the words and vectors of a model folder, in the order of the rows.

    The tokens of any tokenizer with a vocabulary become words. The row that `write`
    added for unknown words is left out.

    Raises
    ------
    ValueError
        If the folder is no such model, or its files do not fit together.
    FileNotFoundError
        If a file is missing.
    """
    path = Path(folder)
    if not (path / "model.safetensors").exists():
        raise FileNotFoundError(
            f"{path} is a folder without model.safetensors; expected a file, or the "
            "folder of a static-embedding model"
        )
    with open_input(path / "model.safetensors") as file:
        layout = read_layout(file)
        names = [name for name in EMBEDDING_NAMES if name in layout.entries]
        if not names:
            raise ValueError(
                f"expected a tensor {' or '.join(EMBEDDING_NAMES)}, found "
                f"{', '.join(layout.entries) or 'none'}"
            )
        stored = load_tensors(file, layout, names[:1], mmap=False)[names[0]]
    if stored.ndim != 2 or stored.dtype.kind != "f" or not stored.size:
        raise ValueError(
            f"the tensor {names[0]!r} is {stored.dtype} of shape {stored.shape}; "
            "expected floats of shape (words, dimensions), 1 or more of each"
        )
    keys = _read_keys(path / "tokenizer.json", len(stored))
    if _unknown_was_added(path / "config.json") and keys[-1] == UNKNOWN:
        keys, stored = keys[:-1], stored[:-1]
    end = options.limit
    vectors = from_storage(stored[:end], options.dtype)
    return keys[:end], vectors if vectors.base is None else vectors.copy()


def _read_json(path: Path) -> Any:
    with open_input(path) as file, error_context(path):
        return parse_json(file.read(MAX_JSON_BYTES), "the file", None)


def _read_keys(path: Path, n_rows: int) -> list[str]:
    """Return the token of each row."""
    tokenizer = _read_json(path)
    with error_context(path):
        try:
            vocabulary = tokenizer["model"]["vocab"]
            if isinstance(vocabulary, list):  # Unigram: [token, score]
                vocabulary = {item[0]: row for row, item in enumerate(vocabulary)}
            rows = {row: token for token, row in vocabulary.items()}
            rows |= _added_tokens(tokenizer)
            valid = {*map(type, rows)} <= {int} and {*map(type, rows.values())} <= {str}
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            valid = False
        if not valid:
            raise ValueError(
                "expected a tokenizer with model.vocab, as the tokenizers library "
                "writes it: tokens with whole numbers"
            )
        if sorted(rows) != list(range(n_rows)):
            raise ValueError(
                f"{counted(len(rows), 'token')} with distinct ids, but "
                f"{counted(n_rows, 'vector')}; expected one token for each row"
            )
    return [rows[row] for row in range(n_rows)]


def _added_tokens(tokenizer: dict[str, Any]) -> dict[Any, Any]:
    tokens = tokenizer.get("added_tokens") or []
    return {token["id"]: token["content"] for token in tokens}


def _unknown_was_added(path: Path) -> bool:
    if not path.exists():
        return False
    config = _read_json(path)
    ours = config.get("w2vfast") if isinstance(config, dict) else None
    return isinstance(ours, dict) and ours.get("added_unknown") is True
