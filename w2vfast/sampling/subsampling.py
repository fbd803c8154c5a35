"""Subsampling: the probability that a token of a word is kept."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

MAX_UINT32 = 2**32 - 1
#: t / f from which every token is kept: the solution of sqrt(x) + x = 1.
FULL_SHARE = (3 - math.sqrt(5)) / 2


def keep_probability(
    counts: NDArray[np.int64], sample: float, total: int | None = None
) -> NDArray[np.float64]:
    """
    Return the probability that subsampling keeps a token, for each word.

    With f the word's share of the corpus and t = `sample`, the probability is
    min(1, sqrt(t / f) + t / f), as in word2vec.c and gensim. The formula in
    arXiv:1310.4546 lacks the second term.

    Parameters
    ----------
    counts : int64 array, shape (V,)
        Occurrences of each word in the corpus.
    sample : float
        The threshold t, usually 1e-5 to 1e-3. 0 keeps every token.
    total : int, optional
        Tokens of the whole corpus, for the shares f. Default: the sum of `counts`.

    Returns
    -------
    float64 array, shape (V,)

    Raises
    ------
    ValueError
        If `sample` is negative or not finite.

    Examples
    --------
    >>> keep_probability(np.array([990, 10]), sample=1e-3).round(3)
    array([0.033, 0.416])
    """
    if not (math.isfinite(sample) and sample >= 0):
        raise ValueError(
            f"sample={sample}: expected 0 (keep every token) or a positive number, "
            "usually 1e-5 to 1e-3"
        )
    if sample == 0:
        return np.ones(len(counts))
    total = counts.sum() if total is None else total
    ratio = sample * total / np.maximum(counts, 1)  # t / f
    probability: NDArray[np.float64] = np.minimum(1.0, np.sqrt(ratio) + ratio)
    return probability


def keep_thresholds(probability: NDArray[np.float64]) -> NDArray[np.uint32]:
    """
    Convert probabilities to thresholds for uniform 32-bit random numbers.

    An event of probability p happens if the random number is at most the threshold.

    Parameters
    ----------
    probability : float64 array, shape (n,)
        From 0 to 1.

    Returns
    -------
    uint32 array, shape (n,)
        p * 2**32 - 1, rounded and at least 0. Hence even p = 0 happens once in 2**32.

    Examples
    --------
    >>> keep_thresholds(np.array([0.5, 1.0])).tolist()
    [2147483647, 4294967295]
    """
    rounded = np.clip(np.rint(probability * 2.0**32) - 1, 0, MAX_UINT32)
    thresholds: NDArray[np.uint32] = rounded.astype(np.uint32)
    return thresholds
