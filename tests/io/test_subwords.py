"""The sums of subwords refuse arrays that do not fit, and rows outside the matrix."""

import numpy as np
import pytest

from w2vfast.io._subwords import compose


@pytest.fixture
def composed():
    """Return a function: sum the subwords of two words, after changes of arguments.

    Three rows: two words and one bucket, in which every subword is.
    """

    def run(**changes):
        out = np.full((2, 2), -7, np.float32)
        arguments = {
            "words": b"abcd",
            "offsets": np.array([0, 2, 4]),
            "first": 0,
            "last": 2,
            "rows": np.array([[1, 2], [3, 4], [6, 9]], np.float32),
            "n_words": 2,
            "minn": 2,
            "maxn": 2,
            "bucket": 1,
            "pruned_ids": np.empty(0, np.int64),
            "pruned_rows": np.empty(0, np.int64),
            "pruned": False,
            "out": out,
        }
        compose(*(arguments | changes).values())
        return out

    return run


def test_a_word_is_the_mean_of_its_row_and_its_subwords(composed):
    np.testing.assert_array_equal(composed(), [[3.5, 5.5], [4.5, 6.5]])
    np.testing.assert_array_equal(composed(bucket=0), [[1, 2], [3, 4]])
    np.testing.assert_array_equal(composed(first=1), [[-7, -7], [4.5, 6.5]])
    np.testing.assert_array_equal(composed(pruned=True), [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    "changes",
    [
        {"first": -1},
        {"first": 3},
        {"last": 3},
        {"n_words": 1},
        {"n_words": 4},
        {"out": np.empty((1, 2), np.float32)},
        {"out": np.empty((2, 3), np.float32)},
        {"pruned_ids": np.zeros(1, np.int64)},
        {"bucket": -1},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_arrays_that_do_not_fit_are_refused(composed, changes):
    with pytest.raises(ValueError, match="do not fit the given arrays"):
        composed(**changes)


@pytest.mark.parametrize("offsets", [[-1, 2, 4], [0, 5, 4], [0, 2, 5], [2, 0, 4]])
def test_words_outside_the_text_are_refused(composed, offsets):
    with pytest.raises(ValueError, match="lies outside the words"):
        composed(offsets=np.array(offsets))


def test_a_bucket_outside_the_matrix_is_refused(composed):
    with pytest.raises(ValueError, match="subword lies outside the matrix"):
        composed(rows=np.ones((2, 2), np.float32))
