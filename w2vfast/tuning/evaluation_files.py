"""Objectives on files of word pairs and of analogies."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from w2vfast.corpus import Corpus
from w2vfast.io.atomic import StrPath
from w2vfast.io.errors import error_context
from w2vfast.io.evaluation_files import read_analogies, read_word_pairs
from w2vfast.keyedvectors import KeyedVectors
from w2vfast.training.parameters import Parameters
from w2vfast.tuning.halves import HALF, checksum, halves
from w2vfast.tuning.objective import Objective
from w2vfast.vectors.analogies import check_analogy_options, score_analogies
from w2vfast.vectors.word_lookup import UNKNOWN, WordLookup
from w2vfast.vectors.word_pairs import score_word_pairs
from w2vfast.wording import counted, quoted

Paths = StrPath | Sequence[StrPath]
#: The items of one file: its name, and pairs or questions.
File = tuple[str, list[Any]]


class FilesObjective(Objective):
    """Base of objectives on files: the mean over files, with a half held out."""

    unit = "line"

    def __init__(
        self,
        paths: Paths,
        test: Paths | None,
        read: Callable[[StrPath], list[Any]],
        options: dict[str, Any],
    ) -> None:
        self._options = options
        self._test: list[File] = []
        files = [(os.fspath(path), read(path)) for path in as_paths(paths)]
        self._half = isinstance(test, str) and test == HALF
        if self._half:
            parts = [(name, halves(items, name)) for name, items in files]
            self._files = [(name, one) for name, (one, _) in parts]
            self._test = [(name, two) for name, (_, two) in parts]
        else:
            self._files = files
            self._test = [(os.fspath(path), read(path)) for path in as_paths(test)]

    def prepare(self, corpus: Corpus, base: Parameters) -> Corpus:
        """Count the items whose words are all in the vocabulary; return the corpus."""
        vocabulary = corpus.vocabulary(base.min_count, base.max_final_vocab)
        lookup = self._lookup(vocabulary.index_to_key)
        self._known = 0
        for name, items in self._files:
            words = [self._words(item) for item in items]
            rows = lookup.positions(word for some in words for word in some)
            known = (rows.reshape(len(words), -1) != UNKNOWN).all(axis=1).sum()
            if not known:
                raise ValueError(
                    f"{name}: of {counted(len(items), self.unit)} none has all its "
                    f"words in the vocabulary; {lookup.advice(words)}"
                )
            self._known += int(known)
        return corpus

    def describe(self) -> dict[str, Any]:
        """Return the options, and a checksum of the files' content."""
        content = [[items for _, items in files] for files in (self._files, self._test)]
        return {
            **super().describe(),
            **self._options,
            "content": checksum(repr(content)),
        }

    def summary(self) -> str:
        """Return the numbers of items, and where the test is from."""
        names = ", ".join(Path(name).name for name, _ in self._files)
        text = f"{self.name} on {counted(_count(self._files), self.unit)} of {names}"
        text += f", {self._known:,} with known words"
        if self._half:
            return f"{text}; the other {_count(self._test):,} are the test"
        tests = ", ".join(Path(name).name for name, _ in self._test)
        return f"{text}; the test is {tests}" if tests else f"{text}; no test"

    def score(self, model: Any) -> float:
        """Return the mean score of the files."""
        return self._mean(self._files, model.wv)

    def test_score(self, model: Any) -> float | None:
        """Return the mean score of the test files, or of the other halves."""
        return self._mean(self._test, model.wv) if self._test else None

    def _mean(self, files: list[File], wv: KeyedVectors) -> float:
        scores = []
        for name, items in files:
            with error_context(name):
                scores.append(self._score(items, wv))
        return fmean(scores)

    def _score(self, items: list[Any], wv: KeyedVectors) -> float:
        raise NotImplementedError

    def _words(self, item: Any) -> Sequence[str]:
        raise NotImplementedError

    def _lookup(self, words: Sequence[str]) -> WordLookup:
        options = self._options
        most, lower = options.get("restrict_vocab"), options["lowercase"]
        return WordLookup(words, most, lower, options["case_insensitive"])


class WordPairsObjective(FilesObjective):
    """
    Spearman's rank correlation with human similarity judgements.

    Parameters
    ----------
    paths : path-like or list of these
        See `KeyedVectors.evaluate_word_pairs`. Several files: the mean.
    test : "half", path-like, list of these, or None
        What tests the result. "half", the default, holds out half of the pairs of each
        file, always the same ones. None: nothing.
    lowercase, case_insensitive, unknown_as_zero : bool, default False
        See `KeyedVectors.evaluate_word_pairs`.
    """

    name = "Spearman"
    unit = "pair"

    def __init__(
        self,
        paths: Paths,
        test: Paths | None = HALF,
        *,
        lowercase: bool = False,
        case_insensitive: bool = False,
        unknown_as_zero: bool = False,
    ) -> None:
        options = {
            "lowercase": lowercase,
            "case_insensitive": case_insensitive,
            "unknown_as_zero": unknown_as_zero,
        }
        super().__init__(paths, test, read_word_pairs, options)

    def _score(self, items: list[Any], wv: KeyedVectors) -> float:
        lookup, zero = self._lookup(wv.index_to_key), self._options["unknown_as_zero"]
        return score_word_pairs(items, wv._float32(), lookup, zero).spearman

    def _words(self, item: Any) -> Sequence[str]:
        return item[0], item[1]


class AnalogiesObjective(FilesObjective):
    """
    Accuracy on word analogies.

    Parameters
    ----------
    paths : path-like or list of these
        See `KeyedVectors.evaluate_word_analogies`. Several files: the mean.
    test : "half", path-like, list of these, or None
        As in `WordPairsObjective`.
    restrict_vocab : int or None, default 30,000
        Use only the first so many words.
    lowercase, case_insensitive, method, topn
        See `KeyedVectors.evaluate_word_analogies`.
    """

    name = "accuracy"
    unit = "question"

    def __init__(
        self,
        paths: Paths,
        test: Paths | None = HALF,
        *,
        restrict_vocab: int | None = 30_000,
        lowercase: bool = False,
        case_insensitive: bool = False,
        method: str = "3cosadd",
        topn: int = 1,
    ) -> None:
        check_analogy_options(method, topn, 1)
        options = {
            "restrict_vocab": restrict_vocab,
            "lowercase": lowercase,
            "case_insensitive": case_insensitive,
            "method": method,
            "topn": topn,
        }
        super().__init__(paths, test, read_analogies, options)

    def _score(self, items: list[Any], wv: KeyedVectors) -> float:
        lookup = self._lookup(wv.index_to_key)
        how = self._options["method"], self._options["topn"]
        return score_analogies(items, wv._float32(), wv.norms, lookup, *how).accuracy

    def _words(self, item: Any) -> Sequence[str]:
        words: list[str] = item[1]
        return words


def as_paths(paths: Any) -> list[StrPath]:
    """Return one path or several as a list."""
    if paths is None:
        return []
    if isinstance(paths, str | os.PathLike):
        return [paths]
    found = list(paths) if isinstance(paths, Iterable) else [paths]
    if not all(isinstance(path, str | os.PathLike) for path in found):
        raise TypeError(
            f"{quoted(paths)}: expected the path of a file, such as 'pairs.tsv', or a "
            "list of paths"
        )
    return found


def _count(files: list[File]) -> int:
    return sum(len(items) for _, items in files)
