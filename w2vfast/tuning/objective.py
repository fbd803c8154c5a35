"""Objectives: what a search maximises or minimises."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any

from w2vfast.corpus import Corpus
from w2vfast.training.parameters import Parameters
from w2vfast.wording import quoted

#: Parameters that change the vocabulary, and so which items are scored at all.
VOCABULARY = "it changes the vocabulary, and with it what is scored; choose one value"


class Objective:
    """
    Base class of objectives: a score of a trained model.

    Attributes
    ----------
    name : str
        Of the score, for the table.
    higher_is_better : bool, default True
    excluded : dict of str to str
        Parameters that may not vary, because scores would not be comparable, with the
        reason.
    unsearched : tuple of str
        Parameters that the default space leaves out.
    """

    name: str = "score"
    higher_is_better: bool = True
    excluded: Mapping[str, str] = {
        "min_count": VOCABULARY,
        "max_final_vocab": VOCABULARY,
    }
    unsearched: tuple[str, ...] = ()

    def prepare(self, corpus: Corpus, base: Parameters) -> Corpus:
        """Read what is needed, once; return the corpus to train on."""
        return corpus

    def describe(self) -> dict[str, Any]:
        """Return what identifies the objective, as JSON values."""
        return {"name": self.name, "class": type(self).__name__}

    def summary(self) -> str:
        """Return a line on what is scored."""
        return self.name

    def score(self, model: Any) -> float:
        """Return the score that chooses parameters."""
        raise NotImplementedError

    def test_score(self, model: Any) -> float | None:
        """Return the score on data that no choice depends on; None without any."""
        return None


class FunctionObjective(Objective):
    """
    A function of the model.

    Parameters
    ----------
    function : callable
        Takes the trained `Word2Vec` and returns a number.
    higher_is_better : bool, default True
    name : str, optional
        Default: the function's own.
    """

    excluded: Mapping[str, str] = {}

    def __init__(
        self,
        function: Callable[[Any], float],
        higher_is_better: bool = True,
        name: str = "",
    ) -> None:
        self._function = function
        self.higher_is_better: bool = higher_is_better
        self.name: str = name or getattr(function, "__name__", "score").strip("<>")

    def score(self, model: Any) -> float:
        """Return the function's result."""
        value = self._function(model)
        if isinstance(value, bool) or not hasattr(value, "__float__"):
            raise TypeError(f"the objective returned {value!r}: expected a number")
        if not math.isfinite(number := float(value)):
            raise FloatingPointError(f"the objective returned {number}")
        return number


class MeanObjective(Objective):
    """
    The mean of several objectives, such as word pairs and analogies.

    Parameters
    ----------
    objectives : sequence of Objective
        All with the same `higher_is_better`. Each has the same weight.
    """

    def __init__(self, objectives: Sequence[Objective]) -> None:
        given: Any = objectives
        parts = list(given) if isinstance(given, Iterable) else [given]
        if not all(isinstance(part, Objective) for part in parts):
            raise TypeError(
                f"{quoted(objectives)}: expected a list of objectives, such as "
                "[WordPairsObjective('pairs.tsv'), FunctionObjective(function)]"
            )
        self._parts: list[Objective] = parts
        directions = {part.higher_is_better for part in self._parts}
        if len(directions) != 1:
            raise ValueError(
                "expected one or more objectives, all with scores that rise or all "
                "with scores that fall when a model gets better"
            )
        self.higher_is_better: bool = directions.pop()
        self.name: str = "mean of " + " and ".join(part.name for part in self._parts)
        self.excluded: Mapping[str, str] = {
            n: r for part in self._parts for n, r in part.excluded.items()
        }
        self.unsearched: tuple[str, ...] = tuple(
            n for part in self._parts for n in part.unsearched
        )

    def prepare(self, corpus: Corpus, base: Parameters) -> Corpus:
        """Prepare all parts; each receives the corpus of the one before."""
        for part in self._parts:
            corpus = part.prepare(corpus, base)
        return corpus

    def describe(self) -> dict[str, Any]:
        """Return the descriptions of the parts."""
        return {"name": self.name, "parts": [part.describe() for part in self._parts]}

    def summary(self) -> str:
        """Return the lines of the parts."""
        return "mean of " + ", and ".join(part.summary() for part in self._parts)

    def score(self, model: Any) -> float:
        """Return the mean score."""
        return fmean(part.score(model) for part in self._parts)

    def test_score(self, model: Any) -> float | None:
        """Return the mean test score; None if a part has none."""
        scores = [part.test_score(model) for part in self._parts]
        known = [score for score in scores if score is not None]
        return fmean(known) if len(known) == len(scores) else None


def as_objective(objective: Any) -> Objective:
    """
    Return an objective; a function becomes a `FunctionObjective`.

    Raises
    ------
    TypeError
        If it is neither.
    """
    if isinstance(objective, Objective):
        return objective
    if callable(objective) and not isinstance(objective, type):
        return FunctionObjective(objective)
    raise TypeError(
        f"objective={quoted(objective)}: expected an Objective, such as "
        "WordPairsObjective('pairs.tsv'), or a function of the model"
    )
