"""Skip-gram and CBOW for any loss (arXiv:1301.3781).

A loss is any function loss(v, o, U) -> J, dJ/dv, dJ/dU. The naive softmax is such a
function. The other two losses need more arguments than the word o, which
`with_negatives` and `with_tree` supply:

    skipgram(c, outside, V, U, naive_softmax_loss_and_gradients)
    skipgram(c, outside, V, U, with_negatives(draw))
    cbow(c, context, V, U, with_tree(paths))

V, shape (|V|, d), has the centre vectors v_w as its rows. U has the outside vectors, or
the vectors of inner nodes for a tree. Both architectures return J, dJ/dV, dJ/dU.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from w2vfast.kernels.reference.functions import Floats, as_floats
from w2vfast.kernels.reference.objectives import (
    LossAndGradients,
    check_rows,
    hierarchical_softmax_loss_and_gradients,
    negative_sampling_loss_and_gradients,
    word_ids,
)

Loss = Callable[[Floats, int, Floats], LossAndGradients]
Path = tuple[ArrayLike, ArrayLike]


def with_negatives(draw: Callable[[int], ArrayLike]) -> Loss:
    """Return negative sampling as a loss; draw(o) gives the negatives for word o."""

    def loss(v: Floats, o: int, U: Floats) -> LossAndGradients:
        return negative_sampling_loss_and_gradients(v, o, U, draw(o))

    return loss


def with_tree(paths: Mapping[int, Path] | Sequence[Path]) -> Loss:
    """Return the hierarchical softmax as a loss; paths[o] is (nodes, labels) of o."""

    def loss(v: Floats, o: int, U: Floats) -> LossAndGradients:
        nodes, labels = paths[o]
        return hierarchical_softmax_loss_and_gradients(v, nodes, labels, U)

    return loss


def skipgram(
    c: int, outside: ArrayLike, V: ArrayLike, U: ArrayLike, loss: Loss
) -> LossAndGradients:
    """
    Return the loss of a window whose centre word predicts each outside word.

    Parameters
    ----------
    c : int
        Row of the centre word in V.
    outside : array_like of int, shape (n,)
        The outside words, in any order; a word that occurs twice counts twice.
    V : array_like, shape (|V|, d)
        Centre vectors.
    U : array_like, shape (|V|, d)
        Outside vectors.
    loss : callable
        loss(v, o, U) -> J, dJ/dv, dJ/dU.

    Returns
    -------
    J : float
        Sum over the window.
    dV : ndarray, shape (|V|, d)
        dJ/dV.
    dU : ndarray, shape (|V|, d)
        dJ/dU.

    Raises
    ------
    IndexError
        If c is not a row of V.

    Notes
    -----
        J       = Σ_o J(v_c, o, U)
        dJ/dU   = Σ_o dJ(v_c, o, U)/dU
        dJ/dv_c = Σ_o dJ(v_c, o, U)/dv_c
        dJ/dv_w = 0 for w ≠ c: J contains no other centre vector
    """
    V, U = as_floats(V), as_floats(U)
    check_rows(c, V, "c")
    dtype = np.result_type(V, U)
    J, dV, dU = 0.0, np.zeros(V.shape, dtype), np.zeros(U.shape, dtype)
    for o in word_ids(outside).tolist():
        J_o, dv_c, dU_o = loss(V[c], o, U)
        J += J_o
        dV[c] += dv_c
        dU += dU_o
    return J, dV, dU


def cbow(
    c: int,
    context: ArrayLike,
    V: ArrayLike,
    U: ArrayLike,
    loss: Loss,
    mean: bool = True,
) -> LossAndGradients:
    """
    Return the loss of a window whose words together predict the centre word.

    The tables keep their places, as in word2vec.c: the context words' vectors are
    read from V, the predicted word's from U.

    Parameters
    ----------
    c : int
        The centre word, which is predicted.
    context : array_like of int, shape (n,)
        Rows of V, n ≥ 1; a word that occurs twice counts twice.
    V : array_like, shape (|V|, d)
        Input vectors.
    U : array_like, shape (|V|, d)
        Output vectors.
    loss : callable
        loss(h, c, U) -> J, dJ/dh, dJ/dU.
    mean : bool, default True
        Whether h is the mean of the context's vectors, or else their sum.

    Returns
    -------
    J : float
        Of the one prediction.
    dV : ndarray, shape (|V|, d)
        dJ/dV.
    dU : ndarray, shape (|V|, d)
        dJ/dU.

    Raises
    ------
    ValueError
        If the context is empty.
    IndexError
        If a context word is not a row of V.

    Notes
    -----
        h       = (1/n) Σ_j v_{w_j}
        J       = J(h, c, U)
        dh/dv_w = m/n  (times the identity) if w occurs m times in the context
        dJ/dv_w = (m/n) dJ/dh
        dJ/dU   = dJ(h, c, U)/dU

    For the sum, replace 1/n by 1. word2vec.c averages h but adds the whole of
    dJ/dh to each v_w, which is n times the gradient (arXiv:2012.15332).
    """
    V, U = as_floats(V), as_floats(U)
    words = word_ids(context)
    if not len(words):
        raise ValueError("the context is empty; leave a centre without context out")
    check_rows(words, V, "context")
    weight = 1 / len(words) if mean else 1.0
    J, dh, dU = loss(weight * V[words].sum(axis=0), c, U)
    dV = np.zeros(V.shape, np.result_type(V, U))
    np.add.at(dV, words, weight * dh)  # a word that occurs twice adds twice
    return J, dV, dU
