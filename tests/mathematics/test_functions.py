"""Sigmoid, softmax, cross-entropy, leaky ReLU and the gradient check itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from w2vfast.kernels.reference import functions as fn
from w2vfast.kernels.reference.gradient_check import central_differences, gradient_check

numbers = st.floats(-1e4, 1e4)
moderate = st.floats(-5, 5)
scores = hnp.arrays(np.float64, st.integers(1, 9), elements=numbers)
few_scores = hnp.arrays(np.float64, st.integers(2, 7), elements=moderate)


def one_hot(o, n):
    return np.eye(n)[o]


# ---- the sigmoid ----


@given(numbers)
def test_sigmoid_is_mirrored(x):
    assert fn.sigmoid(-x) == pytest.approx(1 - fn.sigmoid(x), rel=1e-15, abs=1e-15)


def test_sigmoid_has_known_values():
    np.testing.assert_allclose(
        fn.sigmoid([0, np.log(3), -np.log(3), -40]), [0.5, 0.75, 0.25, np.exp(-40)]
    )
    np.testing.assert_array_equal(fn.sigmoid([-1e4, 1e4]), [0, 1])


@settings(deadline=None)
@given(moderate)
def test_sigmoid_derivative_is_sigma_times_one_minus_sigma(x):
    s, slope = fn.sigmoid(x), fn.sigmoid_derivative(x)
    assert slope == pytest.approx(s * (1 - s), rel=1e-12)
    assert gradient_check(lambda x: (fn.sigmoid(x), slope), x) < 1e-6


def test_sigmoid_derivative_keeps_small_values():
    """sigma(40) rounds to 1, but its derivative is not 0."""
    np.testing.assert_allclose(fn.sigmoid_derivative(40.0), np.exp(-40))


@given(numbers)
def test_log_sigmoid_is_the_logarithm_and_never_overflows(x):
    value = fn.log_sigmoid(x)
    assert np.isfinite(value)
    if x > -700:
        assert value == pytest.approx(np.log(fn.sigmoid(x)), rel=1e-9, abs=1e-12)
    else:
        assert value == x


@settings(deadline=None)
@given(moderate)
def test_log_sigmoid_derivative_is_one_minus_sigma(x):
    slope = 1 - fn.sigmoid(x)
    assert gradient_check(lambda x: (fn.log_sigmoid(x), slope), x) < 1e-6


# ---- the softmax ----


@given(scores, numbers)
def test_softmax_ignores_a_constant(x, c):
    np.testing.assert_allclose(fn.softmax(x + c), fn.softmax(x), rtol=1e-7, atol=1e-12)


@given(scores)
def test_softmax_never_overflows_and_sums_to_one(x):
    y = fn.softmax(x)
    assert (y >= 0).all()
    assert y.sum() == pytest.approx(1, rel=1e-12)
    assert np.isfinite(fn.log_softmax(x)).all()


def test_softmax_has_known_values_along_the_last_axis():
    x = np.log([[1.0, 2, 5], [3, 3, 3]]) + np.array([[1e4], [-1e4]])
    expected = [[0.125, 0.25, 0.625], [1 / 3] * 3]
    np.testing.assert_allclose(fn.softmax(x), expected, rtol=1e-11)
    np.testing.assert_allclose(fn.log_softmax(x), np.log(expected), rtol=1e-11)
    np.testing.assert_allclose(fn.log_softmax([0, -1e4]), [0, -1e4])


@settings(deadline=None)
@given(few_scores)
def test_softmax_jacobian_is_diagonal_minus_outer_product(x):
    y = fn.softmax(x)
    jacobian = fn.softmax_jacobian(x)
    np.testing.assert_allclose(jacobian, np.diag(y) - np.outer(y, y), atol=1e-15)
    for i, row in enumerate(jacobian):
        assert gradient_check(lambda x, i=i, r=row: (fn.softmax(x)[i], r), x) < 1e-6


def test_softmax_jacobian_works_along_the_last_axis():
    x = np.random.default_rng(0).normal(size=(4, 3, 5))
    jacobians = fn.softmax_jacobian(x)
    assert jacobians.shape == (4, 3, 5, 5)
    np.testing.assert_array_equal(jacobians[2, 1], fn.softmax_jacobian(x[2, 1]))


# ---- cross-entropy ----


@given(few_scores, st.data())
def test_cross_entropy_with_one_hot_is_minus_log_of_the_true_word(x, data):
    o = data.draw(st.integers(0, len(x) - 1))
    y_hat = fn.softmax(x)
    assert fn.cross_entropy(one_hot(o, len(x)), y_hat) == -np.log(y_hat[o])


@settings(deadline=None)
@given(few_scores, few_scores)
def test_cross_entropy_of_a_softmax_has_the_gradient_y_hat_minus_y(x, z):
    """It holds for any distribution y, one-hot or not."""
    z = np.resize(z, x.shape)
    y = fn.softmax(z + np.arange(len(z)))

    def loss(x):
        y_hat = fn.softmax(x)
        return fn.cross_entropy(y, y_hat), y_hat - y

    if np.abs(loss(x)[1]).max() > 1e-3:
        assert gradient_check(loss, x) < 1e-6


def test_cross_entropy_counts_impossible_words_as_nothing_or_infinite():
    assert fn.cross_entropy([1, 0], [1.0, 0.0]) == 0
    assert fn.cross_entropy([0, 1], [1.0, 0.0]) == np.inf
    rows = fn.cross_entropy([[0, 1], [0.5, 0.5]], [[0.75, 0.25], [0.5, 0.5]])
    np.testing.assert_allclose(rows, np.log([4, 2]))


# ---- other functions ----


@given(numbers, st.floats(0, 1))
def test_leaky_relu_is_x_above_zero_and_slope_times_x_below(x, slope):
    assert fn.leaky_relu(x, slope) == (x if x > 0 else slope * x)


@given(st.floats(1e-3, 10), st.floats(1e-3, 1))
def test_leaky_relu_derivative_is_one_above_zero_and_slope_below(x, slope):
    for at, expected in ((x, 1), (-x, slope)):
        assert fn.leaky_relu_derivative(at, slope) == expected
        f = lambda x: (fn.leaky_relu(x, slope), expected)  # noqa: B023, E731
        assert gradient_check(f, at) < 1e-6
    assert fn.leaky_relu_derivative(0.0, slope) == slope


@given(few_scores, st.floats(1e-3, 1e3))
def test_l2_normalise_removes_the_length_and_keeps_the_direction(x, a):
    x[0] = 1.0
    unit = fn.l2_normalise(x)
    assert unit @ unit == pytest.approx(1)
    assert unit @ x == pytest.approx(np.linalg.norm(x))
    np.testing.assert_allclose(fn.l2_normalise(a * x), unit, rtol=1e-12, atol=1e-15)


def test_l2_normalise_keeps_zeros_and_never_overflows():
    x = np.array([[0, 0], [3e200, 4e200], [-3e-200, 4e-200]])
    np.testing.assert_allclose(fn.l2_normalise(x), [[0, 0], [0.6, 0.8], [-0.6, 0.8]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize(
    "name",
    [
        "sigmoid",
        "sigmoid_derivative",
        "log_sigmoid",
        "softmax",
        "log_softmax",
        "softmax_jacobian",
        "leaky_relu",
        "leaky_relu_derivative",
        "l2_normalise",
    ],
)
def test_functions_keep_the_type_of_their_input(name, dtype):
    f = getattr(fn, name)
    assert f(np.array([1, -2, 0], dtype)).dtype == dtype
    assert f([1, -2, 0]).dtype == np.float64


# ---- the gradient check ----


def test_gradient_check_tells_right_from_wrong():
    x = np.array([[0.3, -2], [5, 0]])
    assert gradient_check(lambda x: ((x**3).sum(), 3 * x**2), x) < 1e-9
    wrong = 3 * x**2
    wrong[0, 1] *= 1 + 1e-4
    assert 1e-5 < gradient_check(lambda x: ((x**3).sum(), wrong), x) < 1e-4
    assert gradient_check(lambda x: ((x**3).sum(), -3 * x**2), x) > 1
    assert gradient_check(lambda x: (1.0, 0 * x), x) == 0


def test_gradient_check_refuses_a_gradient_of_another_shape():
    with pytest.raises(ValueError, match=r"shape \(2,\).*\(3,\)"):
        gradient_check(lambda x: (x.sum(), np.ones(2)), np.ones(3))


def test_central_differences_are_exact_for_parabolas():
    x = np.array([1, 2, -30], np.float32)
    slopes = central_differences(lambda x: (x**2).sum(), x)
    assert slopes.dtype == np.float64
    np.testing.assert_allclose(slopes, [2, 4, -60], rtol=1e-7)
    np.testing.assert_array_equal(x, [1, 2, -30])
