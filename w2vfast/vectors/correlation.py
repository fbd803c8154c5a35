"""Correlation coefficients and their p-values."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Float64Array = npt.NDArray[np.float64]

MAX_TERMS = 10_000  # of the continued fraction; it takes about 3 * sqrt(a) terms


def pearson(x: Float64Array, y: Float64Array) -> float:
    """
    Return Pearson's correlation.

    Parameters
    ----------
    x, y : float64 arrays, shape (n,)
        Neither may be constant.

    Returns
    -------
    float
        From -1 to 1.

    Examples
    --------
    >>> round(pearson(np.array([1.0, 2, 3]), np.array([1.0, 3, 2])), 2)
    0.5
    """
    a, b = (_centred_unit(values) for values in (x, y))
    return min(1.0, max(-1.0, float(a @ b)))


def _centred_unit(values: Float64Array) -> Float64Array:
    """Return the deviations from the mean, scaled to length 1."""
    # Divide by the largest value first, so that no square overflows or underflows.
    deviations = values / np.abs(values).max()
    deviations = deviations - deviations.mean()
    deviations /= np.abs(deviations).max()
    unit: Float64Array = deviations / np.sqrt(deviations @ deviations)
    return unit


def spearman(x: Float64Array, y: Float64Array) -> float:
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

    Examples
    --------
    >>> round(spearman(np.array([1.0, 2, 3]), np.array([10.0, 90, 20])), 2)
    0.5
    """
    return pearson(ranks(x), ranks(y))


def ranks(values: Float64Array) -> Float64Array:
    """Return ranks from 1; equal values share their mean rank."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    found: Float64Array = (np.cumsum(counts) - (counts - 1) / 2)[places]
    return found


def p_value(correlation: float, n: int) -> float:
    """
    Return the two-sided p-value of a correlation of n pairs.

    It is the probability of a correlation at least as far from 0 if the two variables
    are independent. It is exact for Pearson's correlation of normal variables, and
    an approximation for Spearman's, good from about 10 pairs. See
    `permutation_p_value` for fewer.

    Parameters
    ----------
    correlation : float
        From -1 to 1.
    n : int
        Number of pairs, at least 2. Two pairs always have the p-value 1.

    Examples
    --------
    >>> round(p_value(0.5, n=3), 4)
    0.6667
    """
    if n < 3:
        return 1.0
    # t = r * sqrt(df / (1 - r²)) has Student's distribution with df = n - 2 degrees
    # of freedom. Its two tails have the probability I_x(df / 2, 1 / 2), x = 1 - r².
    return _incomplete_beta((n - 2) / 2, 0.5, (1 - correlation) * (1 + correlation))


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # the continued fraction converges slowly here
        return 1 - _incomplete_beta(b, a, 1 - x)
    log_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    front = math.exp(a * math.log(x) + b * math.log1p(-x) - log_beta) / a
    return front / _beta_fraction(a, b, x)


def _beta_fraction(a: float, b: float, x: float) -> float:
    """
    Return 1 + c_1 / (1 + c_2 / (1 + ...)), the continued fraction of I_x(a, b).

    See https://dlmf.nist.gov/8.17.E22. The ratios of successive numerators and of
    successive denominators give each approximation from the one before.
    """
    value = upper = 1.0
    lower = 0.0
    for term in range(1, MAX_TERMS):
        m = term // 2
        if term % 2:
            c = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            c = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        upper = 1 + c / upper
        lower = 1 / (1 + c * lower)
        value *= upper * lower
        if abs(upper * lower - 1) < 1e-15:
            break
    return value
