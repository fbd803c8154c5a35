"""Paths of the tree that are longer than the lengths that CBOW sorts by."""

import numpy as np
import pytest

from w2vfast.sampling.huffman import huffman_tree
from w2vfast.training.prepare import paths_with_words

WORDS = 80


@pytest.fixture
def chain(make_arguments):
    """Return a function that makes arguments whose longest path has 79 nodes."""

    def make(loss, **changes):
        fibonacci = [1, 1]
        while len(fibonacci) < WORDS:
            fibonacci.append(sum(fibonacci[-2:]))
        tree = huffman_tree(np.array(fibonacci[::-1]))
        paths = tree.offsets, tree.nodes, tree.labels
        arguments = make_arguments(words=WORDS, loss=loss, sample=0, **changes)
        if arguments.uses_negatives:
            paths = paths_with_words(tree)
        fields = dict(
            zip(("path_offsets", "path_nodes", "path_labels"), paths, strict=True)
        )
        fields["max_path_length"] = int(np.diff(paths[0]).max())
        assert fields["max_path_length"] >= WORDS - 1
        ids = np.random.default_rng(3).integers(0, WORDS, len(arguments.ids))
        return arguments, fields | {"ids": ids.astype(np.int32)}

    return make


@pytest.mark.parametrize(
    "loss", ["hierarchical_softmax", "negative_sampling+hierarchical_softmax"]
)
@pytest.mark.parametrize("cbow", [False, True])
def test_long_paths_equal_the_reference(
    kernels, reference, chain, copy_arguments, same_embeddings, cbow, loss
):
    arguments, fields = chain(loss, cbow=cbow, batch_size=32, window=2, alpha=0.01)
    got, expected = (copy_arguments(arguments, **fields) for _ in range(2))
    loss, *sums = reference.train(expected, 0, 0, 1)
    got_loss, *got_sums = kernels.train(got, 0, 0, 1)
    assert got_sums == sums
    assert got_loss == pytest.approx(loss, rel=1e-5)
    same_embeddings(got, expected)
