"""Accuracy on word analogies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.runtime.progress import counting_bar
from w2vfast.vectors.analogy_scores import METHODS, AnalogyScorer
from w2vfast.vectors.target_ranks import IntArray, target_ranks
from w2vfast.vectors.validation import Float32Array
from w2vfast.vectors.word_lookup import UNKNOWN, WordLookup


@dataclass(frozen=True)
class Section:
    """
    Analogies answered correctly.

    Attributes
    ----------
    correct : int
        Questions whose answer was d (or had d among the `topn` best).
    counted : int
        Questions whose four words are all in the vocabulary used.
    questions : int
        Questions in the file.
    """

    correct: int
    counted: int
    questions: int

    @property
    def accuracy(self) -> float:
        """Share of the counted questions answered correctly, 0 to 1."""
        return self.correct / self.counted

    @property
    def accuracy_of_all(self) -> float:
        """Share of all questions answered correctly: unknown words count as wrong."""
        return self.correct / self.questions

    @property
    def unknown(self) -> int:
        """Questions with a word outside the vocabulary used."""
        return self.questions - self.counted

    @property
    def unknown_ratio(self) -> float:
        """Share of the questions with a word outside the vocabulary used, 0 to 1."""
        return self.unknown / self.questions


@dataclass(frozen=True)
class Analogies:
    """
    Scores on word analogies.

    Attributes
    ----------
    total : Section
        All questions.
    sections : dict of str to Section
        Sections with at least one counted question.
    ranks : int64 array, shape (n,)
        For each question of the file, the rank of d among the answers: from 1 to
        `topn`, or 0 if d is not among them or a word is unknown.
    """

    total: Section
    sections: dict[str, Section]
    ranks: IntArray = field(repr=False, compare=False)

    @property
    def accuracy(self) -> float:
        """Share of all counted questions answered correctly, 0 to 1."""
        return self.total.accuracy


def score_analogies(
    questions: Sequence[tuple[str, Sequence[str]]],
    vectors: Float32Array,
    norms: npt.NDArray[Any],
    lookup: WordLookup,
    method: str = "3cosadd",
    topn: int = 1,
    batch: int = 256,
    progress: bool | None = False,
) -> Analogies:
    """
    Answer "a is to b as c is to ?"; a, b and c are never an answer.

    Parameters
    ----------
    questions : sequence of (str, sequence of 4 str)
        Section and words a, b, c, d.
    vectors : float32 array, shape (V, d)
    norms : float64 array, shape (V,)
        Lengths of the vectors.
    lookup : WordLookup
        The words of the V rows.
    method : {"3cosadd", "3cosmul"}
        See `AnalogyScorer`.
    topn : int, default 1
        A question is answered correctly if d is among the so many best answers.
    batch : int, default 256
        Questions answered at a time.
    progress : bool or None, default False
        Whether to show a progress bar; None: only on a terminal.

    Raises
    ------
    ValueError
        If no question can be counted, `method` is unknown, or `topn` or `batch` is
        below 1.

    Examples
    --------
    >>> vectors = np.array([[1, 0], [1, 1], [0, 0.5], [-1, 3]], np.float32)
    >>> lookup = WordLookup(["man", "king", "woman", "queen"])
    >>> questions = [("royal", ["man", "king", "woman", "queen"])]
    >>> norms = np.linalg.norm(vectors, axis=1)
    >>> score_analogies(questions, vectors, norms, lookup).total
    Section(correct=1, counted=1, questions=1)
    """
    check_analogy_options(method, topn, batch)
    words = (word for _, four in questions for word in four)
    ids = lookup.positions(words).reshape(-1, 4)
    counted: npt.NDArray[np.bool_] = np.all(ids != UNKNOWN, axis=1)
    if not counted.any():
        raise ValueError(
            f"no question of {len(questions):,} has all its words among the first "
            f"{len(lookup):,} of the vocabulary; "
            f"{lookup.advice([four for _, four in questions])}"
        )
    known = ids[counted]
    scorer = AnalogyScorer(vectors[lookup.rows], norms[lookup.rows], known, method)
    excluded = np.arange(len(known)).repeat(3), known[:, :3].ravel()
    ranks = np.zeros(len(ids), np.int64)
    with counting_bar(progress, len(lookup), "w", "evaluate") as advance:
        ranks[counted] = target_ranks(
            scorer, len(lookup), known[:, 3], excluded, topn, batch, advance
        )
    return _tally([section for section, _ in questions], counted, ranks)


def check_analogy_options(method: str, topn: int, batch: int) -> None:
    """
    Raise ValueError if `method` is unknown or a number is below 1.

    Examples
    --------
    >>> check_analogy_options("3cosadd", topn=0, batch=256)
    Traceback (most recent call last):
    ValueError: topn=0: expected 1 or more
    """
    if method not in METHODS:
        raise ValueError(f"method={method!r}: expected one of {', '.join(METHODS)}")
    for name, number in (("topn", topn), ("batch", batch)):
        if number < 1:
            raise ValueError(f"{name}={number}: expected 1 or more")


def _tally(
    names: list[str], counted: npt.NDArray[np.bool_], ranks: IntArray
) -> Analogies:
    """Count the questions of each section."""

    def count(chosen: npt.NDArray[np.bool_]) -> Section:
        numbers = ((ranks > 0) & chosen, counted & chosen, chosen)
        return Section(*(int(mask.sum()) for mask in numbers))

    array = np.array(names)
    sections = {name: count(array == name) for name in dict.fromkeys(names)}
    return Analogies(
        total=count(np.ones(len(names), bool)),
        sections={name: part for name, part in sections.items() if part.counted},
        ranks=ranks,
    )
