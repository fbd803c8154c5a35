"""
Check every field of a loaded model before anything uses it.

A model file may be damaged or hostile, and its checksums are optional. The kernels
compute addresses from these fields, so each field is compared with its type, its
bounds, the other fields and the arrays.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from w2vfast.io.json_text import parse_json
from w2vfast.training.parameters import FIXED, Parameters
from w2vfast.wording import counted, quoted

#: Words of a vocabulary at most; their ids are int32.
MAX_WORDS = (1 << 31) - 2
#: Sums that the kernels and the sampling tables compute in int64 stay below this.
MAX_TOTAL = 1 << 53


#: Characters of the text that says why a run stopped.
MAX_REASON = 10_000


class Run(Protocol):
    """The attributes of `TrainingState` that are checked here."""

    parameters: Parameters
    first_epoch: int
    tokens: int
    epoch: int
    block: int
    loss: float
    pairs: float
    trained: float


#: Least and largest value of each whole number in the state of a run.
RUN_BOUNDS = {
    "first_epoch": (0, MAX_TOTAL),
    "tokens": (1, MAX_TOTAL),
    "epoch": (0, (1 << 31) - 1),
    "block": (0, MAX_TOTAL),
}
#: Fields of a model file that files of 0.1.0 do not have, with what 0.1.0 did.
OLD_PARAMETERS: dict[str, float] = {
    "weighted_windows": False,
    "rare_power": 0.0,
    "shuffle": False,
    "thin_gradients": False,
}


def parse_content(metadata: Mapping[str, str]) -> dict[str, Any]:
    """
    Return the metadata entry ``parameters`` of a model file.

    Raises
    ------
    ValueError
        If there is no such entry, or it is not a JSON object.
    """
    if "parameters" not in metadata:
        raise ValueError("the metadata entry 'parameters' is missing")
    content = parse_json(metadata["parameters"], "the metadata entry 'parameters'")
    return mapping(content, "parameters")


def mapping(value: object, name: str) -> dict[str, Any]:
    """Return `value` if it is a JSON object; else ValueError with the field's name."""
    if not isinstance(value, dict):
        raise ValueError(f"{name} is {quoted(value)}: expected an object with names")
    return value


def parse_parameters(value: object, name: str = "parameters") -> Parameters:
    """
    Return checked parameters.

    Raises
    ------
    ValueError
        If a parameter is unknown, has another type or is out of range. The message
        names the field.
    """
    values = mapping(value, name)
    unknown = sorted(values.keys() - {field.name for field in fields(Parameters)})
    if unknown:
        raise ValueError(
            f"{name} has the unknown fields {quoted(', '.join(unknown), 200)}; a newer "
            "release of w2vfast may read them"
        )
    try:
        return Parameters(**OLD_PARAMETERS | values)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: {error}") from error


def parse_history(value: object) -> list[float]:
    """
    Return the losses of epochs; null and NaN stand for an epoch without pairs.

    Raises
    ------
    ValueError
        If the value is not a list of finite numbers.
    """
    if not isinstance(value, list):
        raise ValueError(f"loss_history is {quoted(value)}: expected a list of numbers")
    for i, loss in enumerate(value):
        missing = loss is None or loss != loss
        if not missing and not _is_finite(loss):
            raise ValueError(f"loss_history[{i}] is {quoted(loss)}: expected a number")
    return [math.nan if loss is None else float(loss) for loss in value]


def parse_flag(value: object, name: str) -> bool:
    """Return a flag, which files without it do not set; else raise ValueError."""
    if value is not None and not isinstance(value, bool):
        raise ValueError(f"{name} is {quoted(value)}: expected true or false")
    return bool(value)


def check_run_fields(values: Mapping[str, Any]) -> None:
    """
    Check types and bounds of the state of a run, before an object is made of it.

    Parameters
    ----------
    values : mapping
        The fields of `TrainingState` by name. Fields without an entry in `RUN_BOUNDS`
        are not checked, except for texts (``corpus``, ``stop_reason``) and sums
        (``loss``, ``pairs`` and ``trained``).

    Raises
    ------
    ValueError
        If a field is missing, has another type or is out of range.
    """
    for name, (least, most) in RUN_BOUNDS.items():
        value = values.get(name)
        if type(value) is not int or not least <= value <= most:
            raise ValueError(
                f"run.{name} is {quoted(value)}: expected a whole number from {least} "
                f"to {most}"
            )
    corpus = values.get("corpus", "")  # models of 0.1.0 have none
    if not isinstance(corpus, str) or not re.fullmatch(r"([0-9a-f]{16})?", corpus):
        raise ValueError(
            f"run.corpus is {quoted(corpus)}: expected 16 hexadecimal digits, or ''"
        )
    reason = values.get("stop_reason", "")
    if not isinstance(reason, str) or len(reason) > MAX_REASON or not _is_plain(reason):
        raise ValueError(
            f"run.stop_reason is {quoted(reason)}: expected printable text of at most "
            f"{MAX_REASON:,} characters"
        )
    if not isinstance(values.get("distributed"), dict | None):
        raise ValueError(
            f"run.distributed is {quoted(values['distributed'])}: expected an object"
        )
    for name in ("loss", "pairs", "trained"):
        if not _is_finite(values.get(name)):
            raise ValueError(
                f"run.{name} is {quoted(values.get(name))}: expected a finite number"
            )
        if name != "loss" and not 0 <= values[name] <= MAX_TOTAL:
            raise ValueError(
                f"run.{name} is {quoted(values[name])}: expected a number from 0 to "
                f"{MAX_TOTAL}"
            )


def check_run(run: Run, parameters: Parameters, block_size: int) -> None:
    """
    Compare the state of a run with the parameters of its model.

    Parameters
    ----------
    run : TrainingState
        With fields that `check_run_fields` accepts.
    parameters : Parameters
        Those of the model.
    block_size : int
        Tokens in a block of this run.

    Raises
    ------
    ValueError
        If the position lies beyond the end of the run, or a parameter that cannot
        change differs from the model's.
    """
    p = run.parameters
    for name in FIXED:
        if getattr(p, name) != getattr(parameters, name):
            raise ValueError(
                f"run.parameters.{name} is {getattr(p, name)!r}, but "
                f"parameters.{name} is {getattr(parameters, name)!r}: expected the same"
            )
    if run.epoch > p.epochs:
        raise ValueError(
            f"run.epoch is {run.epoch}: expected up to {p.epochs}, the epochs of the "
            "run"
        )
    blocks = 0 if run.epoch == p.epochs else -(-run.tokens // block_size)
    if run.block > blocks:
        raise ValueError(
            f"run.block is {run.block}: expected up to {blocks}, the blocks of epoch "
            f"{run.epoch} with {counted(run.tokens, 'token')}"
        )


def check_words(keys: list[str], counts: NDArray[Any]) -> None:
    """
    Check the vocabulary of a loaded model.

    Raises
    ------
    ValueError
        If there are fewer than two words, the counts are not one whole number for
        each word, or their sum exceeds `MAX_TOTAL` or is 0.
    """
    if not 2 <= len(keys) <= MAX_WORDS:
        raise ValueError(f"{counted(len(keys), 'word')}: expected 2 to {MAX_WORDS:,}")
    if counts.shape != (len(keys),) or counts.dtype != np.int64:
        raise ValueError(
            f"counts of {counts.dtype} and shape {counts.shape}: expected one int64 "
            f"for each word ({counted(len(keys), 'word')})"
        )
    if counts.min() < 0 or not 0 < counts.sum(dtype=np.float64) <= MAX_TOTAL:
        raise ValueError(
            f"counts from {counts.min()} to {counts.max()}: expected 0 or more, with a "
            f"sum from 1 to {MAX_TOTAL}"
        )


def plain_text(text: object) -> str:
    """Return the text of a reason to stop as files may have it: short and printable."""
    line = str(text)[:MAX_REASON]
    return "".join(c if _is_plain(c) else "\ufffd" for c in line)


def _is_plain(text: str) -> bool:
    return all(c.isprintable() or c in "\n\t" for c in text)


def _is_finite(value: object) -> bool:
    """Return whether a value from JSON is a finite number."""
    if type(value) not in (int, float):
        return False
    try:
        return math.isfinite(value)  # type: ignore[arg-type]
    except OverflowError:
        return False
