"""The search: train and score one setting after the other, within limits."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Mapping
from typing import Any

from w2vfast.corpus.text_options import TextOptions
from w2vfast.io.atomic import StrPath
from w2vfast.io.file_lock import file_lock
from w2vfast.runtime.progress import SearchBar
from w2vfast.training.execution import Execution
from w2vfast.training.parameter_values import check_choice
from w2vfast.tuning.budget import Budget, Durations, check_trials, parse_time
from w2vfast.tuning.objective import as_objective
from w2vfast.tuning.optuna_package import load_optuna
from w2vfast.tuning.plan import Plan
from w2vfast.tuning.result import Tuning
from w2vfast.tuning.settings import n_settings, untried
from w2vfast.tuning.study import Study, check_journal
from w2vfast.tuning.trial_run import run_trial
from w2vfast.wording import counted

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
    BlockingIOError
        If another search, of any process, runs with this study.

    Notes
    -----
    The first trial uses the library's defaults, so the result is never worse than
    these on the scores that choose it. Where the space does not contain a default, it
    uses the nearest value of the space.
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
        check_choice("prune", prune, (True, False))
        TextOptions(encoding, errors, field)
        text = {"encoding": encoding, "errors": errors, "field": field}
        fixed = parameters if seed == 1 else {**parameters, "seed": seed}
        self._source, self._prune, self._note = corpus, prune, ""
        self._objective = as_objective(objective)
        self._execution = Execution.resolve(workers, kernels, progress)
        self._file = study
        with file_lock(study, writer=self):  # before reading for long
            self._plan = plan = Plan(
                corpus, self._objective, space, fixed, self._execution, text
            )
            better = self._objective.higher_is_better
            self._study = Study(study, plan.identity, plan.space, better, seed)
        self._durations = Durations(plan.counts)
        for trial in self._study.trials():
            if trial.is_complete:
                self._durations.add(plan.parameters(trial.parameters), trial.seconds)

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
        BlockingIOError
            If another search, of any process, runs with this study.
        KeyboardInterrupt
            After Ctrl-C. `result` has the trials so far, and the study keeps them.
        """
        budget = Budget(parse_time(time), check_trials(trials))
        if budget.seconds is None and budget.trials is None:
            raise ValueError("time=None, trials=None: give at least one limit")
        with file_lock(self._file, writer=self):
            self._search(budget)
        return self.result

    def _search(self, budget: Budget) -> None:
        """Run trials until a limit is reached, and note why the search ended."""
        self._note = ""
        skipped = 0
        with SearchBar(self._execution.progress) as bar:
            while not self._note:
                trials_so_far = self._study.trials()
                done = sum(trial.counts for trial in trials_so_far)
                left = untried(self._plan.space, trials_so_far)
                if budget.trials is not None and done >= budget.trials:
                    self._note = f"{counted(done, 'trial')} done"
                elif budget.left <= 0:
                    self._note = f"the time is over: {budget.elapsed:.0f} s"
                elif left == [] and self._study.default_is_done:
                    number = counted(n_settings(self._plan.space), "setting")
                    self._note = f"{number} of the space, all tried"
                elif self._run_one(budget, bar, done, left):
                    skipped = 0
                else:
                    skipped += 1
                    if skipped >= MOST_SKIPPED:
                        seconds = f"{budget.left:.0f} s"
                        self._note = f"no further trial fits the {seconds} left"

    @property
    def result(self) -> Tuning:
        """The trials so far."""
        source = self._source
        if isinstance(source, list | tuple) and len(source) == 1:
            source = source[0]
        named = isinstance(source, str | os.PathLike)
        trials = tuple(self._study.trials())
        tried = (trial.parameters for trial in trials if trial.is_default)
        first = next(tried, self._plan.first)
        return Tuning(
            trials=trials,
            fixed=self._plan.fixed,
            score_name=self._objective.name,
            higher_is_better=self._objective.higher_is_better,
            summary=self._objective.summary(),
            note=self._note,
            corpus=os.fspath(source) if named else "corpus.txt",
            has_defaults=self._plan.is_default(first),
        )

    def _run_one(
        self,
        budget: Budget,
        bar: SearchBar,
        done: int,
        left: list[dict[str, Any]] | None,
    ) -> bool:
        """
        Run a trial; return False if it was skipped.

        `left` are the settings to try, if they are few: no other one is tried again.
        """
        trial = self._study.ask(self._plan.first)
        chosen = trial.user_attrs["parameters"]
        try:
            if left and chosen not in left and not trial.user_attrs.get("default"):
                self._study.replace(trial, left[done % len(left)])
                return True
            seconds = self._predicted(chosen)
            if seconds > budget.largest_trial(self._default_seconds()):
                reason = f"predicted to take {seconds:.0f} s"
                self._study.finish(trial, None, "skipped", reason=reason)
                return False
            self._train(trial, chosen, budget, bar, done)
        except BaseException:
            self._study.abort(trial)
            raise
        return True

    def _predicted(self, chosen: dict[str, Any]) -> float:
        """Return the seconds that a trial will take; 0 if they are not known."""
        try:
            return self._durations.predict(self._plan.parameters(chosen))
        except ValueError:  # they do not fit each other; the trial will say so
            return 0.0

    def _default_seconds(self) -> float:
        default = self.result.default
        return math.inf if default is None else default.seconds

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
            self._plan.corpus,
            self._objective,
            {
                **self._plan.fixed,
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
            self._durations.add(self._plan.parameters(chosen), seconds)


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
