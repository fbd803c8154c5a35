"""Two-sided p-values of correlations, also of few pairs."""

from __future__ import annotations

import itertools
import math

import numpy as np
import numpy.typing as npt

from w2vfast.vectors.correlation import p_value, pearson

#: Up to so many pairs all orders are compared: 40,320 of them.
MOST_EXACT = 8
#: Differences of correlations that rounding can make.
_ROUNDING = 1e-12


def permutation_p_value(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> float:
    """
    Return the p-value of the correlation of x and y.

    Parameters
    ----------
    x, y : float64 arrays, shape (n,)
        Values, or ranks for Spearman's correlation. Neither may be constant.

    Returns
    -------
    float
        Up to 8 pairs: the share of the n! orders of y whose correlation is at least
        as far from 0, which is exact. From 9 pairs: Student's approximation, see
        `p_value`, but at least 2 / n!, the share of the best order and its reverse.

    Examples
    --------
    >>> round(permutation_p_value(np.array([1.0, 2, 3]), np.array([1.0, 2, 3])), 4)
    0.3333
    """
    n, r = len(x), pearson(x, y)
    if n > MOST_EXACT:
        return max(p_value(r, n), math.exp(math.log(2) - math.lgamma(n + 1)))
    orders = np.array(list(itertools.permutations(range(n))))
    a, b = (values / np.abs(values).max() for values in (x, y))
    a, b = a - a.mean(), b - b.mean()
    products = np.abs(b[orders] @ a)
    own = abs(float(b @ a))
    # The scale is that of the largest product there is, |a| |b|.
    tolerance = _ROUNDING * math.sqrt(float(a @ a) * float(b @ b))
    return float((products >= own - tolerance).mean())
