"""The search: ask for parameters, train, score, repeat until the time is over."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast.corpus.known_words import as_corpus
from w2vfast.corpus.text_options import TextOptions
from w2vfast.io.atomic import StrPath
from w2vfast.runtime.progress import SearchBar
from w2vfast.training.execution import Execution
from w2vfast.training.fingerprint import Fingerprint
from w2vfast.training.parameter_names import unknown_parameter
from w2vfast.training.parameters import Parameters, default_sample
from w2vfast.tuning.budget import Budget, Durations, check_trials, parse_time
from w2vfast.tuning.objective import as_objective
from w2vfast.tuning.optuna_package import load_optuna
from w2vfast.tuning.result import Tuning
from w2vfast.tuning.space import default_space, resolve_space
from w2vfast.tuning.study import Study, check_journal
from w2vfast.tuning.trial_run import run_trial

#: Candidates in a row that are too long for the time left, before the search ends.
MOST_SKIPPED = 25


class Tuner:
    """
    Search for the parameters that suit a corpus and a task.

    Parameters
    ----------
    corpus : Corpus, path, list of paths, or iterable of token lists
        Read and encoded once.
    objective : Objective or callable
        What to maximise or minimise: `WordPairsObjective`, `AnalogiesObjective`,
        `HeldOutObjective`, `NextItemObjective`, `MeanObjective`, or a function of the
        model that returns a number; higher is better.
    space : mapping, optional
        Changes of the default space. For each parameter a range (low, high), a list of
        values, a `Whole`, `Real` or `Choice`, or None to leave it out. By default
        window, sample, ns_exponent, vector_size and epochs vary.
    study : path-like, optional
        Journal of Optuna that keeps all trials. If it exists, the search continues.
        None keeps them in memory.
    seed : int, default 1
        Of the search and of every training run.
    prune : bool, default True
        Stop a trial at half or three quarters of its epochs if it is worse there than
        the median of earlier trials.
    workers, kernels, progress, encoding, errors, field
        As in `Word2Vec`.
    **parameters
        Parameters of `Word2Vec` that do not vary, such as ``architecture="cbow"``.

    Raises
    ------
    ImportError
        If Optuna is not installed.
    TypeError, ValueError
        If an argument is out of range, or `study` is of another corpus, objective or
        other parameters.

    Notes
    -----
    The first trial uses the library's defaults, so the result is never worse than
    these on the scores that choose it.
    """

    def __init__(
        self,
        corpus: Any,
        objective: Any,
        *,
        space: Mapping[str, Any] | None = None,
        study: StrPath | None = None,
        seed: int = 1,
        prune: bool = True,
        workers: int | None = None,
        kernels: str = "auto",
        progress: bool | None = None,
        encoding: str = "utf-8",
        errors: str = "strict",
        field: str | None = None,
        **parameters: Any,
    ) -> None:
        load_optuna()  # before reading for long
        check_journal(study)
        _check_names(parameters)
        TextOptions(encoding, errors, field)
        self._objective = as_objective(objective)
        self._fixed = parameters if seed == 1 else {**parameters, "seed": seed}
        self._execution = Execution.resolve(workers, kernels, progress)
        self._prune, self._note, self._source = prune, "", corpus
        base = Parameters(**_without_none(self._fixed))
        excluded = self._objective.excluded
        resolve_space(space, default_space(base, 1000), parameters, excluded)
        text = {"encoding": encoding, "errors": errors, "field": field}
        fingerprint, counts = self._read(corpus, base, text)
        if parameters.get("sample") is None:
            base = replace(base, sample=default_sample(len(counts)))
        whole = default_space(base, len(counts))
        for name in self._objective.unsearched:
            whole.pop(name, None)
        self._space = resolve_space(space, whole, parameters, excluded)
        self._base = base
        self._default = {name: getattr(base, name) for name in self._space}
        self._study = self._open(study, fingerprint, seed)
        self._durations = Durations(counts)
        for trial in self._study.trials():
            if trial.is_complete:
                self._durations.add(self._parameters(trial.parameters), trial.seconds)

    def _read(
        self, corpus: Any, base: Parameters, text: dict[str, Any]
    ) -> tuple[str, NDArray[np.int64]]:
        """Encode the corpus; return its fingerprint and the counts of its words."""
        workers, progress = self._execution.workers, self._execution.progress
        read = as_corpus(corpus, None, workers, progress, **text)
        fingerprint = Fingerprint((read.ids, read.offsets)).text
        self._corpus = self._objective.prepare(read, base)
        vocabulary = self._corpus.vocabulary(base.min_count, base.max_final_vocab)
        return fingerprint, vocabulary.counts

    def _open(self, file: StrPath | None, fingerprint: str, seed: int) -> Study:
        """Open the study, with everything that its scores depend on."""
        identity = {
            "corpus": fingerprint,
            "objective": self._objective.describe(),
            "parameters": self._base.as_dict(),
        }
        better = self._objective.higher_is_better
        return Study(file, identity, self._space, better, seed)

    def run(self, time: Any = "10min", trials: int | None = None) -> Tuning:
        """
        Search, and return all trials so far. Another call continues.

        Parameters
        ----------
        time : str, float or None, default "10min"
            Limit of this call: a text such as "90s", "10min" or "2h", or seconds. A
            trial that would exceed it is not started, or is stopped. None: no limit.
        trials : int, optional
            Number of trials, those of earlier calls included. None: no limit.

        Returns
        -------
        Tuning

        Raises
        ------
        ValueError
            If both limits are None, one is out of range, or the objective cannot be
            computed, for instance because the file has no known words.
        KeyboardInterrupt
            After Ctrl-C. `result` has the trials so far, and the study keeps them.
        """
        budget = Budget(parse_time(time), check_trials(trials))
        if budget.seconds is None and budget.trials is None:
            raise ValueError("time=None, trials=None: give at least one limit")
        self._note = ""
        skipped = 0
        with SearchBar(self._execution.progress) as bar:
            while not self._note:
                done = len([t for t in self.result.trials if t.outcome in COUNTED])
                if budget.trials is not None and done >= budget.trials:
                    self._note = f"{done} trials are done"
                elif budget.left <= 0:
                    self._note = f"the time is over: {budget.elapsed:.0f} s"
                elif self._run_one(budget, bar, done):
                    skipped = 0
                else:
                    skipped += 1
                    if skipped >= MOST_SKIPPED:
                        left = f"{budget.left:.0f} s"
                        self._note = f"no further trial fits the {left} left"
        return self.result

    @property
    def result(self) -> Tuning:
        """The trials so far."""
        source = self._source
        if isinstance(source, list | tuple) and len(source) == 1:
            source = source[0]
        named = isinstance(source, str | os.PathLike)
        return Tuning(
            trials=tuple(self._study.trials()),
            fixed=self._fixed,
            score_name=self._objective.name,
            higher_is_better=self._objective.higher_is_better,
            summary=self._objective.summary(),
            note=self._note,
            corpus=os.fspath(source) if named else "corpus.txt",
        )

    def _run_one(self, budget: Budget, bar: SearchBar, done: int) -> bool:
        """Run a trial; return False if it was skipped."""
        trial = self._study.ask(self._default)
        chosen = trial.user_attrs["parameters"]
        try:
            p = self._parameters(chosen)
            default = self.result.default
            predicted = self._durations.predict(p)
            too_long = default is not None and predicted > budget.largest_trial(
                default.seconds
            )
            if too_long:
                reason = f"predicted to take {predicted:.0f} s"
                self._study.finish(trial, None, "skipped", reason=reason)
                return False
            self._train(trial, chosen, budget, bar, done)
        except KeyboardInterrupt:
            self._study.finish(trial, None, "interrupted")
            raise
        except Exception as error:
            self._study.finish(trial, None, "failed", reason=str(error))
            raise
        return True

    def _train(
        self,
        trial: Any,
        chosen: dict[str, Any],
        budget: Budget,
        bar: SearchBar,
        done: int,
    ) -> None:
        """Train and score one model, and store the result."""
        best = self.result.best
        text = f"trial {done + 1}"
        if budget.trials is not None:
            text += f"/{budget.trials}"
        if best is not None:
            text += f", best {self._objective.name} {best.score:.4f}"

        def show(share: float) -> None:
            bar.show(budget.share(done + share), text)

        show(0.0)
        start = time.perf_counter()
        ending = run_trial(
            trial,
            self._corpus,
            self._objective,
            {
                **self._fixed,
                **chosen,
                "workers": self._execution.workers,
                "kernels": self._execution.kernels,
                "progress": False,
            },
            prune=self._prune,
            max_seconds=budget.left,
            show=show,
        )
        seconds = time.perf_counter() - start
        outcome, score, test, reason = ending
        self._study.finish(
            trial, score, outcome, test=test, seconds=seconds, reason=reason
        )
        if outcome == "complete":
            self._durations.add(self._parameters(chosen), seconds)

    def _parameters(self, chosen: dict[str, Any]) -> Parameters:
        """Return all parameters of a trial."""
        if "architecture" in chosen or "loss" in chosen:  # alpha depends on them
            given = {**self._fixed, "sample": self._base.sample, **chosen}
            return Parameters(**_without_none(given))
        return Parameters(**{**self._base.as_dict(), **chosen})


#: Outcomes of trials that count towards `trials`.
COUNTED = ("complete", "pruned", "failed")


def tune(
    corpus: Any,
    objective: Any,
    *,
    time: Any = "10min",
    trials: int | None = None,
    **settings: Any,
) -> Tuning:
    """
    Search for the parameters that suit a corpus and a task.

    Equivalent to ``Tuner(corpus, objective, **settings).run(time, trials)``.

    Examples
    --------
    >>> from w2vfast.tuning import tune
    >>> text = [["sun", "moon", "star"], ["tea", "milk", "cup"]] * 50
    >>> def gap(model):
    ...     near, far = (model.wv.similarity("sun", w) for w in ("moon", "cup"))
    ...     return near - far
    >>> space = {"vector_size": (4, 16), "epochs": (1, 3)}
    >>> result = tune(text, gap, trials=3, space=space, min_count=1, workers=1)
    >>> len(result.trials), result.gain >= 0
    (3, True)
    """
    return Tuner(corpus, objective, **settings).run(time, trials)


def _check_names(parameters: dict[str, Any]) -> None:
    known = [field.name for field in fields(Parameters)]
    for name, value in parameters.items():
        if name not in known:
            raise unknown_parameter("tune", name, value, [*known, "space", "study"])


def _without_none(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}
