"""A bounded search for the parameters of `Word2Vec` that suit a corpus and a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2vfast.runtime.lazy_names import lazy_name

if TYPE_CHECKING:
    from w2vfast.tuning.dimensions import Choice, Real, Whole
    from w2vfast.tuning.evaluation_files import AnalogiesObjective, WordPairsObjective
    from w2vfast.tuning.held_out import HeldOutObjective
    from w2vfast.tuning.next_item import NextItemObjective
    from w2vfast.tuning.objective import FunctionObjective, MeanObjective, Objective
    from w2vfast.tuning.result import Tuning
    from w2vfast.tuning.search import Tuner, tune
    from w2vfast.tuning.trial import Trial

__all__ = [
    "AnalogiesObjective",
    "Choice",
    "FunctionObjective",
    "HeldOutObjective",
    "MeanObjective",
    "NextItemObjective",
    "Objective",
    "Real",
    "Trial",
    "Tuner",
    "Tuning",
    "Whole",
    "WordPairsObjective",
    "tune",
]
_MODULES = (
    "dimensions",
    "evaluation_files",
    "held_out",
    "next_item",
    "objective",
    "result",
    "search",
    "trial",
)


def __getattr__(name: str) -> object:
    """Import the module of a name at its first use."""
    return lazy_name(__name__, name, __all__, _MODULES)
