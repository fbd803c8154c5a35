"""Accuracy on word analogies."""

from __future__ import annotations

from w2vfast.io.atomic import StrPath
from w2vfast.keyedvectors import KeyedVectors
from w2vfast.vectors.analogies import Analogies, Section

__all__ = ["Analogies", "Section", "evaluate_analogies"]


def evaluate_analogies(
    wv: KeyedVectors,
    path: StrPath,
    restrict_vocab: int | None = 30_000,
    lowercase: bool = False,
    batch: int = 256,
    *,
    case_insensitive: bool = False,
    method: str = "3cosadd",
    topn: int = 1,
    progress: bool | None = None,
) -> Analogies:
    """
    Answer "a is to b as c is to ?" by the nearest unit vector to b - a + c (3CosAdd).

    Equivalent to ``wv.evaluate_word_analogies(path, ...)`` with another default of
    `restrict_vocab`.

    Parameters
    ----------
    wv : KeyedVectors
        The vectors, the most frequent words first.
    path : path-like
        See `KeyedVectors.evaluate_word_analogies`.
    restrict_vocab : int or None, default 30,000
        Use only the first so many words, as word2vec's own program for this task;
        questions with others are not counted. None uses all.
    lowercase : bool, default False
        Lower-case the file's words before looking them up.
    batch : int, default 256
        Questions answered at a time; 256 take about 3 MB.
    case_insensitive, method, topn, progress
        See `KeyedVectors.evaluate_word_analogies`.

    Returns
    -------
    Analogies
        a, b and c are never an answer.

    Raises
    ------
    ValueError
        If a line is malformed or no question can be counted.
    """
    return wv.evaluate_word_analogies(
        path,
        restrict_vocab=restrict_vocab,
        lowercase=lowercase,
        case_insensitive=case_insensitive,
        method=method,
        topn=topn,
        batch=batch,
        progress=progress,
    )
