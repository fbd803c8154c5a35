"""Useful operations are counted correctly."""

from dataclasses import replace

import numpy as np
import pytest

from w2vfast.sampling.huffman import huffman_tree
from w2vfast.training.parameters import Parameters


@pytest.mark.parametrize("cbow", [False, True])
def test_useful_operations_are_those_of_each_score(cbow, path_to_benchmarks):
    from harness.kernel_arguments import kernel_arguments, zero_matrices
    from harness.operations import operations

    # Ten different words; each is in its neighbours' windows: 18 pairs, in CBOW 10.
    ids, pairs = np.arange(10, dtype=np.int32), 10 if cbow else 18
    counts = np.ones(10, np.int64)
    kind = {"architecture": "cbow" if cbow else "skipgram", "sample": 0}
    kind |= {"window": 1, "shrink_windows": False, "vector_size": 20}

    def scores(change=None, **more):
        p = Parameters(**kind, **more)
        offsets = np.array([0, 10])
        arguments = kernel_arguments(p, ids, offsets, counts, zero_matrices(10, p))
        return operations(replace(arguments, **(change or {}))) * 10 / (6 * 32)

    one = {"chunk_size": 5, "shared_negatives": 1}
    assert scores(**one) == pytest.approx(10 + pairs)
    thinned = scores(**one, thin_gradients=True)
    assert thinned == pytest.approx(10 * 5 / 6 + pairs)
    assert scores(loss="softmax") == pytest.approx(10 * 10 + pairs)
    tree = {"loss": "hierarchical_softmax"}
    paths = np.diff(huffman_tree(counts).offsets)
    aimed_at = [1] * 10 if cbow else [1] + [2] * 8 + [1]
    assert scores({"top_nodes": 0}, **tree) == pytest.approx(paths @ aimed_at)
    assert scores({"top_nodes": 32}, **tree) == pytest.approx(10 * 10)


def test_repeated_centres_are_one_hidden_row(path_to_benchmarks):
    from harness.kernel_arguments import kernel_arguments, zero_matrices
    from harness.operations import operations

    def scores(**more):
        p = Parameters(sample=0, window=1, shrink_windows=False, **more)
        ids, counts = np.array([0, 1] * 4, np.int32), np.array([4, 4])
        offsets = np.array([0, 8])
        arguments = kernel_arguments(p, ids, offsets, counts, zero_matrices(2, p))
        return operations(arguments) * 8 / (6 * 112)

    # Words 0 1 0 1 … in one batch: two rows and two words, 14 pairs.
    assert scores(chunk_size=8, loss="softmax") == pytest.approx(2 * 2 + 14)
    assert scores(chunk_size=1, loss="softmax") == pytest.approx(8 * 2 + 14)
