"""Accuracy on word analogies."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from w2vfast.evaluation.datasets import read_questions
from w2vfast.io.atomic import StrPath
from w2vfast.keyedvectors import KeyedVectors


@dataclass(frozen=True)
class Section:
    """
    Counts of analogy questions.

    Attributes
    ----------
    correct : int
        Questions whose answer was d.
    counted : int
        Questions whose four words are all among the first `restrict_vocab` words.
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
    """

    total: Section
    sections: dict[str, Section]

    @property
    def accuracy(self) -> float:
        """Share of all counted questions answered correctly, 0 to 1."""
        return self.total.accuracy


def evaluate_analogies(
    wv: KeyedVectors,
    path: StrPath,
    restrict_vocab: int = 30_000,
    lowercase: bool = False,
    batch: int = 256,
) -> Analogies:
    """
    Answer "a is to b as c is to ?" by the nearest unit vector to b - a + c (3CosAdd).

    Parameters
    ----------
    wv : KeyedVectors
        The vectors, the most frequent words first.
    path : path-like
        UTF-8 lines ``section<tab>a<tab>b<tab>c<tab>d``, or the original
        questions-words.txt: lines ``: section`` and ``a b c d``.
    restrict_vocab : int, default 30,000
        Use only the first `restrict_vocab` words. Questions with other words are not
        counted.
    lowercase : bool, default False
        Lower-case the file's words before looking them up.
    batch : int, default 256
        Questions answered by one matrix product; it takes ``4 * batch *
        restrict_vocab`` bytes.

    Returns
    -------
    Analogies
        The words a, b and c of a question are never its answer.

    Raises
    ------
    ValueError
        If a line is malformed or no question can be counted.
    """
    if restrict_vocab < 1 or batch < 1:
        raise ValueError(
            f"restrict_vocab={restrict_vocab}, batch={batch}: expected 1 or more"
        )
    questions = list(read_questions(path, lowercase))
    words = min(restrict_vocab, len(wv))
    rows = [[wv.key_to_index.get(w, words) for w in four] for _, four in questions]
    ids = np.array(rows, np.int64).reshape(-1, 4)
    counted: npt.NDArray[np.bool_] = np.all(ids < words, axis=1)
    if not counted.any():
        raise ValueError(
            f"{os.fspath(path)}: of {len(questions)} questions none has all its words "
            f"among the first {words} of the vocabulary; pass lowercase=True if the "
            "vocabulary is lower-case, or raise restrict_vocab"
        )
    correct = np.zeros(len(ids), bool)
    correct[counted] = _answers(wv, ids[counted], words, batch) == ids[counted, 3]
    return _tally([section for section, _ in questions], counted, correct)


def _answers(
    wv: KeyedVectors, ids: npt.NDArray[np.int64], words: int, batch: int
) -> npt.NDArray[np.int64]:
    """Return the answer to each question, shape (n,)."""
    norms = wv.norms[:words, None]
    units = (wv.vectors[:words] / np.where(norms > 0, norms, 1)).astype(np.float32)
    answers = np.empty(len(ids), np.int64)
    for start in range(0, len(ids), batch):
        a, b, c = ids[start : start + batch, :3].T
        scores = (units[b] - units[a] + units[c]) @ units.T
        scores[np.arange(len(a))[:, None], ids[start : start + batch, :3]] = -np.inf
        answers[start : start + batch] = scores.argmax(axis=1)
    return answers


def _tally(
    names: list[str], counted: npt.NDArray[np.bool_], correct: npt.NDArray[np.bool_]
) -> Analogies:
    """Count the questions of each section."""

    def count(chosen: npt.NDArray[np.bool_]) -> Section:
        numbers = (correct & chosen, counted & chosen, chosen)
        return Section(*(int(mask.sum()) for mask in numbers))

    array = np.array(names)
    sections = {name: count(array == name) for name in dict.fromkeys(names)}
    return Analogies(
        total=count(np.ones(len(names), bool)),
        sections={name: part for name, part in sections.items() if part.counted},
    )
