"""The three losses of one centre vector and one outside word, with their gradients.

v_c, shape (d,), is the centre vector (in CBOW: the hidden vector). U, shape (|V|, d),
has the outside vectors u_w as its rows. o is the row of the outside word. Each function
returns J, dJ/dv_c and dJ/dU, without averaging. Source: arXiv:1310.4546.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from w2vfast.kernels.reference.functions import (
    Floats,
    as_floats,
    log_sigmoid,
    log_softmax,
    sigmoid,
    softmax,
)
from w2vfast.wording import counted

LossAndGradients = tuple[float, Floats, Floats]


def naive_softmax_loss_and_gradients(
    v_c: ArrayLike, o: int, U: ArrayLike
) -> LossAndGradients:
    """
    Return the loss J = −log P(o | c) under the softmax over the whole vocabulary.

    Parameters
    ----------
    v_c : array_like, shape (d,)
        Centre vector.
    o : int
        Row of the outside word in U.
    U : array_like, shape (|V|, d)
        Outside vectors.

    Returns
    -------
    J : float
        −log ŷ_o in nats.
    dv_c : ndarray, shape (d,)
        dJ/dv_c.
    dU : ndarray, shape (|V|, d)
        dJ/dU; in general every row differs from zero.

    Raises
    ------
    IndexError
        If o is not a row of U.

    Notes
    -----
    With the scores s = U v_c, ŷ = softmax(s), Z = Σ_w exp(s_w) and y one-hot at o:

        J       = −Σ_w y_w log ŷ_w = −log ŷ_o = log Z − s_o
        dJ/ds_w = exp(s_w)/Z − [w = o] = ŷ_w − y_w
        s_w     = u_w · v_c, so ds_w/dv_c = u_w and ds_w/du_w = v_c

        dJ/dv_c = Σ_w (ŷ_w − y_w) u_w = Uᵀ(ŷ − y)
        dJ/du_w = (ŷ_w − y_w) v_c
        dJ/du_o = (ŷ_o − 1) v_c         w = o
        dJ/du_w = ŷ_w v_c               w ≠ o
        dJ/dU   = (ŷ − y) v_cᵀ
    """
    v_c, U = as_floats(v_c), as_floats(U)
    check_rows(o, U, "o")
    scores = U @ v_c
    y = np.zeros_like(scores)
    y[o] = 1
    delta = softmax(scores) - y
    return float(-log_softmax(scores)[o]), U.T @ delta, np.outer(delta, v_c)


def negative_sampling_loss_and_gradients(
    v_c: ArrayLike, o: int, U: ArrayLike, negatives: ArrayLike
) -> LossAndGradients:
    """
    Return the loss of telling the outside word o from the words w_1 … w_K drawn.

    Parameters
    ----------
    v_c : array_like, shape (d,)
        Centre vector.
    o : int
        Row of the outside word in U.
    U : array_like, shape (|V|, d)
        Outside vectors.
    negatives : array_like of int, shape (K,)
        Rows of the negatives; a word that occurs m times counts m times.

    Returns
    -------
    J : float
        In nats.
    dv_c : ndarray, shape (d,)
        dJ/dv_c.
    dU : ndarray, shape (|V|, d)
        dJ/dU; zero but in the rows of o and the negatives.

    Raises
    ------
    ValueError
        If o is among the negatives: J would pull u_o both ways.
    IndexError
        If o or a negative is not a row of U.

    Notes
    -----
    arXiv:1310.4546. One logistic loss for each of the 1 + K words:

        J = −log σ(u_o·v_c) − Σ_k log σ(−u_k·v_c)

    d/dx log σ(x) = 1 − σ(x), so with the 1 + K residuals

        r_o = 1 − σ(u_o·v_c)       r_k = 1 − σ(−u_k·v_c) = σ(u_k·v_c)

    all three gradients are made of the same numbers:

        dJ/dv_c = −r_o u_o + Σ_k r_k u_k
        dJ/du_o = −r_o v_c
        dJ/du_w = Σ_{k: w_k = w} r_k v_c  =  m r_w v_c     if w was drawn m times

    With the 1 + K rows of U concerned as a matrix W, the signs l = (+1, −1, …, −1)
    and r = 1 − σ(l ∘ W v_c): dJ/dv_c = −Wᵀ(l ∘ r), dJ/dW = −(l ∘ r) v_cᵀ.
    Nothing is of size |V| but the zeros in dJ/dU.
    """
    v_c, U = as_floats(v_c), as_floats(U)
    drawn = word_ids(negatives)
    check_rows(o, U, "o")
    check_rows(drawn, U, "negatives")
    if o in drawn:
        raise ValueError(
            f"the outside word {o} is among the negatives {drawn.tolist()}: "
            "draw again, or leave it out"
        )
    rows = np.append(o, drawn)
    labels = np.full(len(rows), -1, U.dtype)
    labels[0] = 1
    return _logistic_losses(v_c, U, rows, labels)


def hierarchical_softmax_loss_and_gradients(
    v_c: ArrayLike, nodes: ArrayLike, labels: ArrayLike, U: ArrayLike
) -> LossAndGradients:
    """
    Return the loss J = −log P(o | c), o being the leaf of a binary tree.

    Parameters
    ----------
    v_c : array_like, shape (d,)
        Centre vector.
    nodes : array_like of int, shape (L,)
        The path from the root to the outside word: rows of U, its inner nodes.
    labels : array_like, shape (L,)
        Which child the path takes at each: +1 for the one, −1 for the other.
    U : array_like, shape (|V| − 1, d)
        Vectors of the inner nodes. A binary tree with |V| leaves has |V| − 1.

    Returns
    -------
    J : float
        In nats.
    dv_c : ndarray, shape (d,)
        dJ/dv_c.
    dU : ndarray, shape (|V| − 1, d)
        dJ/dU; zero but in the rows of the path.

    Raises
    ------
    ValueError
        If a label is neither +1 nor −1, or their number is not that of the nodes.
    IndexError
        If a node is not a row of U.

    Notes
    -----
    At node n the walk takes one child with probability σ(u_n·v_c) and the other with
    1 − σ(u_n·v_c) = σ(−u_n·v_c); with l_j = ±1 for the child taken,

        P(o | c) = Π_j σ(l_j u_{n_j}·v_c)
        J        = −Σ_j log σ(l_j u_{n_j}·v_c)

    and with r_j = 1 − σ(l_j u_{n_j}·v_c), since d/dx log σ(x) = 1 − σ(x),

        dJ/dv_c     = −Σ_j l_j r_j u_{n_j}
        dJ/du_{n_j} = −l_j r_j v_c

    The leaves below a node share its probability out between them, the root's is 1:
    Σ_o P(o | c) = 1 with no sum over the vocabulary.
    """
    v_c, U = as_floats(v_c), as_floats(U)
    path, signs = word_ids(nodes), as_floats(labels)
    check_rows(path, U, "nodes")
    if signs.shape != path.shape or not np.isin(signs, (-1, 1)).all():
        raise ValueError(
            f"labels are {signs.tolist()}; expected +1 or -1 for each node "
            f"({counted(len(path), 'node')}): from a code of bits b they are 1 - 2 * b"
        )
    return _logistic_losses(v_c, U, path, signs.astype(U.dtype))


def _logistic_losses(
    v_c: Floats, U: Floats, rows: NDArray[np.int64], labels: Floats
) -> LossAndGradients:
    """Return J = −Σ_j log σ(labels_j u_{rows_j}·v_c) and its gradients."""
    W = U[rows]
    scores = labels * (W @ v_c)
    coefficients = labels * sigmoid(
        -scores
    )  # l_j r_j; 1 − σ(x) = σ(−x) keeps small ones
    dU = np.zeros(U.shape, np.result_type(U, v_c))
    np.add.at(dU, rows, -np.outer(coefficients, v_c))  # adds up where a row comes twice
    return float(-log_sigmoid(scores).sum()), -W.T @ coefficients, dU


def word_ids(words: ArrayLike) -> NDArray[np.int64]:
    """Return words as a vector of integers; it may be empty."""
    ids = np.asarray(words)
    if ids.ndim != 1 or (ids.size and ids.dtype.kind not in "iu"):
        raise TypeError(
            f"expected a list of word ids, got shape {ids.shape} of type "
            f"{ids.dtype}: give integers, e.g. [3, 1, 4]"
        )
    return ids.astype(np.int64)


def check_rows(rows: int | NDArray[np.int64], table: Floats, name: str) -> None:
    """Raise an IndexError unless all of rows are rows of table, counted from 0."""
    outside = [int(r) for r in np.ravel(rows) if not 0 <= r < len(table)]
    if outside:
        raise IndexError(
            f"{name}: {outside} not in a table of {counted(len(table), 'row')}; "
            f"ids go from 0 to {len(table) - 1}"
        )
