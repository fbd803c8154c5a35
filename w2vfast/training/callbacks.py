"""Callbacks: objects and functions that a training run calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Progress:
    """
    How far a training run is.

    Attributes
    ----------
    epoch, epochs : int
        Finished epochs, and all epochs of the run.
    tokens, total_tokens : int
        Tokens of the corpus that the run has read, and will read in all epochs.
    pairs : int
        Pairs of centre and outside word that the run has trained (CBOW: centres). With
        weighted windows it is the sum of their weights, rounded.
    loss : float
        Mean loss per pair in the current epoch so far; nan without a pair.
    alpha : float
        The learning rate.
    seconds : float
        Since `train` was called.
    words_per_second : float
        Tokens read per second in this call.
    """

    epoch: int
    epochs: int
    tokens: int
    total_tokens: int
    pairs: int
    loss: float
    alpha: float
    seconds: float
    words_per_second: float


class Callback:
    """
    Base class of callbacks for ``Word2Vec.train(callbacks=...)``.

    Override any of the methods. Training calls them in the thread that called
    `train`. Training stops if a method returns True. An exception stops all threads
    and is raised in the caller.

    During `on_progress`, threads go on training; during the other methods, none does.
    In every method ``model.wv`` is a consistent snapshot: a copy of the vectors at one
    moment, made while no thread trains.

    Attributes
    ----------
    progress_seconds : float, default 1.0
        Seconds between calls of `on_progress`. At most ten calls a second are made.
    progress_tokens : int, optional
        Tokens between calls of `on_progress`, instead of seconds.
    stop_reason : str
        Text for ``model.stopped.reason`` if this callback stops training. Empty means
        the names of the class and the method.

    Examples
    --------
    >>> from w2vfast import Callback, Word2Vec
    >>> class StopBelow(Callback):
    ...     def on_epoch_end(self, model):
    ...         return model.loss_history[-1] < 4
    >>> sentences = [["the", "quick", "fox"], ["the", "lazy", "dog"]] * 1000
    >>> model = Word2Vec(sentences, vector_size=16, workers=1, epochs=9)
    >>> model.train(callbacks=StopBelow()).stopped.reason
    'StopBelow.on_epoch_end returned True'
    """

    progress_seconds: float = 1.0
    progress_tokens: int | None = None
    stop_reason: str = ""

    def on_train_begin(self, model: Any) -> object:
        """Run before the first epoch."""

    def on_train_end(self, model: Any) -> object:
        """Run after the last epoch, or after training stopped; not after an error."""

    def on_epoch_begin(self, model: Any) -> object:
        """Run before each epoch, and before the rest of an interrupted one."""

    def on_epoch_end(self, model: Any) -> object:
        """Run after each complete epoch; its loss is ``model.loss_history[-1]``."""

    def on_progress(self, model: Any, progress: Progress) -> object:
        """Run about every `progress_seconds` while threads train."""

    def checkpoint_state(self) -> dict[str, Any]:
        """
        Return what checkpoints keep of this callback; the default is nothing.

        It is called after each of the other methods. Keys are attribute names. Values
        are those of JSON, or arrays. A callback that overrides this method runs
        before the checkpoint that is due at the end of an epoch.
        """
        return {}

    def load_checkpoint_state(self, model: Any, state: dict[str, Any]) -> None:
        """
        Take the `state` of the interrupted run that continues, before it does.

        It is the result of `checkpoint_state` of the callback of the same class, and
        of the same position among those of the class. It may come from a file.
        """


class AfterEpoch(Callback):
    """
    Call a function with the model after each epoch.

    Parameters
    ----------
    function : callable
    name : str, optional
        Name for the reason of a stop. Default: the function's own.
    """

    def __init__(self, function: Callable[[Any], object], name: str = "") -> None:
        self._function = function
        name = name or getattr(function, "__name__", type(function).__name__)
        self.stop_reason: str = f"{name} returned True"

    def on_epoch_end(self, model: Any) -> object:
        """Return the function's result."""
        return self._function(model)


def as_callbacks(callbacks: Any, after_epoch: Any = None) -> list[Callback]:
    """
    Return the callbacks of a call of `train` as a list.

    Parameters
    ----------
    callbacks : Callback, callable, list of these, or None
        A function is called after each epoch.
    after_epoch : callable, optional
        Comes first.

    Raises
    ------
    TypeError
        If an item is neither a Callback nor callable, or is a class.
    """
    several = isinstance(callbacks, list | tuple)
    items = list(callbacks) if several else [] if callbacks is None else [callbacks]
    found = [] if after_epoch is None else [_function("after_epoch", after_epoch)]
    for number, item in enumerate(items):
        name = f"callbacks[{number}]" if several else "callbacks"
        found.append(item if isinstance(item, Callback) else _function(name, item))
    return found


def is_true(answer: object) -> bool:
    """Return whether an answer is True; other values of a function do not stop."""
    return isinstance(answer, bool | np.bool_) and bool(answer)


def _function(name: str, item: Any) -> Callback:
    """Return a callable as a callback; `name` is the argument, for errors."""
    if isinstance(item, type):
        raise TypeError(
            f"{name}={item.__name__}, a class: expected an object; pass "
            f"{item.__name__}(…)"
        )
    if not callable(item):
        raise TypeError(
            f"{name}={item!r}: expected a Callback, a function that is called with "
            "the model after each epoch, or a list of these; derive the class of an "
            "object with other methods from w2vfast.Callback"
        )
    return AfterEpoch(item, "after_epoch" if name == "after_epoch" else "")
