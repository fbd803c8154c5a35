"""One trial: train a model, score it, and stop it early if it is not worth its time."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

from w2vfast.corpus import Corpus
from w2vfast.runtime.threads import uninterrupted
from w2vfast.training.callbacks import Callback, Progress
from w2vfast.training.diagnosis import TrainingWarning
from w2vfast.training.epoch import DivergedError
from w2vfast.training.trainer import NoPairsError
from w2vfast.tuning.objective import Objective
from w2vfast.word2vec import Word2Vec
from w2vfast.wording import counted

#: Shares of the epochs after which a trial may be pruned.
PRUNING_SHARES = (0.5, 0.75)
#: Errors that belong to a setting, not to the search.
SETTING_ERRORS = (DivergedError, NoPairsError, FloatingPointError, MemoryError)


class Ending(NamedTuple):
    """How a trial ended: see `Trial`."""

    outcome: str
    score: float | None = None
    test: float | None = None
    reason: str = ""


def run_trial(
    trial: Any,
    corpus: Corpus,
    objective: Objective,
    parameters: dict[str, Any],
    *,
    prune: bool,
    max_seconds: float,
    show: Callable[[float], None],
) -> Ending:
    """
    Train and score a model.

    Parameters
    ----------
    trial : optuna.Trial
        Receives scores at `PRUNING_SHARES`, and decides on pruning.
    corpus : Corpus
    objective : Objective
    parameters : dict
        All arguments of `Word2Vec`.
    prune : bool
        Whether the trial may be pruned.
    max_seconds : float
        Training stops after so many seconds.
    show : callable
        Called with the share of the trial that is done.
    """
    pruning = _Pruning(trial, objective, prune)
    start = time.perf_counter()
    try:
        with warnings.catch_warnings():
            if not trial.user_attrs.get("default"):  # one such warning is enough
                warnings.simplefilter("ignore", TrainingWarning)
            try:
                model = Word2Vec(corpus, **parameters)
            except ValueError as error:  # values that do not fit each other
                return Ending("failed", reason=str(error))
            left = max_seconds - (time.perf_counter() - start)
            limit = None if math.isinf(left) else max(left, 1e-3)
            callbacks = [_Watch(show), *([pruning] if prune else [])]
            model.train(callbacks=callbacks, max_seconds=limit)
        if pruning.pruned:
            return Ending("pruned", reason=pruning.stop_reason)
        if model.stopped is not None:
            done = model.stopped.epoch
            reason = (
                f"the time was over after {done} of "
                f"{counted(model.parameters.epochs, 'epoch')}"
            )
            return Ending("stopped", reason=reason)
        score = objective.score(model)
        return Ending("complete", score, objective.test_score(model))
    except SETTING_ERRORS as error:
        return Ending("failed", reason=str(error) or type(error).__name__)


class _Watch(Callback):
    """Report the share of the training that is done."""

    def __init__(self, show: Callable[[float], None]) -> None:
        self._show = show

    def on_progress(self, model: Any, progress: Progress) -> None:
        """Report the share."""
        self._show(progress.tokens / progress.total_tokens)


class _Pruning(Callback):
    """
    Score the model at two points of its run, and stop it if it is behind.

    Trials of different lengths compare at the same share of their epochs, because the
    learning rate depends on the share.
    """

    def __init__(self, trial: Any, objective: Objective, prune: bool) -> None:
        self._trial, self._objective, self._prune = trial, objective, prune
        self._shares = list(PRUNING_SHARES)
        self.pruned = False
        self.stop_reason = "worse than the median"

    def on_epoch_end(self, model: Any) -> bool:
        """Score the model at the first epoch at or after a share."""
        share = len(model.loss_history) / model.parameters.epochs
        due = [s for s in self._shares if s <= share]
        if not due or share >= 1:
            return False
        self._shares = [s for s in self._shares if s > share]
        value = self._objective.score(model)
        for passed in due:
            uninterrupted(self._trial.report)(value, round(100 * passed))
        can_prune = not self._trial.user_attrs.get("default")
        self.pruned = can_prune and bool(uninterrupted(self._trial.should_prune)())
        return self.pruned
