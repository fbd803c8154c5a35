"""Every build equals the reference with unusually wide windows and long paths."""

import numpy as np
import pytest

from w2vfast.kernels.arguments import LOSSES
from w2vfast.sampling.huffman import huffman_tree


@pytest.fixture
def train_both(kernels, reference, copy_arguments, same_embeddings):
    """Return a function: train with a build and the reference; compare the results.

    It returns the arguments that the reference trained.
    """

    def check(before):
        got, expected = copy_arguments(before), copy_arguments(before)
        sums = kernels.train(got, 0, 0, got.n_blocks)
        right = reference.train(expected, 0, 0, expected.n_blocks)
        assert sums[1:] == right[1:]
        assert sums[0] == pytest.approx(right[0], rel=1e-5)
        same_embeddings(got, expected)
        return expected

    return check


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("batch_size", [64, 300])
def test_wide_windows_equal_the_reference(train_both, make_arguments, loss, batch_size):
    setting = {
        "loss": loss,
        "cbow": True,
        "window": 40,
        "shrink_windows": False,
        "sample": 0,
    }
    arguments = make_arguments("long", batch_size=batch_size, **setting)
    assert (train_both(arguments).centre != arguments.centre).any()


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("top", [0, 16])
def test_long_paths_equal_the_reference(train_both, make_arguments, cbow, top):
    """Fibonacci counts give a tree of depth 84; the corpus has its 40 deepest words."""
    counts = [1, 1]
    while len(counts) < 85:
        counts.append(counts[-1] + counts[-2])
    tree = huffman_tree(np.array(counts, np.int64))
    lengths = np.diff(tree.offsets)
    assert lengths[0] == 84
    assert lengths[39] == 46
    arguments = make_arguments(
        "long",
        loss="hierarchical_softmax",
        words=len(counts),
        cbow=cbow,
        top_nodes=top,
        batch_size=300,
        sample=0,
        alpha=0.01,
        path_offsets=tree.offsets,
        path_nodes=tree.nodes,
        path_labels=tree.labels,
        max_path_length=84,
    )
    assert (train_both(arguments).outside != arguments.outside).any()
