"""Negative sampling: three gradients, repeated negatives, o among the negatives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vfast.kernels.reference.functions import sigmoid
from w2vfast.kernels.reference.gradient_check import gradient_check
from w2vfast.kernels.reference.objectives import (
    negative_sampling_loss_and_gradients as negative_sampling,
)

seeds = st.integers(0, 2**32 - 1)


def problem(seed, distinct=False):
    """Return v_c, o, U, negatives; unless distinct, more negatives than words."""
    rng = np.random.default_rng(seed)
    words, d = int(rng.integers(3, 8)), rng.integers(1, 6)
    o, *others = rng.permutation(words).tolist()
    negatives = others[:-1] if distinct else rng.choice(others, words + 2).tolist()
    v_c = rng.choice([-1, 1], d) * rng.uniform(0.3, 1, d)
    return v_c, o, rng.uniform(-1, 1, (words, d)), negatives


@given(seeds)
def test_negative_sampling_loss_by_hand(seed):
    v_c, o, U, negatives = problem(seed)
    expected = -np.log(sigmoid(U[o] @ v_c))
    for k in negatives:
        expected -= np.log(sigmoid(-U[k] @ v_c))
    assert negative_sampling(v_c, o, U, negatives)[0] == pytest.approx(expected)


def check_by_differences(v_c, o, U, negatives):
    by_v = lambda v: negative_sampling(v, o, U, negatives)[:2]  # noqa: E731
    by_U = lambda U: negative_sampling(v_c, o, U, negatives)[::2]  # noqa: E731
    return max(gradient_check(by_v, v_c), gradient_check(by_U, U))


@settings(deadline=None)
@given(seeds)
def test_negative_sampling_gradients_with_distinct_negatives(seed):
    """dJ/du_o = −(1 − σ(u_o·v))v; dJ/du_k = (1 − σ(−u_k·v))v; other rows: 0."""
    v_c, o, U, negatives = problem(seed, distinct=True)
    assert check_by_differences(v_c, o, U, negatives) < 1e-6
    _, dv_c, dU = negative_sampling(v_c, o, U, negatives)
    np.testing.assert_allclose(dU[o], -(1 - sigmoid(U[o] @ v_c)) * v_c, rtol=1e-12)
    by_hand = -(1 - sigmoid(U[o] @ v_c)) * U[o]
    for k in negatives:
        residual = 1 - sigmoid(-U[k] @ v_c)
        np.testing.assert_allclose(dU[k], residual * v_c, rtol=1e-12)
        by_hand += residual * U[k]
    np.testing.assert_allclose(dv_c, by_hand, atol=1e-14)
    untouched = np.setdiff1d(np.arange(len(U)), [o, *negatives])
    assert len(untouched) == 1
    assert not dU[untouched].any()


@settings(deadline=None)
@given(seeds)
def test_negative_sampling_gradients_with_repeated_negatives(seed):
    """A word drawn K1 times counts K1 times."""
    v_c, o, U, negatives = problem(seed)
    assert len(set(negatives)) < len(negatives)
    assert check_by_differences(v_c, o, U, negatives) < 1e-6
    _, _, dU = negative_sampling(v_c, o, U, negatives)
    for k in negatives:
        expected = negatives.count(k) * (1 - sigmoid(-U[k] @ v_c)) * v_c
        np.testing.assert_allclose(dU[k], expected, rtol=1e-12)


@given(seeds, st.integers(1, 7))
def test_negative_sampling_k1_copies_count_k1_times(seed, k1):
    """f(k, K1 times) − f(no k) = K1 (f(k once) − f(no k)), f = J, dJ/dv_c, dJ/dU."""
    v_c, o, U, negatives = problem(seed)
    k, *others = negatives
    none, one, many = (
        negative_sampling(v_c, o, U, others + [k] * times) for times in (0, 1, k1)
    )
    for a, b, c in zip(none, one, many, strict=True):
        np.testing.assert_allclose(c - a, k1 * (b - a), atol=1e-12)


@given(seeds)
def test_negative_sampling_gradients_share_their_residuals(seed):
    """dJ/dU = g v_cᵀ and dJ/dv_c = Uᵀg; the same g contains only terms 1 − σ(·)."""
    v_c, o, U, negatives = problem(seed)
    _, dv_c, dU = negative_sampling(v_c, o, U, negatives)
    g = dU @ v_c / (v_c @ v_c)
    np.testing.assert_allclose(dU, np.outer(g, v_c), atol=1e-14)
    np.testing.assert_allclose(dv_c, U.T @ g, atol=1e-13)
    expected = np.bincount(negatives, minlength=len(U)) * (1 - sigmoid(-U @ v_c))
    expected[o] = -(1 - sigmoid(U[o] @ v_c))
    np.testing.assert_allclose(g, expected, rtol=1e-11, atol=1e-15)


def test_negative_sampling_refuses_the_outside_word_among_the_negatives():
    with pytest.raises(ValueError, match=r"word 2 is among .*\[0, 2\]: draw again"):
        negative_sampling(np.ones(3), 2, np.ones((4, 3)), [0, 2])


def test_negative_sampling_refuses_what_is_no_word():
    v_c, U = np.ones(3), np.ones((4, 3))
    for o, negatives, error, match in [
        (4, [0], IndexError, r"o: \[4\].*0 to 3"),
        (1, [0, -1, 9], IndexError, r"negatives: \[-1, 9\].*0 to 3"),
        (1, [0.5], TypeError, "float64: give integers"),
        (1, {0, 2}, TypeError, "list of word ids"),
    ]:
        with pytest.raises(error, match=match):
            negative_sampling(v_c, o, U, negatives)


def test_negative_sampling_without_negatives_is_one_logistic_loss():
    cost, _, dU = negative_sampling([0.0, 0.0], 1, np.ones((3, 2)), [])
    assert cost == pytest.approx(np.log(2))
    assert not dU.any()


def test_negative_sampling_is_stable():
    """A saturated wrong prediction has loss |score| and its full gradient."""
    U = np.array([[-1.0], [1.0], [2.0]])
    cost, dv_c, dU = negative_sampling([1e4], 0, U, [1, 2, 2])
    assert cost == 1e4 * (1 + 1 + 2 + 2)
    assert dv_c == 1 + 1 + 2 + 2
    np.testing.assert_array_equal(dU, 1e4 * np.array([[-1], [1], [2]]))
    cost, dv_c, _ = negative_sampling([-1e4], 0, U, [1, 2, 2])
    assert cost == dv_c == 0


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_negative_sampling_keeps_the_type(dtype):
    v_c, o, U, negatives = problem(1)
    results = negative_sampling(v_c.astype(dtype), o, U.astype(dtype), negatives)
    assert [g.dtype for g in results[1:]] == [dtype, dtype]
