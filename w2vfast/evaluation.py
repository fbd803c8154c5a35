"""Score word vectors against human similarity judgements and word analogies."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from w2vfast.files import StrPath
from w2vfast.keyedvectors import KeyedVectors

Floats64 = npt.NDArray[np.float64]
Question = tuple[str, list[str]]  # section, words a b c d


@dataclass(frozen=True)
class WordPairs:
    """
    How well cosines agree with human scores.

    Attributes
    ----------
    spearman : float
        Rank correlation of cosines and scores over the pairs found, -1 to 1.
    pairs : int
        Pairs in the file.
    found : int
        Pairs of which both words have vectors; only these are compared.
    """

    spearman: float
    pairs: int
    found: int


@dataclass(frozen=True)
class Section:
    """
    Analogies answered correctly.

    Attributes
    ----------
    correct : int
        Questions whose answer was d.
    counted : int
        Questions of which all four words are in the vocabulary used.
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
        Those sections of which at least one question was counted.
    """

    total: Section
    sections: dict[str, Section]

    @property
    def accuracy(self) -> float:
        """Share of all counted questions answered correctly, 0 to 1."""
        return self.total.accuracy


def evaluate_word_pairs(
    wv: KeyedVectors, path: StrPath, lowercase: bool = False
) -> WordPairs:
    """
    Compare cosines with human judgements of similarity.

    Parameters
    ----------
    wv : KeyedVectors
        The vectors.
    path : path-like
        UTF-8 lines ``word<tab>word<tab>score``; blank lines and lines that start
        with # are passed over. Pairs with an unknown word are left out.
    lowercase : bool, default False
        Lower-case the file's words before looking them up.

    Raises
    ------
    ValueError
        If a line is malformed, or the pairs found are too few or too equal for a
        rank correlation.
    """
    pairs = [_pair(path, *line, lowercase) for line in _lines(path)]
    found = [(a, b, score) for a, b, score in pairs if a in wv and b in wv]
    cosines = np.array([wv.similarity(a, b) for a, b, _ in found])
    scores = np.array([score for _, _, score in found])
    if len(set(cosines.tolist())) < 2 or len(set(scores.tolist())) < 2:
        raise ValueError(
            f"{os.fspath(path)}: no rank correlation: {len(found)} of {len(pairs)} "
            "pairs have vectors for both words, and it takes two different ones"
        )
    return WordPairs(spearman(cosines, scores), len(pairs), len(found))


def spearman(x: Floats64, y: Floats64) -> float:
    """
    Return Spearman's rank correlation; tied values share their mean rank.

    Parameters
    ----------
    x, y : float64 arrays, shape (n,)
        Neither may be constant.

    Returns
    -------
    float
        From -1 to 1.
    """
    a, b = (ranks - ranks.mean() for ranks in (_ranks(x), _ranks(y)))
    return float((a @ b) / np.sqrt((a @ a) * (b @ b)))


def _ranks(values: Floats64) -> Floats64:
    """Return ranks from 1."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats64 = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return ranks


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
        Use only the first so many words; questions with others are not counted.
    lowercase : bool, default False
        Lower-case the file's words before looking them up.
    batch : int, default 256
        Questions answered by one matrix product; it takes ``4 * batch *
        restrict_vocab`` bytes.

    Returns
    -------
    Analogies
        a, b and c are never an answer.

    Raises
    ------
    ValueError
        If a line is malformed or no question can be counted.
    """
    if restrict_vocab < 1 or batch < 1:
        raise ValueError(
            f"restrict_vocab={restrict_vocab}, batch={batch}: expected 1 or more"
        )
    questions = list(_questions(path, lowercase))
    words = min(restrict_vocab, len(wv))
    rows = [[wv.key_to_index.get(w, words) for w in four] for _, four in questions]
    ids = np.array(rows, np.int64).reshape(-1, 4)
    counted: npt.NDArray[np.bool_] = np.all(ids < words, axis=1)
    if not counted.any():
        raise ValueError(
            f"{os.fspath(path)}: of {len(questions)} questions none has all its words "
            f"among the first {words} of the vocabulary; if that holds only lower "
            "case, pass lowercase=True"
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
    """Count per section."""

    def count(chosen: npt.NDArray[np.bool_]) -> Section:
        numbers = (correct & chosen, counted & chosen, chosen)
        return Section(*(int(mask.sum()) for mask in numbers))

    array = np.array(names)
    sections = {name: count(array == name) for name in dict.fromkeys(names)}
    return Analogies(
        total=count(np.ones(len(names), bool)),
        sections={name: part for name, part in sections.items() if part.counted},
    )


def _lines(path: StrPath) -> Iterator[tuple[int, str]]:
    """Give line numbers and lines, without blank ones and comments."""
    try:
        with Path(path).open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip() and not line.startswith("#"):
                    yield number, line.strip()
    except UnicodeDecodeError as error:
        raise ValueError(f"{os.fspath(path)}: not UTF-8 text: {error}") from error


def _pair(
    path: StrPath, number: int, line: str, lowercase: bool
) -> tuple[str, str, float]:
    """Read a line of word pairs."""
    try:
        a, b, score = (_folding(lowercase)(field.strip()) for field in line.split("\t"))
        if not np.isfinite(float(score)):
            raise ValueError("not finite")
        return a, b, float(score)
    except ValueError:
        raise ValueError(
            f"{os.fspath(path)}, line {number}: expected word<tab>word<tab>score, "
            f"found {line!r:.60}"
        ) from None


def _questions(path: StrPath, lowercase: bool) -> Iterator[Question]:
    """Read either format of analogies."""
    section = ""
    for number, line in _lines(path):
        if line.startswith(":") and "\t" not in line:
            section = line[1:].strip()
            continue
        fields = line.split("\t") if "\t" in line else [section, *line.split()]
        if len(fields) != 5 or not all(fields[1:]):
            raise ValueError(
                f"{os.fspath(path)}, line {number}: expected section<tab>a<tab>b<tab>"
                f"c<tab>d, or ': section' or 'a b c d', found {line!r:.60}"
            )
        yield fields[0], [_folding(lowercase)(word) for word in fields[1:]]


def _folding(lowercase: bool) -> Callable[[str], str]:
    return str.lower if lowercase else str
