"""Stop training when a score no longer improves, and restore the best vectors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from w2vfast.corpus import Corpus
from w2vfast.kernels.arguments import Embeddings
from w2vfast.training.callbacks import Callback
from w2vfast.training.state import ModelState, TrainingState
from w2vfast.wording import counted

#: The centre and the outside matrix.
Matrices = tuple[Embeddings, Embeddings]
TRAINING_LOSS, HELD_OUT_LOSS = "training_loss", "held_out_loss"


class EarlyStopping(Callback):
    """
    Stop training when a metric has not improved for some epochs.

    Parameters
    ----------
    metric : {"training_loss", "held_out_loss"} or callable, default "training_loss"
        Evaluated after each epoch. "training_loss" is the last value of
        ``model.loss_history``. "held_out_loss" is the loss of ``model.evaluate_loss``
        on `corpus`. A function takes the model and returns a number.
    patience : int, default 2
        Training stops after this many epochs in a row without an improvement.
    restore_best : bool, default True
        Restore both embedding matrices of the best epoch when training stops here or
        is complete. A copy of both is kept in memory.
    min_delta : float, default 0.0
        A smaller change is no improvement.
    corpus : Corpus, path, list of paths, or iterable of token lists, optional
        The held-out text for "held_out_loss", read at once.
    higher_is_better : bool, default False
        Whether the metric has to rise, as accuracies do, instead of fall.

    Attributes
    ----------
    history : list of float
        The metric after each epoch.
    best : float
        The best value; nan before the first epoch.
    best_epoch : int
        Its index in `history`; -1 before the first epoch.

    Raises
    ------
    TypeError, ValueError
        If a parameter is out of range, or `corpus` does not fit the metric.

    Notes
    -----
    Checkpoints keep the history, the patience that is left and the best vectors, so a
    resumed run with such a callback continues like an uninterrupted one. With
    `restore_best` their files are up to twice as large.

    A metric that is nan counts as no improvement. A run that stopped continues with
    the next ``train()``, from the restored vectors, with the learning rate of the
    point where it stopped. Each new run starts a new history.

    The training loss may rise while the model improves, because the rate falls: use
    held-out text or a score of the task where there is one.

    Examples
    --------
    >>> from w2vfast import EarlyStopping, Word2Vec
    >>> text = [["the", "quick", "fox"], ["the", "lazy", "dog"]] * 1000
    >>> model = Word2Vec(text, vector_size=16, min_count=1, epochs=50, workers=1)
    >>> stop = EarlyStopping("held_out_loss", patience=1, corpus=text[:100])
    >>> _ = model.train(callbacks=stop)
    >>> stop.history[stop.best_epoch] == stop.best == min(stop.history)
    True
    """

    history: list[float]
    best: float
    best_epoch: int

    def __init__(
        self,
        metric: str | Callable[[Any], float] = TRAINING_LOSS,
        patience: int = 2,
        restore_best: bool = True,
        min_delta: float = 0.0,
        *,
        corpus: Any = None,
        higher_is_better: bool = False,
    ) -> None:
        _check(metric, patience, min_delta, corpus)
        self._metric = metric
        # Read at once: an iterator can be read once only.
        known = corpus is None or isinstance(corpus, Corpus)
        self._corpus = corpus if known else Corpus(corpus)
        self._patience, self._min_delta = int(patience), float(min_delta)
        self._sign = 1 if higher_is_better else -1
        self._restore_best = bool(restore_best)
        self._run: TrainingState | None = None
        self._copy: Matrices | None = None
        self._start()

    def checkpoint_state(self) -> dict[str, Any]:
        """Return the history, the patience that is left, and the best vectors."""
        state: dict[str, Any] = {
            "metric": self._name,
            "history": [None if math.isnan(value) else value for value in self.history],
            "best_epoch": self.best_epoch,
            "waited": self._waited,
            "has_best": self._has_best,
        }
        if self._copy is not None:
            state["centre"], state["outside"] = self._copy
        return state

    def load_checkpoint_state(self, model: Any, state: dict[str, Any]) -> None:
        """Continue the history of an interrupted run, if the metric is the same."""
        run = model._state.run
        if run is self._run or state.get("metric") != self._name:
            return
        _check_state(model._state, state)
        self._run = run
        self.history = [math.nan if v is None else v for v in state["history"]]
        self.best_epoch, self._waited = state["best_epoch"], state["waited"]
        self.best = self.history[self.best_epoch] if self.best_epoch >= 0 else math.nan
        self._has_best = state["has_best"] is True
        if "centre" in state:
            self._copy = state["centre"], state["outside"]

    def on_train_begin(self, model: Any) -> None:
        """Start a new history, unless an interrupted run continues."""
        self.stop_reason = ""
        if model._state.run is not self._run:
            self._run = model._state.run
            self._start()
        if self._waited >= self._patience:  # it stopped the run, which continues
            self._waited = 0
        if self._has_best and self._restore_best:
            self._copy = _copy(model._state, self._copy)
        self._has_best = False

    def on_epoch_end(self, model: Any) -> bool:
        """Evaluate the metric; return True if training has to stop."""
        value = self._evaluate(model)
        self.history.append(value)
        if not self._improves(value):
            self._waited += 1
            return self._stops()
        self._waited, self.best, self.best_epoch = 0, value, len(self.history) - 1
        if self._restore_best:
            with model._state.gate.working():  # the copy is a part of checkpoints
                self._copy = _copy(model._state, self._copy)
        return False

    def on_train_end(self, model: Any) -> None:
        """Restore the vectors of the best epoch, if `restore_best` is set."""
        ended = model.stopped is None or bool(self.stop_reason)
        last = self.best_epoch == len(self.history) - 1
        if self._copy is not None and ended and not last:
            state: ModelState = model._state
            with state.gate.working():
                state.centre[:], state.outside[:] = self._copy
        if ended:  # the model has the vectors of the best epoch
            self._has_best, self._copy = self._copy is not None, None

    def _start(self) -> None:
        self.history = []
        self.best, self.best_epoch, self._waited = math.nan, -1, 0
        self._copy, self._has_best = None, False

    @property
    def _name(self) -> str:
        """The name of the metric."""
        name = self._metric
        return name if isinstance(name, str) else getattr(name, "__name__", "metric")

    def _evaluate(self, model: Any) -> float:
        if self._metric == TRAINING_LOSS:
            return float(model.loss_history[-1])
        if self._metric == HELD_OUT_LOSS:
            return float(model.evaluate_loss(self._corpus).loss)
        assert callable(self._metric)
        value = self._metric(model)
        if isinstance(value, bool) or not hasattr(value, "__float__"):
            raise TypeError(
                f"the metric of EarlyStopping returned {value!r}: expected a number"
            )
        return float(value)

    def _improves(self, value: float) -> bool:
        if math.isnan(value) or math.isnan(self.best):
            return not math.isnan(value)
        return self._sign * (value - self.best) > self._min_delta

    def _stops(self) -> bool:
        """Return whether patience is exhausted, and say so in `stop_reason`."""
        if self._waited < self._patience:
            return False
        self.stop_reason: str = (
            f"EarlyStopping: {self._name} has not improved for "
            f"{counted(self._waited, 'epoch')}; the best value, {self.best:.4g}, is "
            f"that of epoch {self.best_epoch + 1}"
        )
        return True


def _copy(state: ModelState, old: Matrices | None) -> Matrices:
    """Return copies of both matrices, in the memory of `old` if there is one."""
    if old is None:
        return state.centre.copy(), state.outside.copy()
    old[0][:], old[1][:] = state.centre, state.outside
    return old


def _check_state(model: ModelState, state: dict[str, Any]) -> None:
    """Raise ValueError for a state from a damaged file."""
    history, best, waited = (state.get(n) for n in ("history", "best_epoch", "waited"))
    valid = (
        isinstance(history, list)
        and all(value is None or type(value) is float for value in history)
        and (type(best) is int and -1 <= best < len(history))
        and (best < 0 or history[best] is not None)
        and (type(waited) is int and 0 <= waited <= len(history))
        and ("centre" in state) == ("outside" in state)
    )
    for name in {"centre", "outside"} & state.keys():
        array, own = np.asarray(state[name]), getattr(model, name)
        valid = valid and array.shape == own.shape and array.dtype == own.dtype
    if not valid:
        raise ValueError(
            "the state of EarlyStopping in this checkpoint is damaged: expected its "
            "history, best_epoch, waited, and matrices as those of the model; leave "
            "the callback out, or use another checkpoint"
        )


def _check(metric: Any, patience: Any, min_delta: Any, corpus: Any) -> None:
    """Raise TypeError or ValueError for a wrong parameter of EarlyStopping."""
    if not callable(metric) and metric not in (TRAINING_LOSS, HELD_OUT_LOSS):
        raise ValueError(
            f"metric={metric!r}: expected {TRAINING_LOSS!r}, {HELD_OUT_LOSS!r} or a "
            "function that takes the model and returns a number"
        )
    if (metric == HELD_OUT_LOSS) != (corpus is not None):
        given = "no corpus" if corpus is None else "a corpus"
        fix = "pass corpus=…" if corpus is None else f"pass metric={HELD_OUT_LOSS!r}"
        raise ValueError(
            f"metric={metric!r} with {given}: expected held-out text for "
            f"{HELD_OUT_LOSS!r}, and only for it; {fix}"
        )
    if isinstance(patience, bool) or not hasattr(patience, "__index__"):
        raise TypeError(f"patience={patience!r}: expected a whole number of epochs")
    if patience < 1:
        raise ValueError(f"patience={patience}: expected 1 epoch or more")
    if isinstance(min_delta, bool) or not hasattr(min_delta, "__float__"):
        raise TypeError(f"min_delta={min_delta!r}: expected a number, such as 0.01")
    if not 0 <= float(min_delta) < math.inf:
        raise ValueError(
            f"min_delta={min_delta}: expected a finite number of at least 0"
        )
