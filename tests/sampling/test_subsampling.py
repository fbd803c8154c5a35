"""Subsampling: keep probabilities and their 32-bit thresholds."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2vfast.sampling.subsampling import keep_probability, keep_thresholds

counts = st.lists(st.integers(1, 10**15), min_size=1, max_size=60).map(np.array)


@given(counts, st.floats(1e-8, 1))
def test_keep_probability_follows_the_formula(counts, sample):
    p = keep_probability(counts, sample)
    for result, count in zip(p, counts.tolist(), strict=True):
        f = count / int(counts.sum())
        expected = min(1, math.sqrt(sample / f) + sample / f)
        assert result == pytest.approx(expected, rel=1e-9)


def test_keep_probability_equals_word2vec_c():
    """A word with 1 % of the corpus and sample=1e-3: sqrt(0.1) + 0.1."""
    p = keep_probability(np.array([990, 10]), 1e-3)
    assert p[1] == pytest.approx(0.4162277660168379)


def test_total_may_count_more_than_the_given_words():
    p = keep_probability(np.array([10]), 1e-3, total=1000)
    assert p[0] == pytest.approx(0.4162277660168379)


@given(counts)
def test_sample_zero_keeps_every_token(counts):
    assert (keep_probability(counts, 0) == 1).all()


@given(counts, st.floats(1e-8, 1))
def test_frequent_words_have_smaller_probabilities(counts, sample):
    p = keep_probability(np.sort(counts), sample)
    assert (np.diff(p) <= 0).all()
    assert (p > 0).all()


def test_a_count_of_zero_gives_a_finite_probability():
    p = keep_probability(np.array([5, 0]), 1e-3)
    assert np.isfinite(p).all()


@pytest.mark.parametrize("sample", [-1e-3, math.nan, math.inf])
def test_bad_sample_is_rejected(sample):
    with pytest.raises(ValueError, match=r"sample=.*expected 0"):
        keep_probability(np.array([1]), sample)


@given(st.lists(st.floats(0, 1), min_size=1))
def test_thresholds_are_reached_with_the_given_probability(probability):
    """A uniform 32-bit number is at most the threshold with this probability."""
    thresholds = keep_thresholds(np.array(probability))
    assert thresholds.dtype == np.uint32
    result = (thresholds.astype(np.float64) + 1) / 2**32
    np.testing.assert_allclose(result, probability, rtol=0, atol=2**-32)


def test_probability_one_includes_every_32_bit_number():
    assert keep_thresholds(np.array([1.0])).tolist() == [2**32 - 1]
