"""Agreement of cosines with human similarity judgements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from w2vfast.vectors.correlation import pearson, ranks, spearman
from w2vfast.vectors.nearest import normalise
from w2vfast.vectors.permutation_test import permutation_p_value
from w2vfast.vectors.validation import Float32Array
from w2vfast.vectors.word_lookup import UNKNOWN, WordLookup
from w2vfast.wording import counted


@dataclass(frozen=True)
class WordPairs:
    """
    How well cosines agree with human scores.

    Attributes
    ----------
    spearman : float
        Rank correlation of cosines and scores, -1 to 1.
    pairs : int
        Pairs in the file.
    found : int
        Pairs whose two words are both in the vocabulary used.
    pearson : float
        Correlation of cosines and scores, -1 to 1.
    spearman_p, pearson_p : float
        Two-sided p-values: the probability of so large a correlation by chance. Up to 8
        pairs they are exact shares of all orders of the scores: 1/3 at least for 3
        pairs.
    """

    spearman: float
    pairs: int
    found: int
    pearson: float
    spearman_p: float
    pearson_p: float

    @property
    def unknown(self) -> int:
        """Pairs with a word outside the vocabulary used."""
        return self.pairs - self.found

    @property
    def unknown_ratio(self) -> float:
        """Share of the pairs with a word outside the vocabulary used, 0 to 1."""
        return self.unknown / self.pairs


def score_word_pairs(
    pairs: Sequence[tuple[str, str, float]],
    vectors: Float32Array,
    lookup: WordLookup,
    unknown_as_zero: bool = False,
) -> WordPairs:
    """
    Compare cosines with human judgements of similarity.

    Parameters
    ----------
    pairs : sequence of (str, str, float)
        Two words and their score.
    vectors : float32 array, shape (V, d)
    lookup : WordLookup
        The words of the V rows.
    unknown_as_zero : bool, default False
        Give pairs with an unknown word the cosine 0. By default they are left out.

    Raises
    ------
    ValueError
        If the pairs compared have only one cosine or one score.

    Examples
    --------
    >>> vectors = np.array([[1, 0], [1, 1], [0, 1]], np.float32)
    >>> lookup = WordLookup(["cat", "tiger", "tax"])
    >>> pairs = [("cat", "tiger", 7.0), ("cat", "tax", 0.5), ("tax", "rate", 8.0)]
    >>> result = score_word_pairs(pairs, vectors, lookup)
    >>> round(result.spearman, 2), result.found, result.unknown
    (1.0, 2, 1)
    """
    rows = lookup.positions(word for a, b, _ in pairs for word in (a, b)).reshape(-1, 2)
    found = (rows != UNKNOWN).all(axis=1)
    compared = np.ones(len(pairs), bool) if unknown_as_zero else found
    scores = np.array([score for _, _, score in pairs])
    cosines = np.zeros(len(pairs))
    vector_rows = np.arange(len(vectors))[lookup.rows]
    a, b = (normalise(vectors[vector_rows[column]]) for column in rows[found].T)
    cosines[found] = (a * b).sum(axis=1)
    cosines, scores = cosines[compared], scores[compared]
    if len(np.unique(cosines)) < 2 or len(np.unique(scores)) < 2:
        fix = "give more pairs"
        if not found.all():
            words = [
                (a, b)
                for (a, b, _), known in zip(pairs, found, strict=True)
                if not known
            ]
            fix = lookup.advice(words)
        raise ValueError(
            f"no rank correlation: {found.sum():,} of {counted(len(pairs), 'pair')} "
            "with vectors for both words; expected two or more different cosines "
            f"and scores; {fix}"
        )
    rho, r = spearman(cosines, scores), pearson(cosines, scores)
    return WordPairs(
        spearman=rho,
        pairs=len(pairs),
        found=int(found.sum()),
        pearson=r,
        spearman_p=permutation_p_value(ranks(cosines), ranks(scores)),
        pearson_p=permutation_p_value(cosines, scores),
    )
