"""The search space: which parameters vary, and between which values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from w2vfast.training.parameter_names import known_name
from w2vfast.training.parameters import Parameters
from w2vfast.tuning.dimensions import Real, Space, Whole, as_dimension
from w2vfast.wording import quoted


def default_space(base: Parameters, sample: float) -> Space:
    """
    Return the default ranges.

    Parameters
    ----------
    base : Parameters
        The parameters that do not vary.
    sample : float
        The default subsampling threshold for the corpus.

    Notes
    -----
    ``window``: small ones learn what replaces a word, large ones its topic.
    ``sample``: a factor of 100 below its default to 10 above; the best value depends
    on the corpus and the task. ``ns_exponent``: 0.75 suits text, lower and negative
    ones suit items (arXiv:1804.04212). ``vector_size`` and ``epochs``: more need not
    be better on small corpora.
    """
    space: Space = {
        "window": Whole(2, 15, log=True),
        "sample": Real(sample / 100, sample * 10, log=True),
        "vector_size": Whole(32, 300, log=True),
        "epochs": Whole(2, 20, log=True),
    }
    if base.uses_negatives:
        space["ns_exponent"] = Real(-0.5, 1.0)
    return space


def resolve_space(
    given: Mapping[str, Any] | None,
    default: Space,
    fixed: Mapping[str, Any],
    excluded: Mapping[str, str],
) -> Space:
    """
    Return the default space with the user's changes.

    Parameters
    ----------
    given : mapping or None
        For each parameter a range (low, high), a list of values, a `Whole`, `Real` or
        `Choice`, or None to leave it out.
    default : Space
    fixed : mapping
        Parameters that the user gave a value.
    excluded : mapping of str to str
        Parameters that would change what the objective measures, with the reason.

    Raises
    ------
    TypeError, ValueError
        If a parameter is unknown, fixed or excluded, or its values are not valid.
    """
    given = {} if given is None else given
    if not isinstance(given, Mapping):
        raise TypeError(
            f"space={quoted(given)}: expected a mapping of parameters to ranges, such "
            "as space={'window': (2, 15)}"
        )
    space = {
        name: dimension
        for name, dimension in default.items()
        if name not in fixed and name not in excluded
    }
    for name, values in given.items():
        _check_name(name, values, fixed, excluded)
        if values is None:
            space.pop(name, None)
            continue
        space[name] = as_dimension(name, values)
    for name in given.keys() & space.keys():
        _check_values(name, space, fixed)
    if not space:
        raise ValueError(
            "the search space is empty: give at least one parameter a range, such as "
            "space={'window': (2, 15)}"
        )
    return dict(sorted(space.items()))


def _check_name(
    name: str, values: Any, fixed: Mapping[str, Any], excluded: Mapping[str, str]
) -> None:
    known = [field.name for field in fields(Parameters) if field.name != "seed"]
    if name not in known:
        if near := known_name(name, known):
            raise ValueError(
                f"space[{name!r}]: did you mean space[{near!r}]={values!r}?"
            )
        raise ValueError(
            f"space[{name!r}]: expected a parameter of Word2Vec: "
            f"{', '.join(map(repr, known))}"
        )
    if name in excluded:
        raise ValueError(f"space[{name!r}]: {excluded[name]}")
    if name in fixed:
        raise ValueError(
            f"{name}={fixed[name]!r} is fixed, but space={{{name!r}: …}} varies it: "
            "leave out one of them"
        )


def _check_values(name: str, space: Space, fixed: Mapping[str, Any]) -> None:
    """Raise an error for a value that is valid with no architecture and no loss."""
    models: list[dict[str, Any]] = [
        {**fixed, "architecture": architecture, "loss": loss}
        for architecture in _choices("architecture", space, fixed)
        for loss in _choices("loss", space, fixed)
    ]
    for value in space[name].examples():
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"space[{name!r}]: {value} is not a finite number")
        errors = [_error({**model, name: value}) for model in models]
        if errors and None not in errors:
            raise ValueError(f"space[{name!r}]: {errors[0]}")


def _choices(name: str, space: Space, fixed: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the values that a parameter can have."""
    if name in space:
        return space[name].examples()
    return (fixed.get(name, getattr(Parameters, name)),)


def _error(parameters: dict[str, Any]) -> Exception | None:
    """Return why parameters are not valid; None if they are."""
    try:
        Parameters(**{n: v for n, v in parameters.items() if v is not None})
    except (TypeError, ValueError) as error:
        return error
    return None
