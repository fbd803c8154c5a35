"""Central differences, to tell whether a gradient is that of its function."""

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
    Return how far a gradient is from that by central differences.

    Parameters
    ----------
    f : callable
        f(x) -> value, gradient. Of a function of several arguments, fix the others:
        ``lambda U: loss(v, o, U)[::2]`` checks dJ/dU.
    x : array_like
        Where to check, of any shape; taken as float64.

    Returns
    -------
    float
        The largest difference of an entry, relative to the largest entry of either
        gradient; 0 if both are zero everywhere. About 1e-10 if the gradient is
        right; a gradient that is nearly zero drowns in the rounding of f, so choose
        an x where it is not.

    Raises
    ------
    ValueError
        If the gradient's shape is not that of x, or it is not finite.
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
        Where to differentiate.

    Returns
    -------
    ndarray of float64, shape of x
        The derivative by each entry.

    Notes
    -----
    Taylor: f(x ± ε) = f ± ε f' + ε²/2 f'' ± ε³/6 f''' + …, so the even terms cancel
    and the error is ε²/6 f''', beside rounding of about 10⁻¹⁶ f/ε. They balance at
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
