"""A whole model in one safetensors file, so that training can continue later."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast.corpus.vocabulary import Vocabulary
from w2vfast.files.names import path_text
from w2vfast.files.signatures import is_safetensors
from w2vfast.io.atomic import StrPath
from w2vfast.io.checkpoint_mark import mark, read_mark, saving
from w2vfast.io.compression import split_suffix
from w2vfast.io.errors import is_rejected, reject_pickled_model
from w2vfast.io.file_identity import (
    FileIdentity,
    file_identity,
    known_files,
    written_identity,
)
from w2vfast.io.key_encoding import pack_keys, unpack_keys
from w2vfast.io.open import open_input, open_output
from w2vfast.io.safetensors_file import read_safetensors_input, write_safetensors
from w2vfast.kernels.embeddings import padded_embeddings
from w2vfast.training import callback_state, validation
from w2vfast.training.interrupted import SavedRun
from w2vfast.training.parameters import Parameters
from w2vfast.training.prepare import run_block_size
from w2vfast.training.state import ModelState, TrainingState
from w2vfast.vectors.validation import first_non_finite

#: What errors expect.
MODEL_PATH = "the path of a model, such as 'model.w2v'"
#: Tensors that a file has only if factors on the steps of rows are set.
ROW_FACTORS = ("centre_scale", "outside_scale")


def save_model(path: StrPath, state: ModelState) -> None:
    """
    Write a model, but not over the checkpoint of another one, whose run has not ended.

    Over a checkpoint of its own the model stays a checkpoint, with the mark.

    Raises
    ------
    FileExistsError
        If the file is such a checkpoint.
    BlockingIOError
        If another run writes the file.
    ValueError, OSError
        As in `write_checkpoint`.
    """
    check_model_name(path)
    with saving(path, state.known_files, state):
        _write(path, state, is_checkpoint=read_mark(path) is not None)


def write_checkpoint(path: StrPath, state: ModelState) -> int:
    """
    Write a model as it is at one moment, also while it is being trained.

    The file has a mark while `SavedRun.is_kept` of its run is true. An existing file
    is replaced only when the new one is complete. Training pauses while the content is
    written.

    Returns
    -------
    int
        The turns of the model's gate at that moment.

    Raises
    ------
    ValueError
        If the suffix is that of a format for vectors alone, or a number of the model
        is not finite.
    OSError
        If the file cannot be written.
    """
    check_model_name(path)
    return _write(path, state, is_checkpoint=True)


def _write(path: StrPath, state: ModelState, is_checkpoint: bool) -> int:
    """Write a model, remember the file, and return the turns of the gate."""
    if state.run is not None:
        _ = state.run.corpus.text  # computed before the pause, which shall be short
    written: list[FileIdentity | None] = []
    with (
        open_output(path, lambda new: written.append(file_identity(new))) as file,
        state.gate.paused(),
    ):
        tensors, values = model_content(state)
        check_content(path, state)
        metadata = {"parameters": json.dumps(values)}
        if is_checkpoint and (run := _saved(state.run)) is not None and run.is_kept:
            metadata |= mark(run.distributed)
        write_safetensors(file, tensors, metadata)
        turns = state.gate.turns
    _remember(path, state, written_identity(path, written[0] if written else None))
    return turns


def _saved(run: TrainingState | None) -> SavedRun | None:
    """Return what a file says of a run."""
    if run is None:
        return None
    is_distributed = run.distributed is not None
    return SavedRun(run.epoch, run.block, run.parameters.epochs, is_distributed)


def _remember(path: StrPath, state: ModelState, identity: FileIdentity | None) -> None:
    """Let later checkpoints of this model replace a file that has its state."""
    state.known_files = known_files(state.known_files, path, identity)


def check_model_name(path: StrPath) -> None:
    """Raise ValueError if the suffix is that of vectors alone; TypeError if no path."""
    from w2vfast.io.formats import VECTOR_SUFFIXES  # imports all formats

    name = path_text(path, MODEL_PATH)
    if (suffix := split_suffix(name)[0]) in VECTOR_SUFFIXES:
        raise ValueError(
            f"{name}: {suffix} is a format for vectors alone; expected "
            "a name like model.w2v for the whole model. save_vectors writes the "
            "vectors"
        )


def check_content(path: StrPath, state: ModelState) -> None:
    """Raise ValueError if a vector is infinite or NaN: the file could not be loaded."""
    for name, vectors in (
        ("", state.centre_vectors),
        ("outside ", state.outside_vectors),
    ):
        if (row := first_non_finite(vectors)) is not None:
            raise ValueError(
                f"{os.fspath(path)} was not written, because row {row} of the "
                f"{name}vectors is infinite or NaN: train again with a smaller alpha"
            )


def model_content(
    state: ModelState,
) -> tuple[dict[str, NDArray[np.generic]], dict[str, Any]]:
    """Return the tensors of a model file, and its parameters and training state."""
    blob, offsets = pack_keys(state.vocabulary.index_to_key)
    values: dict[str, Any] = {
        "parameters": state.parameters.as_dict(),
        # JSON has no nan, the loss of an epoch without a pair: null stands for it.
        "loss_history": [None if x != x else x for x in state.loss_history],
        "run": None if state.run is None else state.run.as_dict(),
    }
    tensors: dict[str, NDArray[np.generic]] = {
        "centre": state.centre_vectors,
        "outside": state.outside_vectors,
        "keys": blob,
        "key_offsets": offsets,
        "counts": state.vocabulary.counts,
    }
    if state.warm_start:
        values["warm_start"] = True
    for name in ROW_FACTORS:
        if (factors := getattr(state, name)) is not None:
            tensors[name] = factors
    if state.run is not None and state.run.callbacks:
        values["callbacks"], arrays = callback_state.file_content(state.run.callbacks)
        tensors |= arrays
    return tensors, values


def read_model(path: StrPath) -> ModelState:
    """
    Read a file of `save_model` or `write_checkpoint`. Nothing in it is executed.

    Raises
    ------
    TypeError
        If `path` is no path.
    ValueError
        If the file is damaged or holds vectors only.
    """
    path_text(path, MODEL_PATH)
    identity = file_identity(path)  # before reading: a later file is another one
    with open_input(path) as file:
        start = file.peek(16)
        reject_pickled_model(start)
        try:
            tensors, metadata = read_safetensors_input(file)
        except ValueError as error:
            raise ValueError(f"{error}{_vectors_alone(path, start)}") from error
    try:
        state = model_from_content(tensors, validation.parse_content(metadata))
    except (KeyError, TypeError, ValueError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else error
        raise ValueError(
            f"{os.fspath(path)}: not a whole Word2Vec model ({reason}); "
            "KeyedVectors.load reads files with vectors only"
        ) from error
    _remember(path, state, identity)
    return state


def _vectors_alone(path: StrPath, start: bytes) -> str:
    """Return what reads a file that starts so, if it may hold vectors alone."""
    from w2vfast.io.formats import VECTOR_SUFFIXES  # imports all formats

    if is_safetensors(start) or is_rejected(start):  # damaged, or read by nothing
        return ""
    if not _has_vectors(path):
        return (
            "; the file holds neither a model nor vectors: if it is a text to train "
            "on, pass it to Word2Vec(path).train()"
        )
    suffix = split_suffix(os.fspath(path))[0]
    if suffix not in VECTOR_SUFFIXES:
        return "; a file with vectors alone is read by KeyedVectors.load"
    return f"; {suffix} is a format for vectors alone: use KeyedVectors.load"


def _has_vectors(path: StrPath) -> bool:
    """Return whether the first line of a file is that of vectors in some format."""
    from w2vfast.io.detect import content_format  # imports all formats

    try:
        with open_input(path) as file:
            return content_format(file) is not None
    except (OSError, ValueError):
        return True


def model_from_content(
    tensors: Mapping[str, NDArray[Any]], values: dict[str, Any]
) -> ModelState:
    """
    Return the model that `model_content` was called on.

    Raises
    ------
    KeyError, TypeError, ValueError
        If an item is missing or does not fit the others.
    """
    parameters = validation.parse_parameters(values["parameters"])
    history = validation.parse_history(values["loss_history"])
    keys = unpack_keys(tensors["keys"], tensors["key_offsets"])
    validation.check_words(keys, tensors["counts"])
    vocabulary = Vocabulary(keys, tensors["counts"])
    run = _run(values["run"], parameters, vocabulary)
    if run is not None and "callbacks" in values:
        run.callbacks = callback_state.from_file(values["callbacks"], tensors)
    centre, outside = (
        padded_embeddings(tensors[name], rows, parameters.vector_size, parameters.dtype)
        for name, rows in (
            ("centre", len(keys)),
            ("outside", parameters.outside_rows(len(keys))),
        )
    )
    state = ModelState(parameters, vocabulary, centre, outside, history, run)
    state.warm_start = validation.parse_flag(values.get("warm_start"), "warm_start")
    for name in ROW_FACTORS:
        setattr(state, name, _row_factors(tensors, name, len(keys)))
    return state


def _run(
    values: Any, parameters: Parameters, vocabulary: Vocabulary
) -> TrainingState | None:
    """Return the checked state of the last run, or None if there was none."""
    if values is None:
        return None
    validation.check_run_fields(validation.mapping(values, "run"))
    own = validation.parse_parameters(values["parameters"], "run.parameters")
    run = TrainingState.from_dict(values, own)
    validation.check_run(run, parameters, run_block_size(run.parameters, vocabulary))
    return run


def _row_factors(
    tensors: Mapping[str, NDArray[Any]], name: str, words: int
) -> NDArray[np.float32] | None:
    """Return the factors on the steps of words, or None if the file has none."""
    factors = tensors.get(name)
    if factors is None:
        return None
    if factors.shape != (words,) or factors.dtype != np.float32:
        raise ValueError(
            f"{name} of {factors.dtype} and shape {factors.shape}, where {words} "
            "float32 were expected"
        )
    if not (np.isfinite(factors) & (factors >= 0)).all():
        raise ValueError(f"{name} has values that are negative or not finite")
    return factors.copy()
