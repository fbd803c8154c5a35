"""A whole model in one safetensors file, from which training can go on."""

from __future__ import annotations

import json
import os
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from w2vfast.corpus.vocabulary import Vocabulary
from w2vfast.io.key_encoding import pack_keys, unpack_keys
from w2vfast.io.safetensors_file import read_safetensors, write_safetensors
from w2vfast.kernels.embeddings import Table, padded_table
from w2vfast.training.parameters import Parameters
from w2vfast.training.state import Run


class State(NamedTuple):
    """All that a model is, but its corpus; tables with padded rows."""

    parameters: Parameters
    vocabulary: Vocabulary
    centre: Table
    outside: Table
    loss_history: list[float]
    run: Run | None


def write_model(path: str | os.PathLike[str], state: State) -> None:
    """Write a model; the file is complete or not there."""
    d = state.parameters.vector_size
    blob, offsets = pack_keys(state.vocabulary.index_to_key)
    values = {
        "parameters": state.parameters.as_dict(),
        "loss_history": state.loss_history,
        "run": None if state.run is None else state.run.as_dict(),
    }
    tensors: dict[str, NDArray[np.generic]] = {
        "centre": state.centre[:, :d],
        "outside": state.outside[:, :d],
        "keys": blob,
        "key_offsets": offsets,
        "counts": state.vocabulary.counts,
    }
    write_safetensors(path, tensors, {"parameters": json.dumps(values)})


def read_model(path: str | os.PathLike[str]) -> State:
    """
    Read what `write_model` wrote; nothing in the file is executed.

    Raises
    ------
    ValueError
        If the file is damaged, or holds vectors only.
    """
    tensors, metadata = read_safetensors(path)
    try:
        values = json.loads(metadata["parameters"])
        parameters = Parameters(**values["parameters"])
        history = [float(loss) for loss in values["loss_history"]]
        run = None if values["run"] is None else Run.from_dict(values["run"])
        keys = unpack_keys(tensors["keys"], tensors["key_offsets"])
        vocabulary = Vocabulary(keys, tensors["counts"])
        tables = [
            padded_table(tensors[name], len(keys), parameters.vector_size)
            for name in ("centre", "outside")
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{os.fspath(path)}: not a whole Word2Vec model ({error}); "
            "KeyedVectors.load reads files with vectors only"
        ) from error
    return State(parameters, vocabulary, tables[0], tables[1], history, run)
