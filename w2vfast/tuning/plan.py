"""The plan of a search: what is trained, what varies, and what stays the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.corpus.corpus import Corpus
from w2vfast.corpus.known_words import as_corpus
from w2vfast.training.corpus_defaults import fit_to_corpus
from w2vfast.training.execution import Execution
from w2vfast.training.fingerprint import Fingerprint
from w2vfast.training.parameter_names import unknown_parameter
from w2vfast.training.parameters import DEFAULT_SAMPLE, Parameters
from w2vfast.tuning.dimensions import Space
from w2vfast.tuning.objective import Objective
from w2vfast.tuning.space import default_space, resolve_space


class Plan:
    """
    The corpus, encoded once, and the parameters of the trials.

    Parameters
    ----------
    source : Corpus, path, list of paths, or iterable of token lists
    objective : Objective
        Prepared here.
    space : mapping or None
        See `resolve_space`.
    fixed : dict
        Parameters of `Word2Vec` that do not vary.
    execution : Execution
        For reading the corpus.
    text : dict
        encoding, errors and field.

    Attributes
    ----------
    corpus : Corpus
        What trials train on.
    counts : int64 array, (words,)
        Occurrences of the words to train.
    space : Space
    first : dict
        What the first trial uses: the library's default of each parameter of the
        space, or the value of the space that is nearest to it.
    fixed : dict
    identity : dict
        What scores depend on, besides the space.
    """

    def __init__(
        self,
        source: Any,
        objective: Objective,
        space: Mapping[str, Any] | None,
        fixed: dict[str, Any],
        execution: Execution,
        text: dict[str, Any],
    ) -> None:
        _check_names(fixed)
        self.fixed = fixed
        base = Parameters(**_without_none(fixed))
        excluded = objective.excluded
        # Before reading for long.
        resolve_space(space, default_space(base, DEFAULT_SAMPLE), fixed, excluded)
        read = as_corpus(source, None, execution.workers, execution.progress, **text)
        self.corpus: Corpus = objective.prepare(read, base)
        vocabulary = self.corpus.vocabulary(base.min_count, base.max_final_vocab)
        self.counts: npt.NDArray[np.int64] = vocabulary.counts
        self._size = len(vocabulary), int(self.counts.sum())
        sample = fit_to_corpus(base, *self._size, sample=True, alpha=False).sample
        if fixed.get("sample") is None:
            base = replace(base, sample=sample)
        self._base = base = self._with_alpha(base, {})
        ranges = default_space(base, sample)
        for name in objective.unsearched:
            ranges.pop(name, None)
        self.space: Space = resolve_space(space, ranges, fixed, excluded)
        self.first: dict[str, Any] = {
            name: None if (value := getattr(base, name)) is None else d.nearest(value)
            for name, d in self.space.items()
        }
        self.identity: dict[str, Any] = {
            "corpus": Fingerprint((read.ids, read.offsets)).text,
            "objective": objective.describe(),
            "parameters": base.as_dict() | {"shuffle": base.shuffle},
        }

    def is_default(self, chosen: Mapping[str, Any]) -> bool:
        """Return whether all values are the library's defaults."""
        return all(getattr(self._base, name) == v for name, v in chosen.items())

    def parameters(self, chosen: dict[str, Any]) -> Parameters:
        """
        Return all parameters of a trial.

        Raises
        ------
        ValueError
            If values do not fit each other.
        """
        if "architecture" in chosen or "loss" in chosen:  # other defaults follow
            given = {**self.fixed, "sample": self._base.sample, **chosen}
            return self._with_alpha(Parameters(**_without_none(given)), chosen)
        return self._with_alpha(replace(self._base, **chosen), chosen)

    def _with_alpha(self, parameters: Parameters, chosen: dict[str, Any]) -> Parameters:
        """Return parameters with the default learning rate, unless it is set."""
        unset = self.fixed.get("alpha") is None and "alpha" not in chosen
        return fit_to_corpus(parameters, *self._size, sample=False, alpha=unset)


def _check_names(fixed: dict[str, Any]) -> None:
    known = [field.name for field in fields(Parameters)]
    for name, value in fixed.items():
        if name not in known:
            raise unknown_parameter("tune", name, value, [*known, "space", "study"])


def _without_none(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}
