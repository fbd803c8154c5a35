"""Agreement of cosines with human similarity judgements."""

from __future__ import annotations

from w2vfast.io.atomic import StrPath
from w2vfast.keyedvectors import KeyedVectors
from w2vfast.vectors.correlation import spearman
from w2vfast.vectors.word_pairs import WordPairs

__all__ = ["WordPairs", "evaluate_word_pairs", "spearman"]


def evaluate_word_pairs(
    wv: KeyedVectors,
    path: StrPath,
    lowercase: bool = False,
    *,
    restrict_vocab: int | None = None,
    case_insensitive: bool = False,
    unknown_as_zero: bool = False,
) -> WordPairs:
    """
    Compare cosines with human judgements of similarity.

    Equivalent to ``wv.evaluate_word_pairs(path, ...)``.

    Parameters
    ----------
    wv : KeyedVectors
        The vectors.
    path, lowercase, restrict_vocab, case_insensitive, unknown_as_zero
        See `KeyedVectors.evaluate_word_pairs`.

    Raises
    ------
    ValueError
        If a line is malformed, or the pairs compared have only one cosine or one
        score.
    """
    return wv.evaluate_word_pairs(
        path,
        restrict_vocab=restrict_vocab,
        lowercase=lowercase,
        case_insensitive=case_insensitive,
        unknown_as_zero=unknown_as_zero,
    )
