"""The naive softmax of a pair, a window and a corpus; its curvature."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vfast.kernels.reference.architectures import skipgram
from w2vfast.kernels.reference.functions import cross_entropy, softmax
from w2vfast.kernels.reference.gradient_check import central_differences, gradient_check
from w2vfast.kernels.reference.objectives import naive_softmax_loss_and_gradients

seeds = st.integers(0, 2**32 - 1)


def problem(seed):
    """Return random v_c, o, U of a small shape."""
    rng = np.random.default_rng(seed)
    words, d = rng.integers(2, 8), rng.integers(1, 6)
    v_c = rng.choice([-1, 1], d) * rng.uniform(0.3, 1, d)
    return v_c, int(rng.integers(words)), rng.uniform(-1, 1, (words, d))


def parts(v_c, o, U):
    """Return ŷ and y."""
    return softmax(U @ v_c), np.eye(len(U))[o]


@given(seeds)
def test_naive_softmax_loss_is_cross_entropy_with_one_hot(seed):
    v_c, o, U = problem(seed)
    y_hat, y = parts(v_c, o, U)
    cost = naive_softmax_loss_and_gradients(v_c, o, U)[0]
    assert cost == pytest.approx(cross_entropy(y, y_hat), rel=1e-12)
    assert cost == pytest.approx(-np.log(y_hat[o]), rel=1e-12)


@settings(deadline=None)
@given(seeds)
def test_naive_softmax_gradient_by_centre_vector(seed):
    """dJ/dv_c = Uᵀ(ŷ − y)."""
    v_c, o, U = problem(seed)
    y_hat, y = parts(v_c, o, U)
    dv_c = naive_softmax_loss_and_gradients(v_c, o, U)[1]
    np.testing.assert_allclose(dv_c, U.T @ (y_hat - y), atol=1e-14)
    f = lambda v: naive_softmax_loss_and_gradients(v, o, U)[:2]  # noqa: E731
    assert gradient_check(f, v_c) < 1e-6


def test_naive_softmax_gradient_is_zero_when_prediction_is_right():
    """With u_o = v, u_w = −v and a long v, ŷ rounds to the one-hot y."""
    v_c = np.array([30.0, -40.0])
    U = np.array([-v_c, v_c, -v_c])
    y_hat, y = parts(v_c, 1, U)
    np.testing.assert_array_equal(y_hat, y)
    cost, dv_c, dU = naive_softmax_loss_and_gradients(v_c, 1, U)
    assert cost == 0
    assert not dv_c.any()
    assert not dU.any()


@settings(deadline=None)
@given(seeds)
def test_naive_softmax_gradient_by_outside_vectors(seed):
    """dJ/dU = (ŷ − y)v_cᵀ."""
    v_c, o, U = problem(seed)
    y_hat, y = parts(v_c, o, U)
    dU = naive_softmax_loss_and_gradients(v_c, o, U)[2]
    np.testing.assert_allclose(dU, np.outer(y_hat - y, v_c), atol=1e-14)
    f = lambda U: naive_softmax_loss_and_gradients(v_c, o, U)[::2]  # noqa: E731
    assert gradient_check(f, U) < 1e-6


@settings(deadline=None)
@given(seeds)
def test_naive_softmax_gradient_by_the_true_and_by_another_outside_vector(seed):
    """dJ/du_o = (ŷ_o − 1)v_c; dJ/du_w = ŷ_w v_c for w ≠ o."""
    v_c, o, U = problem(seed)
    y_hat, _ = parts(v_c, o, U)
    for w in range(len(U)):
        expected = (y_hat[o] - 1 if w == o else y_hat[w]) * v_c

        def f(u_w, w=w, expected=expected):
            other = U.copy()
            other[w] = u_w
            return naive_softmax_loss_and_gradients(v_c, o, other)[0], expected

        assert gradient_check(f, U[w]) < 1e-6
        dU = naive_softmax_loss_and_gradients(v_c, o, U)[2]
        np.testing.assert_allclose(dU[w], expected, atol=1e-14)


def test_naive_softmax_is_stable():
    v_c, U = np.array([1e4]), np.array([[1.0], [-1.0], [0.0]])
    for o, expected in enumerate((0, 2e4, 1e4)):
        cost, dv_c, _ = naive_softmax_loss_and_gradients(v_c, o, U)
        assert cost == expected
        assert dv_c == 1 - U[o]


def test_naive_softmax_refuses_words_out_of_range():
    for o in (-1, 3):
        with pytest.raises(IndexError, match=rf"o: \[{o}\].*from 0 to 2"):
            naive_softmax_loss_and_gradients(np.ones(2), o, np.ones((3, 2)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_naive_softmax_keeps_the_type(dtype):
    v_c, o, U = problem(3)
    results = naive_softmax_loss_and_gradients(v_c.astype(dtype), o, U.astype(dtype))
    assert [g.dtype for g in results[1:]] == [dtype, dtype]


# ---- a window, a corpus ----


def log_z(scores):
    return np.log(np.exp(scores).sum(axis=-1))


@given(seeds)
def test_softmax_of_a_window_needs_one_softmax(seed):
    """J = n log Z − Σ u_o·v; dJ/dv = n Uᵀŷ − Σ u_o; dJ/dU = nŷvᵀ − Σ e_o vᵀ."""
    v, _, U = problem(seed)
    window = np.random.default_rng(seed).integers(0, len(U), 5)
    n, y_hat = len(window), softmax(U @ v)
    V = np.array([v, v + 1])
    cost, dV, dU = skipgram(0, window, V, U, naive_softmax_loss_and_gradients)
    assert cost == pytest.approx(n * log_z(U @ v) - sum(U[o] @ v for o in window))
    expected = n * U.T @ y_hat - U[window].sum(axis=0)
    np.testing.assert_allclose(dV[0], expected, atol=1e-13)
    counts = np.bincount(window, minlength=len(U))
    np.testing.assert_allclose(dU, np.outer(n * y_hat - counts, v), atol=1e-13)


def test_softmax_of_a_corpus_needs_only_counts():
    """J = Σ_c [n_c log Z_c − Σ_o n_co u_o·v_c]; dV = (DŶ − N)U; dU = (DŶ − N)ᵀV."""
    rng = np.random.default_rng(5)
    text, words, radius = rng.integers(0, 6, 60), 6, 2
    V, U = rng.normal(size=(2, words, 4))
    N = np.zeros((words, words))
    cost, dV, dU = 0.0, np.zeros_like(V), np.zeros_like(U)
    for i, c in enumerate(text):
        window = np.delete(text[max(0, i - radius) : i + radius + 1], min(i, radius))
        np.add.at(N[c], window, 1)
        results = skipgram(int(c), window, V, U, naive_softmax_loss_and_gradients)
        cost, dV, dU = (x + y for x, y in zip((cost, dV, dU), results, strict=True))
    assert N.sum() == 4 * len(text) - 6
    np.testing.assert_array_equal(N, N.T)
    S = V @ U.T
    assert cost == pytest.approx(N.sum(axis=1) @ log_z(S) - (N * S).sum())
    residuals = N.sum(axis=1)[:, None] * softmax(S) - N
    np.testing.assert_allclose(dV, residuals @ U, atol=1e-11)
    np.testing.assert_allclose(dU, residuals.T @ V, atol=1e-11)


# ---- curvature ----


def row_loss(h, window, U, w):
    """Return J of a window as a function of one row u_w."""

    def cost(u_w):
        other = U.copy()
        other[w] = u_w
        return skipgram(0, window, h[None], other, naive_softmax_loss_and_gradients)[0]

    return cost


@given(seeds)
def test_softmax_loss_of_one_row_is_a_logistic_loss(seed):
    """In s' = log ŷ_w/(1 − ŷ_w): n_w log(1 + e⁻ˢ') + (n − n_w) log(1 + eˢ') + const."""
    h, o, U = problem(seed)
    rng = np.random.default_rng(seed)
    w, window = int(rng.integers(len(U))), [o, *rng.integers(0, len(U), 3)]
    n_w = sum(x == w for x in window)
    cost, others = row_loss(h, window, U, w), np.arange(len(U)) != w
    rest = log_z((U @ h)[others])
    constants = []
    for u_w in (U[w], U[w] + 1, -2 * U[w]):
        s = u_w @ h - rest
        row = np.where(others[:, None], U, u_w)
        y_hat = softmax(row @ h)[w]
        assert s == pytest.approx(np.log(y_hat / (1 - y_hat)), rel=1e-6, abs=1e-9)
        logistic = n_w * np.logaddexp(0, -s) + (len(window) - n_w) * np.logaddexp(0, s)
        constants.append(cost(u_w) - logistic)
    assert constants == pytest.approx([constants[0]] * 3, rel=1e-9, abs=1e-9)


@settings(deadline=None)
@given(seeds)
def test_softmax_curvature_of_one_row(seed):
    """d²J/du_w² = n ŷ_w(1 − ŷ_w) hhᵀ; along h/‖h‖: n ŷ_w(1 − ŷ_w)‖h‖²."""
    h, o, U = problem(seed)
    window, y_hat = [o, 0, len(U) - 1], softmax(U @ h)
    for w in range(len(U)):

        def slope(u_w, w=w):
            other = U.copy()
            other[w] = u_w
            loss = naive_softmax_loss_and_gradients
            return skipgram(0, window, h[None], other, loss)[2][w]

        hessian = [
            central_differences(lambda u, i=i, f=slope: f(u)[i], U[w])
            for i in range(len(h))
        ]
        curvature = 3 * y_hat[w] * (1 - y_hat[w])
        np.testing.assert_allclose(
            hessian, curvature * np.outer(h, h), rtol=1e-6, atol=1e-9
        )
        unit = h / np.linalg.norm(h)
        assert unit @ hessian @ unit == pytest.approx(curvature * h @ h, rel=1e-5)
