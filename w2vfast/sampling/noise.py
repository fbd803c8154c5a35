"""The noise distribution, and its alias table for drawing negatives."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from w2vfast.sampling.subsampling import keep_thresholds


def noise_distribution(
    counts: NDArray[np.int64], ns_exponent: float
) -> NDArray[np.float64]:
    """
    Return the probability of each word as a negative: count ** ns_exponent, scaled.

    Parameters
    ----------
    counts : int64, (words,)
        Occurrences in the corpus.
    ns_exponent : float
        0.75 in arXiv:1310.4546; 1 follows the corpus, 0 is uniform, below 0 prefers
        rare words (arXiv:1804.04212).

    Returns
    -------
    float64, (words,)

    Raises
    ------
    ValueError
        If `ns_exponent` is not finite.
    """
    if not math.isfinite(ns_exponent):
        raise ValueError(f"ns_exponent={ns_exponent}: expected a finite number")
    logs = ns_exponent * np.log(np.maximum(counts, 1).astype(np.float64))
    weights: NDArray[np.float64] = np.exp(logs - logs.max())  # can't overflow
    weights /= weights.sum()
    return weights


def alias_table(
    probability: NDArray[np.float64],
) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """
    Build the table that draws from a distribution in constant time.

    To draw: pick a place uniformly and a 32-bit random number; the place itself if
    the number is at most ``accept[place]``, else ``alias[place]`` (Walker 1977; here
    without a loop).

    Parameters
    ----------
    probability : float64, (words,)
        Not negative, sum 1.

    Returns
    -------
    accept : uint32, (words,)
    alias : int32, (words,)
    """
    share = probability * len(probability)
    alias = np.arange(len(share), dtype=np.int32)
    accept = np.minimum(share, 1.0)
    small, large = np.flatnonzero(share < 1), np.flatnonzero(share >= 1)
    if len(small) and len(large):  # else all are 1, but for rounding
        # Small places are filled up in order by the large ones in order. What is
        # lacking and what is left over, summed up, tell who fills whom.
        lacking = np.cumsum(1 - share[small])
        spare = np.cumsum(share[large] - 1)
        donor = np.searchsorted(spare, lacking - (1 - share[small]), "right")
        donor = np.minimum(donor, len(large) - 1)
        alias[small] = large[donor]
        # A large place that gave too much to its last small one is filled by the next.
        filled = np.searchsorted(donor, np.arange(len(large) - 1), "right")
        given = np.append(0, lacking)[filled] - spare[:-1]
        accept[large[:-1]] = np.clip(1 - given, 0, 1)
        alias[large[:-1]] = large[1:]
    return keep_thresholds(accept), alias
