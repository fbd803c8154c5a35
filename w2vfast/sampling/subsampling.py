"""Subsampling: the probability that a token of each word is kept."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

ALWAYS = 2**32 - 1


def keep_probability(
    counts: NDArray[np.int64], sample: float, total: int | None = None
) -> NDArray[np.float64]:
    """
    Return how likely a token of each word is kept by subsampling.

    With f the word's share of the corpus and t = `sample`, it is
    min(1, sqrt(t / f) + t / f), as in word2vec.c and gensim (the formula in
    arXiv:1310.4546 lacks the second term).

    Parameters
    ----------
    counts : int64, (words,)
        Occurrences in the corpus.
    sample : float
        The threshold t, usually 1e-5 to 1e-3; 0 keeps every token.
    total : int, optional
        Tokens that the shares are of; the sum of `counts` by default.

    Returns
    -------
    float64, (words,)

    Raises
    ------
    ValueError
        If `sample` is negative or not finite.
    """
    if not (math.isfinite(sample) and sample >= 0):
        raise ValueError(f"sample={sample}: expected 0 (keep all) or a small number")
    if sample == 0:
        return np.ones(len(counts))
    ratio = sample * (counts.sum() if total is None else total) / np.maximum(counts, 1)
    probability: NDArray[np.float64] = np.minimum(1.0, np.sqrt(ratio) + ratio)
    return probability


def keep_thresholds(probability: NDArray[np.float64]) -> NDArray[np.uint32]:
    """Return the largest 32-bit random number with which a token is kept."""
    most = np.clip(np.rint(probability * 2.0**32) - 1, 0, ALWAYS)
    thresholds: NDArray[np.uint32] = most.astype(np.uint32)
    return thresholds
