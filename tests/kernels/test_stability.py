"""The curvature bounds every step; extreme scores give finite results."""

import numpy as np
import pytest

from w2vfast.kernels.arguments import LOSSES

PAIR = {
    "sample": 0,
    "window": 1,
    "shrink_windows": False,
    "vector_size": 4,
    "batch_size": 512,
}


def logistic(x):
    return 1 / (1 + np.exp(-x))


def curvature(x):
    """Return the curvature that bounds the step for a negative with score x.

    sigma' is used for x < 0 only: above 0 it vanishes while the gradient does not.
    """
    return np.where(x < 0, logistic(x) * logistic(-x), 1 / (4 + np.abs(x)))


@pytest.fixture
def repeated_pair(make_arguments):
    """Return a function: arguments with `times` sentences "0 1" in one batch.

    Every negative is word 2.
    """

    def make(times, alpha, **changes):
        ids = np.array([0, 1] * times, np.int32)
        offsets = np.arange(times + 1) * 2
        fields = {"ids": ids, "offsets": offsets, "alpha": alpha, "min_alpha": alpha}
        arguments = make_arguments(words=3, **PAIR | fields | changes)
        arguments.noise_accept[:] = 0
        arguments.noise_alias[:] = 2
        return arguments

    return make


@pytest.mark.parametrize("alpha", [0.001, 0.03, 1, 1e4, 1e30])
@pytest.mark.parametrize("shared", [0, 8])
@pytest.mark.parametrize("scale", [0.2, 1.5])
def test_step_size_is_the_smaller_of_alpha_and_the_bound(
    kernels, repeated_pair, copy_arguments, alpha, shared, scale
):
    times, negative = 100, 5
    before = repeated_pair(
        times, alpha, shared_negatives=shared, negative=negative, scale=scale
    )
    arguments = copy_arguments(before)
    assert kernels.train(arguments, 0, 0, 1)[3]
    v, u = (t.astype(np.float64) for t in (before.centre, before.outside))
    for a, b in ((0, 1), (1, 0)):  # centre a, outside word b
        right, wrong = v[a] @ u[b], v[a] @ u[2]
        p, q = logistic(right), logistic(wrong)
        gradient = times * ((1 - p) * u[b] - negative * q * u[2])
        bound = curvature(-right) * u[b] @ u[b] + negative * curvature(wrong) * (
            u[2] @ u[2]
        )
        step = min(alpha, 2 / (times * bound))
        np.testing.assert_allclose(
            arguments.centre[a], v[a] + step * gradient, rtol=1e-4, atol=1e-5
        )
        step = min(alpha, 2 / (times * curvature(-right) * v[a] @ v[a]))
        gradient = times * (1 - p) * v[a]
        np.testing.assert_allclose(
            arguments.outside[b], u[b] + step * gradient, rtol=1e-4, atol=1e-5
        )
    wrong = v[:2] @ u[2]
    slope = curvature(wrong) @ np.square(v[:2]).sum(axis=1) * times * negative
    step = min(alpha, 2 / slope)
    moved = u[2] - step * times * negative * (logistic(wrong) @ v[:2])
    np.testing.assert_allclose(arguments.outside[2], moved, rtol=1e-4, atol=1e-4)


def test_the_bound_is_inactive_at_usual_learning_rates(
    kernels, repeated_pair, copy_arguments
):
    short, long = repeated_pair(1, 0.02), repeated_pair(1, 0.04)
    start = short.centre.astype(np.float64)
    for arguments in (short, long):
        kernels.train(arguments, 0, 0, 1)
    np.testing.assert_allclose(
        long.centre - start, 2 * (short.centre - start), rtol=1e-3, atol=1e-7
    )


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("shape", ["mixed", "repeated", "long"])
@pytest.mark.parametrize("setting", [(0.1, 512, 33), (0.1, 64, 8), (0.1, 1, 0)])
@pytest.mark.parametrize("loss", LOSSES)
def test_large_learning_rates_give_finite_vectors(
    kernels, make_arguments, cbow, shape, setting, loss
):
    alpha, batch_size, shared = setting
    arguments = make_arguments(
        shape, cbow=cbow, batch_size=batch_size, shared_negatives=shared, alpha=alpha,
        min_alpha=alpha, window=20, negative=20, epochs=2, loss=loss,
    )  # fmt: skip
    for epoch in range(2):
        loss, _, _, finite = kernels.train(arguments, epoch, 0, 1)
        assert finite
        assert np.isfinite(loss)
    assert np.isfinite(arguments.centre).all()
    assert np.isfinite(arguments.outside).all()


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("score", [-1000.0, -31.0, 31.0, 1000.0])
def test_saturated_scores_still_update_vectors(kernels, repeated_pair, cbow, score):
    """Gensim skips these updates. The loss of a wrong prediction must be finite."""
    arguments = repeated_pair(1, 1e-3, cbow=cbow)
    arguments.centre[:] = arguments.outside[:] = 0
    arguments.centre[:, 0] = np.sqrt(abs(score))
    arguments.outside[:2, 0] = score / np.sqrt(abs(score))
    arguments.outside[2, 0] = np.sqrt(abs(score))  # the negative: always wrong
    before = arguments.outside.copy()
    loss, pairs, _, finite = kernels.train(arguments, 0, 0, 1)
    assert finite
    wrong = pairs * (5 + (score < 0))  # each has loss |s|, clamped at 30
    assert wrong * 29.9 < loss < wrong * 1000.1
    assert (arguments.outside[2] <= before[2]).all()
    assert arguments.outside[2, 0] < before[2, 0] - 5e-3
    if score < 0:  # positives move towards their centres
        assert (arguments.outside[:2, 0] > before[:2, 0] + 5e-4).all()
    else:
        np.testing.assert_allclose(arguments.outside[:2], before[:2], rtol=1e-5)


@pytest.mark.parametrize("score", [-40, -20, -5, -1, -0.0, 1e-6, 0.5, 3, 12, 29, 40])
def test_loss_of_one_pair(kernels, repeated_pair, score):
    arguments = repeated_pair(1, 1e-3)
    arguments.centre[:] = arguments.outside[:] = 0
    arguments.centre[:, 0] = 1
    arguments.outside[:2, 0] = score
    arguments.outside[2, 0] = -score
    s = np.clip(np.float64(score), -30, 30)
    right = 2 * (np.logaddexp(0, -s) + 5 * np.logaddexp(0, -s))
    loss = kernels.train(arguments, 0, 0, 1)[0]
    assert loss == pytest.approx(right, rel=2e-6, abs=1e-20)
