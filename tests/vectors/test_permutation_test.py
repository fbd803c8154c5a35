"""p-values of few pairs are shares of all orders, and never 0."""

import math

import numpy as np
import pytest

from w2vfast import KeyedVectors
from w2vfast.vectors.correlation import p_value
from w2vfast.vectors.permutation_test import permutation_p_value


@pytest.mark.parametrize("n", range(2, 13))
@pytest.mark.parametrize("sign", [1, -1])
def test_a_perfect_order_has_the_share_of_two_orders(n, sign):
    x = np.arange(n, dtype=float)
    expected = 2 / math.factorial(n)
    assert permutation_p_value(x, sign * x) == pytest.approx(expected)


def test_ties_have_fewer_orders():
    x, y = np.array([1.0, 2, 2, 3]), np.array([5.0, 6, 6, 9])
    # 4 of the 24 orders: the tied pairs exchanged, in one or both directions of y.
    assert permutation_p_value(x, y) == pytest.approx(4 / 24)
    ranks = np.array([1, 2.5, 2.5, 4])
    assert permutation_p_value(ranks, ranks) == pytest.approx(4 / 24)


def test_no_correlation_has_the_p_value_1():
    x = np.array([-1.0, 0, 1])
    assert permutation_p_value(x, np.array([1.0, -2, 1])) == 1


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_the_scale_does_not_matter(scale):
    random = np.random.default_rng(0)
    x, y = random.normal(size=(2, 6))
    assert permutation_p_value(x * scale, y) == permutation_p_value(x, y)


def test_the_approximation_is_near_the_share():
    """From 9 pairs Student's distribution takes over."""
    random = np.random.default_rng(1)
    for _ in range(5):
        x, y = random.normal(size=(2, 8))
        r = float(np.corrcoef(x, y)[0, 1])
        assert permutation_p_value(x, y) == pytest.approx(p_value(r, 8), abs=0.06)
        x, y = random.normal(size=(2, 9))
        r = float(np.corrcoef(x, y)[0, 1])
        assert permutation_p_value(x, y) == pytest.approx(p_value(r, 9))


def test_three_word_pairs_in_the_order_of_their_scores(tmp_path):
    wv = KeyedVectors(list("abcd"), np.array([[1, 0], [1, 0.1], [1, 1], [0, 1.0]]))
    path = tmp_path / "pairs"
    path.write_text("a b 9\na c 5\na d 1\n")
    found = wv.evaluate_word_pairs(path)
    assert found.spearman == 1 and found.spearman_p == pytest.approx(1 / 3)
    assert found.pearson_p == pytest.approx(1 / 3)
