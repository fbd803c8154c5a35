"""Word pairs: Spearman's correlation and scores of a file of rated pairs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2vfast.evaluation import evaluate_word_pairs, spearman
from w2vfast.keyedvectors import KeyedVectors


@pytest.fixture
def circle():
    """Return unit vectors at 0, 10, ... 80 degrees and a zero vector."""
    angles = np.radians(np.arange(0, 90, 10))
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return KeyedVectors([*"abcdefghi", "zero"], np.vstack([rows, [0, 0]]))


def test_spearman_equals_values_by_hand():
    # Ranks 1 2 3 4 5 against 2 1 4 3 5: 1 - 6 * 4 / (5 * 24) = 0.8.
    x, y = np.array([1.0, 2, 3, 4, 5]), np.array([20.0, 10, 40, 30, 500])
    assert spearman(x, y) == pytest.approx(0.8)
    assert spearman(x, -x) == pytest.approx(-1)
    # Ranks 1.5 1.5 3 4 against 1 2 3 4: 4.5 / sqrt(4.5 * 5).
    tied = spearman(np.array([1.0, 1, 2, 3]), np.array([1.0, 2, 3, 4]))
    assert tied == pytest.approx(4.5 / np.sqrt(4.5 * 5))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2))
def test_spearman_is_pearson_s_correlation_of_mean_ranks(pairs):
    x, y = np.array(pairs, float).T
    if len(set(x)) < 2 or len(set(y)) < 2:
        return
    ranks = [[np.mean(v > o) + np.mean(v == o) / 2 for o in v] for v in (x, y)]
    assert spearman(x, y) == pytest.approx(np.corrcoef(*ranks)[0, 1])


def test_word_pairs_are_scored_and_counted(circle, tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("# comment\na\tb\t9\na\tc\t7\n\na\td\t8\na\tabsent\t5\nA\tB\t1\n")
    # The pairs' ranks are 3 2 1 by cosine and 3 1 2 by human rating.
    result = evaluate_word_pairs(circle, path)
    assert (result.spearman, result.pairs, result.found) == (pytest.approx(0.5), 5, 3)
    folded = evaluate_word_pairs(circle, path, lowercase=True)
    assert folded.found == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\tb\t1\nab c\t2\n", "line 2"),
        ("a\tb\thigh\n", "line 1"),
        ("a\tb\tnan\n", "line 1"),
        ("a\tb\t1\t2\n", "line 1"),
        ("", "no pair of words; expected lines"),
        ("a\tx\t1\nb\ty\t2\n", "0 of 2"),
        ("a\tb\t1\na\tc\t1\n", "2 of 2"),
        ("a\tb\t1\na\tb\t2\n", "2 of 2"),
    ],
)
def test_bad_word_pairs_are_errors(circle, tmp_path, text, message):
    path = tmp_path / "pairs.tsv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as caught:
        evaluate_word_pairs(circle, path)
    assert str(path) in str(caught.value)
