"""Checks of keys, vectors and counts, as KeyedVectors applies them."""

import numpy as np
import pytest

from w2vfast.keyedvectors import KeyedVectors


def numbered_words(n):
    return [f"w{i}" for i in range(n)]


@pytest.mark.parametrize(
    ("keys", "vectors", "counts", "error", "message"),
    [
        (
            ["a", "b", "a"],
            np.ones((3, 2)),
            None,
            ValueError,
            "duplicate key 'a' at positions 0",
        ),
        (["a"], np.ones((2, 2)), None, ValueError, "for each key"),
        (["a"], np.ones(2), None, ValueError, r"shape \(2,\)"),
        (["a"], np.ones((1, 0)), None, ValueError, r"shape \(1, 0\)"),
        ([], np.ones((0, 2)), None, ValueError, "no words"),
        ("ab", np.ones((2, 2)), None, TypeError, "not a string"),
        (["a", 1], np.ones((2, 2)), None, TypeError, r"keys\[1\] is 1"),
        (["a"], np.ones((1, 2), int), None, TypeError, "int64"),
        (["a"], [[1.0]], None, TypeError, "list"),
        (["a", "b"], np.array([[1.0], [np.nan]]), None, ValueError, "'b'"),
        (["a", "b"], np.array([[-np.inf], [1.0]]), None, ValueError, "'a'"),
        (["a", "b"], np.array([[1], [1e39]]), None, ValueError, "'b'"),
        (["a"], np.ones((1, 2)), [1, 2], ValueError, "counts: expected 1"),
        (["a"], np.ones((1, 2)), [-1], ValueError, "negative"),
        (["a"], np.ones((1, 2)), [0.5], TypeError, "counts"),
    ],
)
def test_bad_arguments_are_rejected(keys, vectors, counts, error, message):
    with pytest.raises(error, match=message):
        KeyedVectors(keys, vectors, counts)


def test_numpy_strings_become_plain_strings():
    wv = KeyedVectors(np.array(["a", "b"]), np.ones((2, 1)))
    assert type(wv.index_to_key[0]) is str


def test_vectors_are_copied_only_if_their_layout_or_type_differs():
    rows = np.ones((3, 16), np.float32)
    keys = numbered_words(3)
    assert np.shares_memory(KeyedVectors(keys, rows).vectors, rows)
    assert rows.flags.writeable
    columns = KeyedVectors(keys, rows[:, :10]).vectors
    assert columns.flags.c_contiguous
    assert not np.shares_memory(columns, rows)
    assert KeyedVectors(keys, rows.astype(np.float64)).vectors.dtype == np.float32
