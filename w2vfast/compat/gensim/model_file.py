"""Whole models in safetensors files, with gensim's attributes as JSON."""

from __future__ import annotations

import json
import os
from typing import Any, BinaryIO

import numpy as np

from w2vfast.compat.gensim import persistence
from w2vfast.compat.gensim.model import ModelBase
from w2vfast.compat.gensim.pickles import EXPORT_MODEL
from w2vfast.io.atomic import StrPath
from w2vfast.io.checkpoint_mark import saving
from w2vfast.io.errors import error_context
from w2vfast.io.open import display_name, open_output
from w2vfast.io.safetensors_file import write_safetensors
from w2vfast.training.checkpoint import (
    check_content,
    model_content,
    model_from_content,
)
from w2vfast.training.state import ModelState
from w2vfast.training.validation import parse_content
from w2vfast.wording import quoted

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
    with saving(path), open_output(path) as file, model.wv.gate.paused():
        _write(path, file, model)


def _write(path: StrPath, file: BinaryIO, model: ModelBase) -> None:
    values = {name: getattr(model, name, None) for name in MODEL_ATTRIBUTES}
    tensors = persistence.vector_tensors(model.wv)
    content: dict[str, Any] = {}
    if model.state is not None:
        check_content(display_name(path), model.state)
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
    tensors, metadata = persistence.read_file(path, EXPORT_MODEL)
    compat = persistence.parse_compat(path, metadata)
    if compat.get("class") != "Word2Vec":
        raise AttributeError(
            f"{os.fspath(path)} holds no model of this class, so it has no attribute "
            "'wv'; KeyedVectors.load reads vectors, w2vfast.Word2Vec.load native models"
        )
    with error_context(path):
        vars(model).update(_checked_attributes(compat.get("attributes")))
        content = parse_content(metadata)
        if content:
            state = _state(tensors, content)
            keys = persistence.restore_keys(
                state.vocabulary.index_to_key, compat.get("integer_keys")
            )
            model.attach(state, keys)
            persistence.restore_attributes(tensors, model.wv)
        else:
            persistence.restore_vectors(tensors, compat, model.wv)


def _state(tensors: dict[str, Any], content: dict[str, Any]) -> ModelState:
    try:
        return model_from_content(tensors, content)
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a whole model: {error!r}; save it again") from error


def _checked_attributes(attributes: Any) -> dict[str, Any]:
    """Return attributes from a file; ValueError unless they are known and plain."""
    if not isinstance(attributes, dict) or attributes.keys() - {*MODEL_ATTRIBUTES}:
        raise ValueError(
            f"attributes {quoted(attributes)}: expected those of a model; save it again"
        )
    for name, value in attributes.items():
        is_number = isinstance(value, int | float) and abs(value) < 2.0**64
        if not (value is None or is_number or (name == "comment")):
            raise ValueError(
                f"the attribute {name!r} is {quoted(value)}: expected a number; save "
                "the model again"
            )
    return attributes


def _plain(value: Any) -> Any:
    """Return a value that JSON can store."""
    return value.item() if isinstance(value, np.generic) else value
