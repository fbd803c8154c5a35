import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from w2vfast.ranking import _candidates


@given(st.integers(1, 3000), st.integers(1, 400), st.integers(0, 2**32))
def test_candidates_hold_the_best(number, count, seed):
    scores = np.random.default_rng(seed).integers(-9, 9, number).astype(np.float32) / 9
    scores[:: seed % 7 + 2] = -np.inf
    count = min(count, int(np.isfinite(scores).sum()))
    found = _candidates(scores, count, 10)
    best = np.argsort(-scores, kind="stable")[:count]
    assert set(best.tolist()) <= set(found.tolist())
    assert np.isfinite(scores[found]).all()


def test_candidates_include_scores_that_rounding_may_have_swapped():
    scores = np.array([0.5, 0.5 - 1e-6, 0.4], np.float32)
    assert _candidates(scores, 1, 10).tolist() == [0, 1]


def test_candidates_leave_out_excluded_words_that_fill_whole_columns():
    scores = np.full(800, -np.inf, np.float32)
    scores[[0, 12, 24]] = 0.1  # one column of 12
    assert _candidates(scores, 3, 10).tolist() == [0, 12, 24]
