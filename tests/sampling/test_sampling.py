"""The tables: keep probabilities, noise distribution, alias table."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vfast.sampling import noise, subsampling

settings.register_profile("w2vfast", max_examples=60, deadline=None)
settings.load_profile("w2vfast")

counts = st.lists(st.integers(1, 10**15), min_size=1, max_size=60).map(np.array)
weights = st.lists(st.floats(0, 1e6), min_size=1, max_size=60).filter(
    lambda w: sum(w) > 1e-3
)


@given(counts, st.floats(1e-8, 1))
def test_keep_probability_formula(counts, sample):
    p = subsampling.keep_probability(counts, sample)
    for got, count in zip(p, counts.tolist(), strict=True):
        f = count / int(counts.sum())
        right = min(1, math.sqrt(sample / f) + sample / f)
        assert got == pytest.approx(right, rel=1e-9)


def test_keep_probability_of_word2vec_c():
    """A word that is 1 % of the corpus, at 1e-3: sqrt(0.1) + 0.1."""
    p = subsampling.keep_probability(np.array([990, 10]), 1e-3)
    assert p[1] == pytest.approx(0.4162277660168379)


def test_keep_probability_of_a_part_of_the_corpus():
    p = subsampling.keep_probability(np.array([10]), 1e-3, total=1000)
    assert p[0] == pytest.approx(0.4162277660168379)


@given(counts)
def test_zero_keeps_everything(counts):
    assert (subsampling.keep_probability(counts, 0) == 1).all()


@given(counts, st.floats(1e-8, 1))
def test_frequent_words_are_kept_less(counts, sample):
    p = subsampling.keep_probability(np.sort(counts), sample)
    assert (np.diff(p) <= 0).all()
    assert (p > 0).all()


def test_words_that_do_not_occur_are_no_error():
    p = subsampling.keep_probability(np.array([5, 0]), 1e-3)
    assert np.isfinite(p).all()


@pytest.mark.parametrize("sample", [-1e-3, math.nan, math.inf])
def test_bad_sample(sample):
    with pytest.raises(ValueError, match=r"sample=.*expected 0"):
        subsampling.keep_probability(np.array([1]), sample)


@given(st.lists(st.floats(0, 1), min_size=1))
def test_thresholds_stand_for_probabilities(probability):
    """A uniform 32-bit number is at most the threshold that often."""
    kept = subsampling.keep_thresholds(np.array(probability))
    assert kept.dtype == np.uint32
    often = (kept.astype(np.float64) + 1) / 2**32
    np.testing.assert_allclose(often, probability, rtol=0, atol=2**-32)


def test_certainty_is_certain():
    assert subsampling.keep_thresholds(np.array([1.0])).tolist() == [2**32 - 1]


@given(counts, st.floats(-5, 5))
def test_noise_is_a_distribution(counts, exponent):
    p = noise.noise_distribution(counts, exponent)
    assert p.sum() == pytest.approx(1)
    assert (p >= 0).all()
    logs = np.log(np.maximum(p, 1e-300)) - exponent * np.log(counts.astype(float))
    sound = p > 1e-290
    assert np.ptp(logs[sound]) < 1e-8


@pytest.mark.parametrize("exponent", [-300, -50, 50, 300, 1e6])
def test_no_exponent_overflows(exponent):
    p = noise.noise_distribution(np.array([10**9, 10, 1]), exponent)
    assert p.sum() == pytest.approx(1)
    assert p[0 if exponent > 0 else 2] == pytest.approx(1)


@pytest.mark.parametrize("exponent", [math.nan, math.inf, -math.inf])
def test_bad_exponent(exponent):
    with pytest.raises(ValueError, match=r"ns_exponent=.*expected a finite number"):
        noise.noise_distribution(np.array([1]), exponent)


def distribution_of(accept, alias):
    """What an alias table draws, exactly."""
    n = len(accept)
    own = (accept.astype(np.float64) + 1) / 2**32
    p = own / n
    np.add.at(p, alias, (1 - own) / n)
    return p


@given(weights)
def test_alias_table_is_exact(weights):
    p = np.array(weights) / sum(weights)
    accept, alias = noise.alias_table(p)
    assert (accept.dtype, alias.dtype) == (np.uint32, np.int32)
    assert ((alias >= 0) & (alias < len(p))).all()
    np.testing.assert_allclose(distribution_of(accept, alias), p, rtol=0, atol=1e-9)


@given(counts, st.sampled_from([-1, 0, 0.75, 1, 5]))
def test_alias_table_of_counts(counts, exponent):
    p = noise.noise_distribution(counts, exponent)
    got = distribution_of(*noise.alias_table(p))
    np.testing.assert_allclose(got, p, rtol=0, atol=1e-9)


@pytest.mark.parametrize("n", [1, 2, 3, 1000])
def test_uniform_table_needs_no_alias(n):
    accept, _ = noise.alias_table(np.full(n, 1 / n))
    assert (accept >= 2**32 - 2).all()


def test_large_table_is_exact():
    p = noise.noise_distribution(10**7 // np.arange(1, 100_001), 0.75)
    got = distribution_of(*noise.alias_table(p))
    np.testing.assert_allclose(got, p, rtol=1e-4)
