"""Parameters for corpora that are not text: items that users choose, and walks."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ParamSpec, TypeVar

from w2vfast.training.parameters import NEGATIVE_SAMPLING_DEFAULTS

P = ParamSpec("P")
R = TypeVar("R")


class Preset(Mapping[str, Any]):
    """
    Parameters of `Word2Vec` by name, for one kind of corpus.

    Attributes
    ----------
    source : str
        Where the values come from, and where they differ from it.
    """

    def __init__(self, source: str, **parameters: Any) -> None:
        self.source: str = " ".join(source.split())
        self._parameters = parameters

    def __getitem__(self, name: str) -> Any:
        return self._parameters[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __len__(self) -> int:
        return len(self._parameters)

    def __repr__(self) -> str:
        return f"Preset({self._parameters})"


class Presets(Mapping[str, Preset]):
    """
    The presets by name.

    ``Word2Vec(corpus, **presets["items"])`` is the same as
    ``Word2Vec(corpus, preset="items")``.
    """

    def __init__(self, presets: dict[str, Preset]) -> None:
        self._presets = presets

    def __getitem__(self, name: str) -> Preset:
        return self._presets[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._presets)

    def __len__(self) -> int:
        return len(self._presets)


presets: Mapping[str, Preset] = Presets(
    {
        "text": Preset("The defaults, which are chosen for natural language."),
        "items": Preset(
            """
            Caselles-Dupré, Lesaint and Royo-Letelier, Word2vec applied to
            Recommendation (RecSys 2018, arXiv:1804.04212): the best setting for its
            first data set of music. `sample` keeps its default, because the 1e-5 found
            there would drop nearly all tokens of a few thousand items.
            """,
            window=3,
            ns_exponent=-0.5,
            min_count=1,
            epochs=110,
        ),
        "walks": Preset(
            """
            Grover and Leskovec, node2vec (KDD 2016, arXiv:1607.00653): 128 dimensions
            and a context of 10 nodes, as in DeepWalk (KDD 2014, arXiv:1403.6652),
            without subsampling. `epochs` keeps its default, because the single pass of
            node2vec is too little for small graphs.
            """,
            vector_size=128,
            window=10,
            min_count=1,
            sample=0.0,
        ),
    }
)


def preset_parameters(name: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return the parameters of a preset, except those that are given explicitly.

    Parameters
    ----------
    name : str or None
        A name in `presets`. None gives no parameters.
    given : mapping
        Explicit parameters of `Word2Vec`. If its loss has no negatives, the preset's
        parameters of negative sampling are left out, too.

    Raises
    ------
    ValueError
        If there is no such preset.
    """
    if name is None:
        return {}
    if not isinstance(name, str) or name not in presets:
        known = ", ".join(map(repr, presets))
        raise ValueError(f"preset={name!r}: expected one of {known}")
    without = {*given}
    if not str(given.get("loss", "negative_sampling")).startswith("negative_sampling"):
        without |= {*NEGATIVE_SAMPLING_DEFAULTS}
    return {k: value for k, value in presets[name].items() if k not in without}


def fill_from_preset(method: Callable[P, R]) -> Callable[P, R]:
    """Decorate a constructor: its `preset` sets what the call does not give."""
    code = getattr(method, "__wrapped__", method).__code__
    names = code.co_varnames[1 : code.co_argcount]

    @functools.wraps(method)
    def filled(*arguments: P.args, **named: P.kwargs) -> R:
        given = dict(zip(names, arguments[1:], strict=False)) | named
        more: Any = preset_parameters(named.get("preset"), given)
        return method(*arguments, **(named | more))

    return filled
