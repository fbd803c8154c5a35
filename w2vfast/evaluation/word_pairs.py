"""Agreement of cosines with human similarity judgements."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from w2vfast.evaluation.datasets import read_pairs
from w2vfast.io.atomic import StrPath
from w2vfast.keyedvectors import KeyedVectors

Floats64 = npt.NDArray[np.float64]


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
        Pairs whose two words both have vectors. Only these pairs are compared.
    """

    spearman: float
    pairs: int
    found: int


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
        with # are skipped. Pairs with an unknown word are left out.
    lowercase : bool, default False
        Lower-case the file's words before looking them up.

    Raises
    ------
    ValueError
        If a line is malformed, or the pairs found have only one cosine or one score.
    """
    pairs = list(read_pairs(path, lowercase))
    found = [(a, b, score) for a, b, score in pairs if a in wv and b in wv]
    cosines = np.array([wv.similarity(a, b) for a, b, _ in found])
    scores = np.array([score for _, _, score in found])
    if len(set(cosines.tolist())) < 2 or len(set(scores.tolist())) < 2:
        raise ValueError(
            f"{os.fspath(path)}: no rank correlation: {len(found)} of {len(pairs)} "
            "pairs have vectors for both words; expected two or more different cosines "
            "and scores"
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
