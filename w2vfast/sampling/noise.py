"""The noise distribution of negative sampling, and its alias table."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from w2vfast.sampling.subsampling import keep_thresholds


def noise_distribution(
    counts: NDArray[np.int64], ns_exponent: float
) -> NDArray[np.float64]:
    """
    Return the probability of each word as a negative.

    The probability is proportional to ``counts ** ns_exponent``.

    Parameters
    ----------
    counts : int64 array, shape (V,)
        Occurrences of each word in the corpus. A count below 1 is taken as 1.
    ns_exponent : float
        0.75 in arXiv:1310.4546. 1 gives the frequencies of the corpus, 0 the uniform
        distribution. Negative exponents prefer rare words (arXiv:1804.04212).

    Returns
    -------
    float64 array, shape (V,)
        Sums to 1.

    Raises
    ------
    ValueError
        If `ns_exponent` is not finite.

    Examples
    --------
    >>> noise_distribution(np.array([81, 16, 1]), 0.75).round(3)
    array([0.75 , 0.222, 0.028])
    """
    if not math.isfinite(ns_exponent):
        raise ValueError(f"ns_exponent={ns_exponent}: expected a finite number")
    logs = ns_exponent * np.log(np.maximum(counts, 1).astype(np.float64))
    # Subtract the maximum, so that no power overflows.
    weights: NDArray[np.float64] = np.exp(logs - logs.max())
    weights /= weights.sum()
    return weights


def alias_table(
    probability: NDArray[np.float64],
) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """
    Build the table that draws from a distribution in constant time (Walker 1977).

    To draw, choose a slot uniformly and a 32-bit random number. If the number is at
    most ``accept[slot]``, the result is ``slot``, else ``alias[slot]``. The table is
    built with cumulative sums instead of a loop.

    Parameters
    ----------
    probability : float64 array, shape (V,)
        Not negative, with sum 1.

    Returns
    -------
    accept : uint32 array, shape (V,)
    alias : int32 array, shape (V,)

    Examples
    --------
    >>> accept, alias = alias_table(np.array([0.75, 0.25]))
    >>> (accept / 2**32).round(2).tolist(), alias.tolist()
    ([1.0, 0.5], [0, 0])
    """
    # Scaled by V, every slot must hold probability 1 in the end. Small slots, which
    # hold less, are filled with the surplus of large slots.
    scaled = probability * len(probability)
    alias = np.arange(len(scaled), dtype=np.int32)
    accept = np.minimum(scaled, 1.0)
    small, large = np.flatnonzero(scaled < 1), np.flatnonzero(scaled >= 1)
    if len(small) and len(large):  # otherwise every slot is 1, except for rounding
        # Large slots fill small slots, both in ascending order. Comparing cumulative
        # deficit and surplus gives the large slot that fills each small slot.
        deficit = np.cumsum(1 - scaled[small])
        surplus = np.cumsum(scaled[large] - 1)
        donor = np.searchsorted(surplus, deficit - (1 - scaled[small]), "right")
        donor = np.minimum(donor, len(large) - 1)
        alias[small] = large[donor]
        # The last small slot of a large slot may take more than the surplus. The next
        # large slot fills the gap.
        n_filled = np.searchsorted(donor, np.arange(len(large) - 1), "right")
        overdrawn = np.append(0, deficit)[n_filled] - surplus[:-1]
        accept[large[:-1]] = np.clip(1 - overdrawn, 0, 1)
        alias[large[:-1]] = large[1:]
    return keep_thresholds(accept), alias
