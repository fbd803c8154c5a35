"""A two-layer network on top of word vectors: sigmoid, then softmax.

Examples are rows here, so the weights are on the right: x W1, not W1 x.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from w2vfast.kernels.reference.functions import (
    Floats,
    as_floats,
    log_softmax,
    sigmoid,
    sigmoid_derivative,
    softmax,
)


class Gradients(NamedTuple):
    """dJ by the input and by each parameter, in the shapes of these."""

    x: Floats
    W1: Floats
    b1: Floats
    W2: Floats
    b2: Floats


def two_layer_network_loss_and_gradients(
    x: ArrayLike,
    y: ArrayLike,
    W1: ArrayLike,
    b1: ArrayLike,
    W2: ArrayLike,
    b2: ArrayLike,
) -> tuple[float, Gradients]:
    """
    Return the cross-entropy of softmax(σ(x W1 + b1) W2 + b2), summed over examples.

    The sum, not the mean: divide loss and gradients by N for that.

    Parameters
    ----------
    x : array_like, shape (N, Dx)
        Examples, e.g. word vectors.
    y : array_like, shape (N, Dy)
        Classes: one-hot rows (or any rows that sum to 1).
    W1, b1 : array_like, shapes (Dx, H) and (H,)
        First layer.
    W2, b2 : array_like, shapes (H, Dy) and (Dy,)
        Second layer.

    Returns
    -------
    J : float
        Sum of the N cross-entropies, in nats.
    gradients : Gradients
        dJ/dx, dJ/dW1, dJ/db1, dJ/dW2, dJ/db2, named x, W1, b1, W2, b2.

    Raises
    ------
    ValueError
        If y is not N rows that sum to 1.

    Notes
    -----
    Forwards, a row an example:

        z1 = x W1 + b1      (N, H)
        h  = σ(z1)          (N, H)
        z2 = h W2 + b2      (N, Dy)
        ŷ  = softmax(z2)    (N, Dy)
        J  = −Σ_ni y_ni log ŷ_ni

    Backwards; δ2 is that of the softmax with cross-entropy, δ1 goes through σ:

        δ2 = dJ/dz2  = ŷ − y
        dJ/dW2       = hᵀ δ2            dJ/db2 = Σ_n δ2_n
        dJ/dh        = δ2 W2ᵀ
        δ1 = dJ/dz1  = dJ/dh ∘ σ'(z1) = dJ/dh ∘ h ∘ (1 − h)
        dJ/dW1       = xᵀ δ1            dJ/db1 = Σ_n δ1_n
        dJ/dx        = δ1 W1ᵀ
    """
    x, y = as_floats(x), as_floats(y)
    W1, b1, W2, b2 = (as_floats(p) for p in (W1, b1, W2, b2))
    if y.shape != (len(x), len(b2)) or not np.allclose(y.sum(axis=-1), 1):
        raise ValueError(
            f"y has shape {y.shape}; expected ({len(x)}, {len(b2)}), one-hot rows: "
            f"from class numbers k make np.eye({len(b2)})[k]"
        )
    z1 = x @ W1 + b1
    h = sigmoid(z1)
    z2 = h @ W2 + b2
    delta2 = softmax(z2) - y
    delta1 = (delta2 @ W2.T) * sigmoid_derivative(z1)
    gradients = Gradients(
        x=delta1 @ W1.T,
        W1=x.T @ delta1,
        b1=delta1.sum(axis=0),
        W2=h.T @ delta2,
        b2=delta2.sum(axis=0),
    )
    return float(-(y * log_softmax(z2)).sum()), gradients


def parameter_count(Dx: int, H: int, Dy: int) -> int:
    """
    Return (Dx + 1) H + (H + 1) Dy, the number of the network's parameters.

    Notes
    -----
    W1 has Dx·H, b1 H, W2 H·Dy and b2 Dy entries. Each layer's bias is one input more
    that is always 1, hence the two + 1. If the input's vectors are trained as well,
    their |V|·Dx come on top.
    """
    return (Dx + 1) * H + (H + 1) * Dy
