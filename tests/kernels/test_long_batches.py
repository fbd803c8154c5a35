"""Every build equals the reference with windows and paths longer than usual ones."""

import numpy as np
import pytest

from w2vfast.kernels.arguments import LOSSES
from w2vfast.sampling.huffman import huffman_tree


@pytest.fixture
def equal(kernels, reference, copy_of, same_tables):
    """Return a check that both train a job alike; it returns the trained one."""

    def check(before):
        got, expected = copy_of(before), copy_of(before)
        sums = kernels.train(got, 0, 0, got.n_blocks)
        right = reference.train(expected, 0, 0, expected.n_blocks)
        assert sums[1:] == right[1:]
        assert sums[0] == pytest.approx(right[0], rel=1e-5)
        same_tables(got, expected)
        return expected

    return check


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("chunk", [64, 300])
def test_wide_windows(equal, make_job, loss, chunk):
    setting = {
        "loss": loss,
        "cbow": True,
        "window": 40,
        "shrink_windows": False,
        "sample": 0,
    }
    job = make_job("long", batch_size=chunk, **setting)
    assert (equal(job).centre != job.centre).any()


@pytest.mark.parametrize("cbow", [False, True])
@pytest.mark.parametrize("top", [0, 16])
def test_long_paths(equal, make_job, cbow, top):
    """A chain of a tree, as Fibonacci's numbers make it; 40 words lie deep in it."""
    counts = [1, 1]
    while len(counts) < 85:
        counts.append(counts[-1] + counts[-2])
    tree = huffman_tree(np.array(counts, np.int64))
    lengths = np.diff(tree.offsets)
    assert lengths[0] == 84
    assert lengths[39] == 46
    job = make_job(
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
    assert (equal(job).outside != job.outside).any()
