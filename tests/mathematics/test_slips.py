"""Errors in published solutions: central differences show which formula is right.

Each test spells out the correct and the wrong formula.
"""

import numpy as np
import pytest

from w2vfast.kernels.reference.functions import sigmoid, softmax
from w2vfast.kernels.reference.gradient_check import gradient_check
from w2vfast.kernels.reference.objectives import (
    naive_softmax_loss_and_gradients,
    negative_sampling_loss_and_gradients,
)

WORD, NEGATIVES = 1, [3, 0, 3]


@pytest.fixture
def problem():
    """Return v_c and a square U, so that transposed products have a valid shape."""
    rng = np.random.default_rng(12)
    return rng.normal(size=4), rng.normal(size=(4, 4))


def is_gradient(loss, gradient, x):
    """Compare with central differences; a wrong gradient must differ by over 1 %."""
    error = gradient_check(lambda x: (loss(x), gradient), x)
    assert error < 1e-6 or error > 0.01
    return error < 1e-6


def test_slip_missing_minus_in_the_gradient_by_the_outside_vector(problem):
    """Negative sampling: dJ/du_o = −(1 − σ(u_o·v))v, not +."""
    v, U = problem

    def loss(u_o):
        other = U.copy()
        other[WORD] = u_o
        return negative_sampling_loss_and_gradients(v, WORD, other, NEGATIVES)[0]

    residual = 1 - sigmoid(U[WORD] @ v)
    assert is_gradient(loss, -residual * v, U[WORD])
    assert not is_gradient(loss, residual * v, U[WORD])


def test_slip_u_o_where_u_k_belongs_in_the_sum_over_negatives(problem):
    """dJ/dv = −(1 − σ(u_o·v))u_o + Σ_k (1 − σ(−u_k·v))u_k: u_k in both places."""
    v, U = problem

    def loss(v):
        return negative_sampling_loss_and_gradients(v, WORD, U, NEGATIVES)[0]

    first = -(1 - sigmoid(U[WORD] @ v)) * U[WORD]
    right = first + sum((1 - sigmoid(-U[k] @ v)) * U[k] for k in NEGATIVES)
    outside = first + sum((1 - sigmoid(-U[k] @ v)) * U[WORD] for k in NEGATIVES)
    inside = first + sum((1 - sigmoid(-U[WORD] @ v)) * U[k] for k in NEGATIVES)
    assert is_gradient(loss, right, v)
    assert not is_gradient(loss, outside, v)
    assert not is_gradient(loss, inside, v)


def test_slip_crossed_cases_of_the_softmax_jacobian(problem):
    """∂ŷ_i/∂x_j is ŷ_i(1 − ŷ_i) for i = j and −ŷ_i ŷ_j for i ≠ j."""
    x = problem[0]
    y, diagonal = softmax(x), np.eye(4, dtype=bool)
    own, cross = np.diag(y * (1 - y)), -np.outer(y, y)
    right = np.where(diagonal, own, cross)
    swapped = np.where(diagonal, cross, (y * (1 - y))[:, None])
    unsigned = np.where(diagonal, own, -cross)
    index_twice = np.where(diagonal, own, -(y * y)[:, None])
    for i in range(4):
        rows = [jacobian[i] for jacobian in (right, swapped, unsigned, index_twice)]
        verdicts = [is_gradient(lambda x, i=i: softmax(x)[i], r, x) for r in rows]
        assert verdicts == [True, False, False, False]


def test_slip_crossed_indices_in_the_gradient_by_the_centre_vector(problem):
    """∂s_i/∂v_j = U_ij: dJ/dv_j = Σ_i (ŷ_i − y_i)U_ij = Uᵀ(ŷ − y), not U(ŷ − y)."""
    v, U = problem
    delta = softmax(U @ v) - np.eye(4)[WORD]

    def loss(v):
        return naive_softmax_loss_and_gradients(v, WORD, U)[0]

    assert is_gradient(loss, U.T @ delta, v)
    assert not is_gradient(loss, U @ delta, v)


def test_slip_log_p_where_p_is_meant(problem):
    """P = exp(s_o)/Z sums to one, log P = s_o − log Z does not; J is −log P, not −P."""
    v, U = problem
    losses = [naive_softmax_loss_and_gradients(v, o, U)[0] for o in range(4)]
    P = np.exp(U @ v) / np.exp(U @ v).sum()
    np.testing.assert_allclose(np.exp(-np.array(losses)), P)
    assert P.sum() == pytest.approx(1)
    assert np.log(P).sum() < -1
    by_log_p = U.T @ (P - np.eye(4)[WORD])
    minus_log_p, minus_p = (
        lambda v: -np.log(softmax(U @ v)[WORD]),
        lambda v: -softmax(U @ v)[WORD],
    )
    assert is_gradient(minus_log_p, by_log_p, v)
    assert not is_gradient(minus_p, by_log_p, v)
    assert is_gradient(minus_p, P[WORD] * by_log_p, v)
