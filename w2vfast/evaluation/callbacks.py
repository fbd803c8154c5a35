"""
Evaluate a model after each epoch of training.

`EpochScores` and its subclasses are callables for ``Word2Vec.train(after_epoch=...)``.
They collect results in a list and print nothing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from w2vfast.evaluation.next_item import NextItem, evaluate_next_item
from w2vfast.io.atomic import StrPath
from w2vfast.io.evaluation_files import read_analogies, read_word_pairs
from w2vfast.keyedvectors import KeyedVectors
from w2vfast.vectors.analogies import Analogies
from w2vfast.vectors.word_pairs import WordPairs

Score = TypeVar("Score")


class HasVectors(Protocol):
    """A model with word vectors, such as `Word2Vec`."""

    @property
    def wv(self) -> KeyedVectors:
        """The word vectors."""


class EpochScores(Generic[Score]):
    """
    Call a function with the model after each epoch and keep its results.

    Parameters
    ----------
    evaluate : callable
        Takes the model and returns a result of any type.
    stop : callable, optional
        Takes the list of results so far. If it returns True, training stops.

    Attributes
    ----------
    history : list
        The result of each epoch.

    Examples
    --------
    >>> from w2vfast import Word2Vec
    >>> sentences = [["the", "quick", "fox"], ["the", "lazy", "dog"]] * 10
    >>> model = Word2Vec(sentences, vector_size=16, min_count=1, epochs=3, sample=0)
    >>> scores = EpochScores(lambda model: model.wv.similarity("quick", "fox"))
    >>> _ = model.train(after_epoch=scores)
    >>> len(scores.history)
    3
    """

    def __init__(
        self,
        evaluate: Callable[[Any], Score],
        stop: Callable[[list[Score]], bool] | None = None,
    ) -> None:
        self.history: list[Score] = []
        self._evaluate = evaluate
        self._stop = stop

    def __call__(self, model: Any) -> bool:
        """Evaluate the model; return True if training has to stop."""
        self.history.append(self._evaluate(model))
        return self._stop is not None and bool(self._stop(self.history))


class WordPairsCallback(EpochScores[WordPairs]):
    r"""
    Score the word vectors on a word-pair file after each epoch.

    Parameters
    ----------
    path : path-like
        Checked at once, so that a bad file raises an error before training.
    stop : callable, optional
        See `EpochScores`.
    **options
        Those of `KeyedVectors.evaluate_word_pairs`.

    Attributes
    ----------
    history : list of WordPairs

    Raises
    ------
    TypeError
        If an option is unknown.
    ValueError
        If a line of the file is malformed.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from w2vfast import Word2Vec
    >>> sentences = [["the", "quick", "fox"], ["the", "lazy", "dog"]] * 10
    >>> model = Word2Vec(sentences, vector_size=16, min_count=1, epochs=3, sample=0)
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "pairs.tsv")
    ...     _ = path.write_text("fox quick 9\nfox lazy 2\n")
    ...     scores = WordPairsCallback(path)
    ...     _ = model.train(after_epoch=scores)
    >>> [result.found for result in scores.history]
    [2, 2, 2]
    """

    def __init__(
        self,
        path: StrPath,
        stop: Callable[[list[WordPairs]], bool] | None = None,
        **options: Any,
    ) -> None:
        _check_names(KeyedVectors.evaluate_word_pairs, options)
        read_word_pairs(path)

        def evaluate(model: HasVectors) -> WordPairs:
            return model.wv.evaluate_word_pairs(path, **options)

        super().__init__(evaluate, stop)


class WordAnalogiesCallback(EpochScores[Analogies]):
    """
    Score the word vectors on an analogy file after each epoch.

    Parameters
    ----------
    path : path-like
        Checked at once, so that a bad file raises an error before training.
    stop : callable, optional
        See `EpochScores`.
    **options
        Those of `KeyedVectors.evaluate_word_analogies`.

    Attributes
    ----------
    history : list of Analogies

    Raises
    ------
    TypeError
        If an option is unknown.
    ValueError
        If a line of the file is malformed.
    """

    def __init__(
        self,
        path: StrPath,
        stop: Callable[[list[Analogies]], bool] | None = None,
        **options: Any,
    ) -> None:
        _check_names(KeyedVectors.evaluate_word_analogies, options)
        read_analogies(path)

        def evaluate(model: HasVectors) -> Analogies:
            return model.wv.evaluate_word_analogies(path, **options)

        super().__init__(evaluate, stop)


class NextItemCallback(EpochScores[NextItem]):
    """
    Predict the last items of sessions after each epoch.

    Parameters
    ----------
    sessions : iterable of sequences of str
    k : int, default 20
    stop : callable, optional
        See `EpochScores`.
    **options
        Those of `evaluate_next_item`.

    Attributes
    ----------
    history : list of NextItem

    Raises
    ------
    TypeError
        If an option is unknown.
    """

    def __init__(
        self,
        sessions: Iterable[Sequence[str]],
        k: int = 20,
        stop: Callable[[list[NextItem]], bool] | None = None,
        **options: Any,
    ) -> None:
        _check_names(evaluate_next_item, options)
        kept = list(sessions)  # an iterator can be read once only

        def evaluate(model: Any) -> NextItem:
            return evaluate_next_item(model, kept, k, **options)

        super().__init__(evaluate, stop)


def _check_names(function: Callable[..., Any], options: dict[str, Any]) -> None:
    """Raise TypeError before training if `function` has no such option."""
    known = inspect.signature(function).parameters
    known_options = [n for n, p in known.items() if p.kind is p.KEYWORD_ONLY]
    for name in options:
        if name not in known_options:
            raise TypeError(
                f"unknown option {name!r}: expected one of {', '.join(known_options)}"
            )


def call_each(*callbacks: Callable[[Any], object]) -> Callable[[Any], bool]:
    """
    Return one callback that calls several in order.

    It returns True, which stops training, if any of them returns True.

    Examples
    --------
    >>> one, two = EpochScores(len), EpochScores(sum, stop=lambda history: True)
    >>> both = call_each(one, two)
    >>> both([3, 4])
    True
    >>> one.history, two.history
    ([2], [7])
    """

    def call(model: Any) -> bool:
        answers = [callback(model) for callback in callbacks]
        return any(isinstance(a, bool | np.bool_) and bool(a) for a in answers)

    return call
