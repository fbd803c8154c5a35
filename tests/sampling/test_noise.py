"""The noise distribution and its alias table."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2vfast.sampling.noise import alias_table, noise_distribution

counts = st.lists(st.integers(1, 10**15), min_size=1, max_size=60).map(np.array)
weights = st.lists(st.floats(0, 1e6), min_size=1, max_size=60).filter(
    lambda w: sum(w) > 1e-3
)


@given(counts, st.floats(-5, 5))
def test_noise_sums_to_one_and_is_proportional_to_the_power(counts, exponent):
    p = noise_distribution(counts, exponent)
    assert p.sum() == pytest.approx(1)
    assert (p >= 0).all()
    logs = np.log(np.maximum(p, 1e-300)) - exponent * np.log(counts.astype(float))
    not_underflowed = p > 1e-290
    assert np.ptp(logs[not_underflowed]) < 1e-8


@pytest.mark.parametrize("exponent", [-300, -50, 50, 300, 1e6])
def test_no_exponent_overflows(exponent):
    p = noise_distribution(np.array([10**9, 10, 1]), exponent)
    assert p.sum() == pytest.approx(1)
    assert p[0 if exponent > 0 else 2] == pytest.approx(1)


@pytest.mark.parametrize("exponent", [math.nan, math.inf, -math.inf])
def test_bad_exponent_is_rejected(exponent):
    with pytest.raises(ValueError, match=r"ns_exponent=.*expected a finite number"):
        noise_distribution(np.array([1]), exponent)


@pytest.mark.parametrize("exponent", [-1, 0, 0.75])
def test_a_count_of_0_is_taken_as_1(exponent):
    p = noise_distribution(np.array([5, 0, 1]), exponent)
    assert p.tolist() == noise_distribution(np.array([5, 1, 1]), exponent).tolist()


def distribution_of(accept, alias):
    """Return the exact distribution of draws from an alias table."""
    n = len(accept)
    accept_probability = (accept.astype(np.float64) + 1) / 2**32
    p = accept_probability / n
    np.add.at(p, alias, (1 - accept_probability) / n)
    return p


@given(weights)
def test_alias_table_has_the_given_distribution(weights):
    p = np.array(weights) / sum(weights)
    accept, alias = alias_table(p)
    assert (accept.dtype, alias.dtype) == (np.uint32, np.int32)
    assert ((alias >= 0) & (alias < len(p))).all()
    np.testing.assert_allclose(distribution_of(accept, alias), p, rtol=0, atol=1e-9)


@given(counts, st.sampled_from([-1, 0, 0.75, 1, 5]))
def test_alias_table_has_the_noise_distribution(counts, exponent):
    p = noise_distribution(counts, exponent)
    result = distribution_of(*alias_table(p))
    np.testing.assert_allclose(result, p, rtol=0, atol=1e-9)


@pytest.mark.parametrize("n", [1, 2, 3, 1000])
def test_a_uniform_distribution_needs_no_alias(n):
    accept, _ = alias_table(np.full(n, 1 / n))
    assert (accept >= 2**32 - 2).all()


def test_a_large_table_has_the_noise_distribution():
    p = noise_distribution(10**7 // np.arange(1, 100_001), 0.75)
    result = distribution_of(*alias_table(p))
    np.testing.assert_allclose(result, p, rtol=1e-4)
