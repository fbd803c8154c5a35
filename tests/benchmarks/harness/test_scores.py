"""Scores of vectors."""

import numpy as np


def test_ties_are_ordered_alike(path_to_benchmarks):
    from harness.scores import keyed

    wv = keyed(["b", "c", "a"], [1, 2, 1], np.eye(3, dtype=np.float32))
    assert wv.index_to_key == ["c", "a", "b"]
    assert wv["a"].tolist() == [0, 0, 1]
