"""Scores on word pairs and analogies, in gensim's form."""

from __future__ import annotations

import logging
import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from w2vfast.compat.gensim.comparisons import Comparisons
from w2vfast.compat.gensim.corpora import read_lines
from w2vfast.compat.gensim.key_table import Array
from w2vfast.evaluation import spearman
from w2vfast.wording import counted

logger: logging.Logger = logging.getLogger(__name__)

Question = tuple[str, str, str, str]
_BATCH = 256  # questions answered by one matrix product


class Correlation(NamedTuple):
    """A correlation and its two-sided p-value."""

    statistic: float
    pvalue: float


class Evaluations(Comparisons):
    """Compare the vectors with human judgements."""

    def evaluate_word_pairs(
        self,
        pairs: Any,
        delimiter: str = "\t",
        encoding: str = "utf8",
        restrict_vocab: int | None = 300_000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
    ) -> tuple[Correlation, Correlation, float]:
        """
        Compare cosines with human scores of similarity.

        Parameters
        ----------
        pairs : path-like
            Lines ``word<delimiter>word<delimiter>score``; lines that start with # are
            comments. Lines of another form are skipped with a message in the log.
        delimiter : str, default tab
        encoding : str
            The file is read as UTF-8; other encodings are not supported.
        restrict_vocab : int, optional
            Use only the first so many keys.
        case_insensitive : bool, default True
            Compare words in upper case.
        dummy4unknown : bool, default False
            Give pairs with unknown words the cosine 0 instead of skipping them.

        Returns
        -------
        pearson, spearman : (float, float)
            Correlation and p-value.
        oov : float
            Percentage of pairs with unknown words.
        """
        _check_encoding(encoding)
        rows = self._rows(restrict_vocab, case_insensitive)
        cosines: list[float] = []
        scores: list[float] = []
        unknown = 0
        for line in read_lines(pairs):
            fields = line.strip().split(delimiter)
            if not line.strip() or line.startswith("#"):
                continue
            try:
                a, b, score = (_fold(field, case_insensitive) for field in fields)
                value = float(score)
            except ValueError:
                logger.info("skipping invalid line: %s", line.rstrip())
                continue
            if a in rows and b in rows:
                keys = self.index_to_key[rows[a]], self.index_to_key[rows[b]]
                cosines.append(float(self.similarity(*keys)))
                scores.append(value)
                continue
            unknown += 1
            if dummy4unknown:
                cosines.append(0.0)
                scores.append(value)
        if len(cosines) < 2:
            raise ValueError(
                f"{pairs}: {counted(len(cosines), 'pair')} with vectors for both "
                "words; a correlation needs at least 2"
            )
        total = len(scores) + (0 if dummy4unknown else unknown)
        x, y = np.array(cosines), np.array(scores)
        results = pearson(x, y), spearman(x, y)
        of_pearson, of_spearman = (
            Correlation(value, p_value(value, len(x))) for value in results
        )
        return of_pearson, of_spearman, 100 * unknown / total

    def evaluate_word_analogies(
        self,
        analogies: Any,
        restrict_vocab: int | None = 300_000,
        case_insensitive: bool = True,
        dummy4unknown: bool = False,
        similarity_function: str = "most_similar",
    ) -> tuple[float, list[dict[str, Any]]]:
        """
        Answer questions "a is to b as c is to ?".

        Parameters
        ----------
        analogies : path-like
            UTF-8 lines ``: section`` and ``a b c d``.
        restrict_vocab : int, optional
            Use only the first so many keys; questions with others are skipped.
        case_insensitive : bool, default True
            Compare words in upper case.
        dummy4unknown : bool, default False
            Count questions with unknown words as incorrect instead of skipping them.
        similarity_function : {"most_similar", "most_similar_cosmul"}
            3CosAdd or 3CosMul.

        Returns
        -------
        score : float
            Share of correct answers.
        sections : list of dict
            With the entries "section", "correct" and "incorrect" (questions as tuples
            of four words). The last one is "Total accuracy".
        """
        if similarity_function not in ("most_similar", "most_similar_cosmul"):
            raise ValueError(
                f"similarity_function={similarity_function!r}: expected 'most_similar' "
                "(3CosAdd) or 'most_similar_cosmul' (3CosMul)"
            )
        sections = _read_questions(analogies, case_insensitive)
        rows = self._rows(restrict_vocab, case_insensitive)
        groups = self._rows_of_each_word(rows, restrict_vocab, case_insensitive)
        units = self.get_normed_vectors()[:restrict_vocab].astype(
            np.float32, copy=False
        )
        report: list[dict[str, Any]] = []
        for name, questions in sections:
            known = [all(word in rows for word in four) for four in questions]
            answered = [four for four, ok in zip(questions, known, strict=True) if ok]
            right = iter(
                _answer(units, groups, answered, similarity_function == "most_similar")
            )
            section: dict[str, Any] = {"section": name, "correct": [], "incorrect": []}
            for four, ok in zip(questions, known, strict=True):
                if ok or dummy4unknown:
                    correct = ok and next(right)
                    section["correct" if correct else "incorrect"].append(four)
            report.append(section)
        total = {
            "section": "Total accuracy",
            **{
                kind: [four for section in report for four in section[kind]]
                for kind in ("correct", "incorrect")
            },
        }
        report.append(total)
        n_correct, n_wrong = len(total["correct"]), len(total["incorrect"])
        return n_correct / max(1, n_correct + n_wrong), report

    def _rows(self, restrict_vocab: int | None, fold: bool) -> dict[str, int]:
        """Return the row of each word; of words that differ in case, the first."""
        keys = self.index_to_key[:restrict_vocab]
        return {
            _fold(str(keys[row]), fold): row for row in range(len(keys) - 1, -1, -1)
        }

    def _rows_of_each_word(
        self, rows: dict[str, int], restrict_vocab: int | None, fold: bool
    ) -> dict[str, list[int]]:
        """Return all rows of each word; several if keys differ in case only."""
        groups: dict[str, list[int]] = {word: [row] for word, row in rows.items()}
        for row, key in enumerate(self.index_to_key[:restrict_vocab]):
            if rows[word := _fold(str(key), fold)] != row:
                groups[word].append(row)
        return groups


def _answer(
    units: Array, groups: dict[str, list[int]], questions: list[Question], add: bool
) -> list[bool]:
    """Return whether the word d of each question is found from a, b and c."""
    correct: list[bool] = []
    for start in range(0, len(questions), _BATCH):
        batch = questions[start : start + _BATCH]
        a, b, c = (
            units[[groups[four[place]][0] for four in batch]] for place in range(3)
        )
        if add:
            scores = (b - a + c) @ units.T
        else:
            similar = [(1 + word @ units.T) / 2 for word in (a, b, c)]
            scores = similar[1] * similar[2] / (similar[0] + 1e-6)
        for row, four in zip(scores, batch, strict=True):
            for word in four[:3]:
                row[groups[word]] = -np.inf
            correct.append(int(row.argmax()) in groups[four[3]])
    return correct


def _read_questions(path: Any, fold: bool) -> list[tuple[str, list[Question]]]:
    """Return the sections of an analogy file and their questions."""
    sections: list[tuple[str, list[Question]]] = []
    for line in read_lines(path):
        if line.startswith(": "):
            sections.append((line[2:].strip(), []))
            continue
        words = [_fold(word, fold) for word in line.split()]
        if len(words) != 4:
            if words:
                logger.info("Skipping invalid line: %s", line.rstrip())
            continue
        if not sections:
            raise ValueError(f"Missing section header before line {line.rstrip()!r}")
        sections[-1][1].append((words[0], words[1], words[2], words[3]))
    if not sections:
        raise ValueError(
            f"{path}: no section header ': name' and no line of four words; expected "
            "analogies; evaluate_word_pairs reads pairs of words"
        )
    return sections


def _fold(word: str, fold: bool) -> str:
    return word.strip().upper() if fold else word.strip()


def _check_encoding(encoding: str) -> None:
    if encoding.lower().replace("-", "") != "utf8":
        raise ValueError(f"encoding={encoding!r}: convert the file to UTF-8 first")


def pearson(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> float:
    """Return Pearson's correlation of two arrays; NaN if one of them is constant."""
    a, b = x - x.mean(), y - y.mean()
    with np.errstate(invalid="ignore"):
        return float((a @ b) / np.sqrt((a @ a) * (b @ b)))


def p_value(correlation: float, n: int) -> float:
    """
    Return the two-sided p-value of a correlation of `n` pairs, by Student's t.

    With ν = n - 2 degrees of freedom and t = r sqrt(ν / (1 - r²)), the substitution
    t = sqrt(ν) tan θ makes the tail an integral of cos(θ)^(ν - 1) from arcsin |r|.
    """
    if n < 3 or not math.isfinite(correlation):
        return math.nan
    theta = np.linspace(math.asin(min(1.0, abs(correlation))), math.pi / 2, 20_001)
    density = np.cos(theta).clip(0) ** (n - 3)
    tail = float(((density[1:] + density[:-1]) / 2 * np.diff(theta)).sum())
    log_area = math.lgamma((n - 2) / 2) - math.lgamma((n - 1) / 2)
    return min(1.0, 2 * tail / (math.sqrt(math.pi) * math.exp(log_area)))
