"""Check a gradient against central differences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from w2vfast.kernels.reference.functions import Floats

STEP = float(np.cbrt(np.finfo(np.float64).eps))  # 6e-6


def gradient_check(
    f: Callable[[NDArray[np.float64]], tuple[float, Floats]], x: ArrayLike
) -> float:
    """
    Return the relative error of a gradient, measured by central differences.

    Parameters
    ----------
    f : callable
        f(x) -> value, gradient. For a function of several arguments, fix the others:
        ``lambda U: loss(v, o, U)[::2]`` checks dJ/dU.
    x : array_like
        The point to check, of any shape; converted to float64.

    Returns
    -------
    float
        The largest difference of an entry, relative to the largest entry of either
        gradient; 0 if both are zero everywhere. It is about 1e-10 if the gradient is
        right. A gradient near zero is smaller than the rounding error of f, so choose
        an x where the gradient is not near zero.

    Raises
    ------
    ValueError
        If the gradient has another shape than x or is not finite.
    """
    x = np.array(x, np.float64)
    exact = np.asarray(f(x.copy())[1], np.float64)
    if exact.shape != x.shape or not np.isfinite(exact).all():
        raise ValueError(
            f"the gradient has shape {exact.shape} or is not finite; expected finite "
            f"numbers in the shape of x, {x.shape}: f must return (value, gradient)"
        )
    differences = central_differences(lambda at: f(at)[0], x)
    largest = max(np.abs(exact).max(initial=0), np.abs(differences).max(initial=0))
    if largest == 0:
        return 0.0
    return float(np.abs(exact - differences).max() / largest)


def central_differences(
    f: Callable[[NDArray[np.float64]], float], x: ArrayLike
) -> NDArray[np.float64]:
    """
    Return (f(x + ε e_i) − f(x − ε e_i)) / 2ε for every entry i, in float64.

    Parameters
    ----------
    f : callable
        f(x) -> value.
    x : array_like
        The point at which to differentiate.

    Returns
    -------
    ndarray of float64, shape of x
        The derivative with respect to each entry.

    Notes
    -----
    Taylor: f(x ± ε) = f ± ε f' + ε²/2 f'' ± ε³/6 f''' + …, so the even terms cancel.
    The error is ε²/6 f''' plus rounding of about 10⁻¹⁶ f/ε. The two are equal at
    ε = (10⁻¹⁶)^⅓, here times max(1, |x_i|).
    """
    x = np.array(x, np.float64)
    slopes = np.empty_like(x)
    for i in np.ndindex(x.shape):
        here, step = x[i], STEP * max(1.0, abs(float(x[i])))
        x[i] = here + step
        above, right = float(f(x.copy())), x[i]
        x[i] = here - step
        slopes[i] = (above - float(f(x.copy()))) / (right - x[i])
        x[i] = here
    return slopes
