"""The states of callbacks, kept with a run, so that an interrupted run continues."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
