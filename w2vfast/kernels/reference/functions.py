"""The functions in word2vec's losses, and their derivatives.

They work entry by entry or along the last axis. They keep the type of their input,
except that integers become float64. No input, however large, causes an overflow.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.floating[Any]]


def as_floats(x: ArrayLike) -> Floats:
    """Return x as an array; numbers that are not floating point become float64."""
    x = np.asarray(x)
    return x if np.issubdtype(x.dtype, np.floating) else x.astype(np.float64)


# ---- the sigmoid ----


def sigmoid(x: ArrayLike) -> Floats:
    """
    Return σ(x) = 1 / (1 + e⁻ˣ) for every entry.

    Notes
    -----
    For x < 0 numerator and denominator are multiplied by eˣ, so that no power of e
    has a positive exponent:

        σ(x) = 1 / (1 + e⁻ˣ)  =  eˣ / (1 + eˣ)

    The mirror image follows from the same two forms:

        1 − σ(x) = e⁻ˣ / (1 + e⁻ˣ) = σ(−x)
    """
    x = as_floats(x)
    return np.asarray(np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x))))


def sigmoid_derivative(x: ArrayLike) -> Floats:
    """
    Return σ'(x) = σ(x) (1 − σ(x)) for every entry; the argument is x, not σ(x).

    Notes
    -----
        σ(x)  = (1 + e⁻ˣ)⁻¹
        σ'(x) = −(1 + e⁻ˣ)⁻² · (−e⁻ˣ)
              = 1 / (1 + e⁻ˣ) · e⁻ˣ / (1 + e⁻ˣ)
              = σ(x) (1 − σ(x))
              = σ(x) σ(−x)

    The last line is what is computed: 1 − σ(x) would round to 0 from x = 37 on.
    """
    return sigmoid(x) * sigmoid(-as_floats(x))


def log_sigmoid(x: ArrayLike) -> Floats:
    """
    Return log σ(x) for every entry.

    Notes
    -----
        log σ(x) = −log(1 + e⁻ˣ) = −log(e⁰ + e⁻ˣ)

    which `numpy.logaddexp` computes without the power e⁻ˣ. The derivative of the
    logarithm is what negative sampling uses:

        d/dx log σ(x) = σ'(x) / σ(x) = 1 − σ(x)
    """
    x = as_floats(x)
    return -np.logaddexp(np.zeros_like(x), -x)


# ---- the softmax ----


def softmax(x: ArrayLike) -> Floats:
    """
    Return ŷ with ŷ_i = exp(x_i) / Σ_j exp(x_j), along the last axis.

    Parameters
    ----------
    x : array_like, shape (..., n)
        Scores.

    Returns
    -------
    ndarray, shape (..., n)
        Positive numbers; each row sums to 1.

    Notes
    -----
    A constant added to all scores cancels:

        exp(x_i + c) / Σ_j exp(x_j + c) = eᶜ exp(x_i) / (eᶜ Σ_j exp(x_j))

    With c = −max(x) the largest power is e⁰ = 1: nothing overflows, and the sum in
    the denominator is at least 1.
    """
    x = as_floats(x)
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def log_softmax(x: ArrayLike) -> Floats:
    """
    Return log ŷ_i = x_i − log Z, Z = Σ_j exp(x_j), along the last axis.

    Finite where ŷ_i itself has become 0. Shapes are those of `softmax`.
    """
    x = as_floats(x)
    x = x - x.max(axis=-1, keepdims=True)
    return np.asarray(x - np.log(np.exp(x).sum(axis=-1, keepdims=True)))


def softmax_jacobian(x: ArrayLike) -> Floats:
    """
    Return ∂ŷ_i/∂x_j = ŷ_i (δ_ij − ŷ_j), the matrix diag(ŷ) − ŷŷᵀ.

    Parameters
    ----------
    x : array_like, shape (..., n)
        Scores; ŷ = softmax(x).

    Returns
    -------
    ndarray, shape (..., n, n)
        Row i, column j: the derivative of ŷ_i by x_j. Symmetric.

    Notes
    -----
    log ŷ_i = x_i − log Z and ∂ log Z/∂x_j = exp(x_j)/Z = ŷ_j, so

        ∂ŷ_i/∂x_j = ŷ_i ∂ log ŷ_i/∂x_j = ŷ_i (δ_ij − ŷ_j)
        i = j:      ŷ_i (1 − ŷ_i)
        i ≠ j:     −ŷ_i ŷ_j
    """
    y = softmax(x)
    identity = np.eye(y.shape[-1], dtype=y.dtype)
    return y[..., :, None] * (identity - y[..., None, :])


def cross_entropy(y: ArrayLike, y_hat: ArrayLike) -> Floats:
    """
    Return −Σ_i y_i log ŷ_i, along the last axis.

    Parameters
    ----------
    y : array_like, shape (..., n)
        The true distribution; usually one-hot.
    y_hat : array_like, shape (..., n)
        The predicted one.

    Returns
    -------
    ndarray, shape (...)
        Infinite where something happens that was held to be impossible (y_i > 0,
        ŷ_i = 0); a term with y_i = 0 is 0 whatever ŷ_i is.

    Notes
    -----
    With y one-hot, y_o = 1, a single term is left: −log ŷ_o.
    """
    y, y_hat = as_floats(y), as_floats(y_hat)
    with np.errstate(divide="ignore"):
        log = np.log(y_hat, where=y > 0, out=np.zeros_like(y_hat))
    return np.asarray(-(y * log).sum(axis=-1))


# ---- others ----


def leaky_relu(x: ArrayLike, slope: float = 0.01) -> Floats:
    """Return x where x > 0 and slope · x elsewhere."""
    x = as_floats(x)
    return np.maximum(x, 0) + slope * np.minimum(x, 0)


def leaky_relu_derivative(x: ArrayLike, slope: float = 0.01) -> Floats:
    """
    Return 1 where x > 0 and `slope` elsewhere.

    At 0 the function has a kink and no derivative; `slope` is the one from the left.
    """
    x = as_floats(x)
    return np.where(x > 0, 1.0, slope).astype(x.dtype)


def l2_normalise(x: ArrayLike) -> Floats:
    """
    Return x / ‖x‖ along the last axis; rows of zeros stay zeros.

    For a > 0, l2_normalise(a x) = l2_normalise(x): the direction is kept and the
    length is lost. docs/mathematics.md says when that is wanted.
    """
    x = as_floats(x)
    largest = np.abs(x).max(axis=-1, keepdims=True)
    x = x / np.where(largest > 0, largest, 1).astype(x.dtype)  # squares stay finite
    length = np.sqrt((x * x).sum(axis=-1, keepdims=True))
    return np.asarray(x / np.where(length > 0, length, 1).astype(x.dtype))
