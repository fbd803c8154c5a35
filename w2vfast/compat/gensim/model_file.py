"""Whole models in safetensors files, with gensim's attributes as JSON."""

from __future__ import annotations

import json
import os
from typing import Any, BinaryIO

import numpy as np

from w2vfast.compat.gensim import persistence
from w2vfast.compat.gensim.model import ModelBase
from w2vfast.io.atomic import StrPath
from w2vfast.io.open import open_output
from w2vfast.io.safetensors_file import write_safetensors
from w2vfast.training.checkpoint import model_content, model_from_content

#: Attributes of a model that the file stores.
MODEL_ATTRIBUTES = (
    "vector_size", "workers", "epochs", "train_count", "total_train_time",
    "batch_words", "sg", "alpha", "min_alpha", "window", "shrink_windows", "hs",
    "negative", "ns_exponent", "cbow_mean", "compute_loss", "running_training_loss",
    "min_alpha_yet_reached", "corpus_count", "corpus_total_words", "max_final_vocab",
    "max_vocab_size", "min_count", "sample", "sorted_vocab", "null_word", "seed",
    "layer1_size", "comment", "effective_min_count",
)  # fmt: skip


def save_model(path: StrPath, model: ModelBase) -> None:
    """Write a model at one moment; the native Word2Vec.load can read the file too."""
    with open_output(path) as file, model.wv.gate.paused():
        _write(file, model)


def _write(file: BinaryIO, model: ModelBase) -> None:
    values = {name: getattr(model, name, None) for name in MODEL_ATTRIBUTES}
    tensors = persistence.vector_tensors(model.wv)
    content: dict[str, Any] = {}
    if model.state is not None:
        model_tensors, content = model_content(model.state)
        tensors |= model_tensors
    compat = {
        "class": "Word2Vec",
        "attributes": {name: _plain(value) for name, value in values.items()},
        "integer_keys": persistence.integer_rows(model.wv),
    }
    metadata = {"parameters": json.dumps(content), "compat": json.dumps(compat)}
    write_safetensors(file, tensors, metadata)


def load_model(path: StrPath, model: ModelBase) -> None:
    """
    Give `model`, an instance without attributes, the content of a file.

    Raises
    ------
    AttributeError
        If the file holds vectors only.
    ValueError
        If the file is a pickle or damaged.
    """
    tensors, metadata = persistence.read_file(path)
    compat = json.loads(metadata.get("compat", "{}"))
    if compat.get("class") != "Word2Vec":
        raise AttributeError(
            f"{os.fspath(path)} holds no model of this class, so it has no attribute "
            "'wv'; KeyedVectors.load reads vectors, w2vfast.Word2Vec.load native models"
        )
    vars(model).update(compat["attributes"])
    content = json.loads(metadata["parameters"])
    if content:
        state = model_from_content(tensors, content)
        keys = persistence.restore_keys(
            state.vocabulary.index_to_key, compat["integer_keys"]
        )
        model.attach(state, keys)
        persistence.restore_attributes(tensors, model.wv)
    else:
        persistence.restore_vectors(tensors, compat, model.wv)


def _plain(value: Any) -> Any:
    """Return a value that JSON can store."""
    return value.item() if isinstance(value, np.generic) else value
