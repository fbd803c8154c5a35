"""Control over a run: call its callbacks, and decide when it has to stop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

from w2vfast.runtime.progress import TrainingBar
from w2vfast.training.callback_state import named, warn_if_missing
from w2vfast.training.callbacks import Callback, Progress, is_true
from w2vfast.training.periodic import Checkpoints
from w2vfast.training.state import TrainingState
from w2vfast.training.validation import plain_text


class RunControl:
    """
    The callbacks and the time limit of one call of `train`.

    Parameters
    ----------
    model : callable
        Returns the object that callbacks receive.
    callbacks : sequence of Callback
    max_seconds : float, optional
        Training stops so many seconds after `attach`.

    Attributes
    ----------
    reason : str
        Why training has to stop; empty while it continues.

    Raises
    ------
    TypeError, ValueError
        If `max_seconds`, or `progress_seconds` or `progress_tokens` of a callback, is
        not a number in its range.
    """

    def __init__(
        self,
        model: Callable[[], Any],
        callbacks: Sequence[Callback] = (),
        max_seconds: float | None = None,
    ) -> None:
        self._model = model
        self._callbacks = callbacks
        self._with_state = named(callbacks)
        self._watching = [c for c in callbacks if _overrides_on_progress(c)]
        for callback in callbacks:
            _check_distances(callback)
        self._max_seconds = _checked(max_seconds)
        self.reason: str = ""

    def attach(
        self, run: TrainingState, done: int, bar: TrainingBar, checkpoints: Checkpoints
    ) -> None:
        """
        Attach a run, load the states of its callbacks and start the clock.

        Parameters
        ----------
        run : TrainingState
        done : int
            Tokens that the run has read.
        bar, checkpoints
            Move forward with the run.
        """
        self._run, self._bar, self._checkpoints = run, bar, checkpoints
        self._done, self._tokens, self._loss = done, done, math.nan
        for name, callback in self._with_state.items():
            if name in run.callbacks:
                callback.load_checkpoint_state(self._model(), run.callbacks[name])
        warn_if_missing(run.callbacks, self._with_state)
        self._start = time.perf_counter()
        self._last = {id(callback): (0.0, done) for callback in self._watching}

    def advance(self, tokens: int, loss: float) -> None:
        """Count tokens. Threads call it one at a time. `loss`: mean of the epoch."""
        self._tokens += tokens
        self._loss = loss
        self._bar.advance(tokens, loss, self._alpha())
        self._checkpoints.add_tokens(tokens)

    def poll(self) -> bool:
        """Call `on_progress` where it is due; return whether training has to stop."""
        for callback in self._watching:
            progress = self._progress()
            if _is_due(callback, progress, *self._last[id(callback)]):
                self._call_one(callback, "on_progress", progress)
                self._last[id(callback)] = self._seconds(), progress.tokens
        limit = self._max_seconds
        if limit is not None and self._seconds() >= limit:
            self.reason = self.reason or f"max_seconds={limit:g} passed"
        return bool(self.reason)

    def finish_epoch(self, loss: float) -> None:
        """Call `on_progress` and `on_epoch_end` after an epoch of mean loss `loss`."""
        run = self._run
        self._tokens, self._loss = run.epoch * run.tokens, loss
        # Those of callbacks that this call does not have are now out of date.
        run.callbacks = {
            n: s for n, s in run.callbacks.items() if n in self._with_state
        }
        if not self._with_state:
            self._checkpoints.add_epoch()
        self.poll()
        self.call("on_epoch_end")
        if self._with_state:  # states are those after the epoch, as in the file
            self._checkpoints.add_epoch()

    def call(self, event: str) -> None:
        """Call a method of all callbacks."""
        for callback in self._callbacks:
            self._call_one(callback, event)

    def _call_one(self, callback: Callback, event: str, *arguments: Any) -> None:
        if is_true(getattr(callback, event)(self._model(), *arguments)):
            name = f"{type(callback).__name__}.{event} returned True"
            self.reason = self.reason or plain_text(callback.stop_reason or name)
        for key, other in self._with_state.items():
            if other is callback:
                states = self._run.callbacks
                self._run.callbacks = {**states, key: callback.checkpoint_state()}

    def _seconds(self) -> float:
        return time.perf_counter() - self._start

    def _alpha(self) -> float:
        """Return the learning rate of the present position."""
        run, p = self._run, self._run.parameters
        total = run.tokens * p.epochs
        done = min(self._tokens, total) / max(total, 1)
        return p.initial_alpha - (p.initial_alpha - p.min_alpha) * done

    def _progress(self) -> Progress:
        run, p = self._run, self._run.parameters
        total = run.tokens * p.epochs
        tokens, seconds = min(self._tokens, total), self._seconds()
        return Progress(
            epoch=run.epoch,
            epochs=p.epochs,
            tokens=tokens,
            total_tokens=total,
            pairs=round(run.trained + run.pairs),
            loss=self._loss,
            alpha=self._alpha(),
            seconds=seconds,
            words_per_second=(tokens - self._done) / max(seconds, 1e-9),
        )


def _overrides_on_progress(callback: Callback) -> bool:
    return type(callback).on_progress is not Callback.on_progress


def _is_due(
    callback: Callback, progress: Progress, last_seconds: float, last_tokens: int
) -> bool:
    """Return whether enough seconds or tokens have passed since the last call."""
    if callback.progress_tokens is not None:
        return progress.tokens - last_tokens >= callback.progress_tokens
    return progress.seconds - last_seconds >= callback.progress_seconds


def _check_distances(callback: Callback) -> None:
    """Raise TypeError or ValueError for wrong distances between `on_progress`."""
    name = type(callback).__name__
    seconds, tokens = callback.progress_seconds, callback.progress_tokens
    if isinstance(seconds, bool) or not hasattr(seconds, "__float__"):
        raise TypeError(
            f"{name}.progress_seconds={seconds!r}: expected a number of seconds, such "
            "as 1.0"
        )
    if not float(seconds) >= 0:
        raise ValueError(f"{name}.progress_seconds={seconds!r}: expected 0 or more")
    if tokens is None:
        return
    if isinstance(tokens, bool) or not hasattr(tokens, "__index__"):
        raise TypeError(
            f"{name}.progress_tokens={tokens!r}: expected a number of tokens, such as "
            "100_000, or None"
        )
    if tokens < 1:
        raise ValueError(
            f"{name}.progress_tokens={tokens}: expected 1 or more, or None"
        )


def _checked(max_seconds: Any) -> float | None:
    if max_seconds is None:
        return None
    if isinstance(max_seconds, bool) or not hasattr(max_seconds, "__float__"):
        raise TypeError(
            f"max_seconds={max_seconds!r}: expected a number of seconds, such as "
            "max_seconds=60, or None for no limit"
        )
    if not (seconds := float(max_seconds)) > 0:
        raise ValueError(
            f"max_seconds={max_seconds!r}: expected a number above 0, or None for no "
            "limit"
        )
    return seconds
