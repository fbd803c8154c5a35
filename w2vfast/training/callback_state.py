"""The states of callbacks, kept with a run, so that an interrupted run continues."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast.runtime.warning import warn_caller
from w2vfast.training.callbacks import Callback
from w2vfast.training.validation import mapping

#: States by the name of `named`. A state has JSON values and arrays.
States = dict[str, dict[str, Any]]
#: Start of the name of a tensor: "callback.EarlyStopping.centre".
PREFIX = "callback."


def named(callbacks: Sequence[Callback]) -> dict[str, Callback]:
    """Return the callbacks that have a state: "Name", "Name 2" of each class."""
    found: dict[str, Callback] = {}
    for callback in callbacks:
        if type(callback).checkpoint_state is Callback.checkpoint_state:
            continue
        name = type(callback).__name__
        number = 1 + sum(type(other).__name__ == name for other in found.values())
        found[name if number == 1 else f"{name} {number}"] = callback
    return found


def warn_if_missing(states: Mapping[str, object], given: Container[str]) -> None:
    """Warn of callbacks of an interrupted run that the call which continues lacks."""
    missing = [name for name in states if name not in given]
    if not missing:
        return
    classes = [name.partition(" ")[0] for name in missing]
    one = len(missing) == 1
    warn_caller(
        f"the interrupted run used the callback{'' if one else 's'} "
        f"{', '.join(missing)}, but this call does not: the run goes on without "
        f"{'it' if one else 'them'}, and its checkpoints lose the state, such as "
        "scores and best vectors, at the end of this epoch; to keep the state, stop "
        f"and pass callbacks=[{', '.join(f'{name}(…)' for name in classes)}] again, "
        "to train or resume"
    )


def file_content(states: States) -> tuple[States, dict[str, NDArray[Any]]]:
    """
    Return the values and the tensors that a model file stores.

    Raises
    ------
    TypeError
        If a state has objects that are neither JSON values nor arrays.
    """
    values: States = {}
    tensors: dict[str, NDArray[Any]] = {}
    for name, state in states.items():
        arrays = {k: v for k, v in state.items() if isinstance(v, np.ndarray)}
        values[name] = {k: v for k, v in state.items() if k not in arrays}
        try:
            json.dumps(values[name])
        except TypeError as error:
            raise TypeError(
                f"checkpoint_state() of {name}: {error}; expected numbers, text, "
                "lists, dictionaries and arrays"
            ) from error
        tensors |= {f"{PREFIX}{name}.{key}": array for key, array in arrays.items()}
    return values, tensors


def from_file(values: object, tensors: Mapping[str, NDArray[Any]]) -> States:
    """Return the states that `file_content` was called on; ValueError if damaged."""
    states = {
        name: dict(mapping(state, f"callbacks.{name}"))
        for name, state in mapping(values, "callbacks").items()
    }
    for key, tensor in tensors.items():
        name, _, field = key.removeprefix(PREFIX).rpartition(".")
        if key.startswith(PREFIX) and name in states:
            states[name][field] = tensor
    return states
