"""Correlations and p-values, compared with definitions and numerical integrals."""

import math

import numpy as np
import pytest

from w2vfast.vectors.correlation import p_value, pearson


def student_tails(t, df):
    """Integrate the density of Student's distribution beyond -t and t."""
    norm = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2))
    norm /= math.sqrt(df * math.pi)
    # x = t / u maps the tail from t to infinity to u from 0 to 1.
    u = (np.arange(200_000) + 0.5) / 200_000
    x = t / u
    return 2 * norm * np.mean((1 + x**2 / df) ** (-(df + 1) / 2) * t / u**2)


@pytest.mark.parametrize("n", [3, 4, 10, 353, 3000])
@pytest.mark.parametrize("r", [-0.6, 0.02, 0.3])
def test_p_value_is_the_tail_of_students_distribution(n, r):
    t = abs(r) * math.sqrt((n - 2) / (1 - r * r))
    expected = student_tails(t, n - 2)
    assert p_value(r, n) == pytest.approx(expected, rel=1e-5, abs=1e-300)


def test_p_values_of_known_distributions():
    # With 3 pairs, t has Cauchy's distribution; with 4, r is uniform.
    assert p_value(0.5, 3) == pytest.approx(1 - 2 / math.pi * math.asin(0.5))
    assert p_value(-0.7, 4) == pytest.approx(0.3)


def test_p_values_at_the_limits():
    assert p_value(0.9, 2) == 1
    assert p_value(0.0, 10) == pytest.approx(1)
    assert p_value(1.0, 10) == p_value(-1.0, 10) == 0
    assert p_value(0.99, 100_000) == 0  # smaller than any float


def test_p_value_is_the_share_of_permutations():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 40))
    y += 0.3 * x
    r = pearson(x, y)
    shuffled = [abs(np.corrcoef(x, rng.permutation(y))[0, 1]) for _ in range(4000)]
    assert np.mean(np.array(shuffled) >= abs(r)) == pytest.approx(
        p_value(r, 40), abs=0.02
    )


@pytest.mark.parametrize("scale", [1e-200, 1, 1e200])
def test_pearson_of_any_size(scale):
    x, y = np.random.default_rng(1).normal(size=(2, 50))
    y += x
    expected = np.corrcoef(x, y)[0, 1]
    assert pearson(scale * x, y / scale) == pytest.approx(expected)
    assert pearson(x, -3 * x + 1) == pytest.approx(-1)
    assert pearson(x, -x) >= -1 and pearson(x, x) <= 1
