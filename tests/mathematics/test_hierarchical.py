"""The hierarchical softmax is a distribution, and its gradients are correct."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vfast.kernels.reference.functions import sigmoid
from w2vfast.kernels.reference.gradient_check import gradient_check
from w2vfast.kernels.reference.objectives import (
    hierarchical_softmax_loss_and_gradients as hierarchical_softmax,
)

seeds = st.integers(0, 2**32 - 1)


def random_tree(words, rng):
    """Return paths[word] = (nodes, labels) in a random binary tree."""
    paths, free = {}, iter(range(words))

    def grow(leaves, nodes, labels):
        if len(leaves) == 1:
            paths[leaves[0]] = nodes, labels
            return
        node, cut = next(free), int(rng.integers(1, len(leaves)))
        grow(leaves[:cut], [*nodes, node], [*labels, 1])
        grow(leaves[cut:], [*nodes, node], [*labels, -1])

    grow(rng.permutation(words).tolist(), [], [])
    assert next(free) == words - 1  # a tree has one inner node fewer than leaves
    return paths


def problem(seed):
    """Return v_c, U, paths."""
    rng = np.random.default_rng(seed)
    words, d = int(rng.integers(2, 12)), rng.integers(1, 6)
    v_c = rng.choice([-1, 1], d) * rng.uniform(0.3, 1, d)
    return v_c, rng.uniform(-1, 1, (words - 1, d)), random_tree(words, rng)


@given(seeds, st.floats(0, 30))
def test_hierarchical_softmax_sums_to_one_over_the_vocabulary(seed, scale):
    """It holds for any tree and any vectors."""
    v_c, U, paths = problem(seed)
    losses = [hierarchical_softmax(scale * v_c, *p, U)[0] for p in paths.values()]
    assert np.exp(-np.array(losses)).sum() == pytest.approx(1, rel=1e-12)


def test_hierarchical_softmax_by_hand():
    """The children of root 0 are leaf a and node 1; those of node 1 are b and c."""
    v, U = np.array([1.0, 2.0]), np.array([[0.3, -0.4], [0.5, 0.1]])
    first, second = sigmoid(0.3 - 0.8), sigmoid(0.5 + 0.2)
    for nodes, labels, P in [
        ([0], [1], first),
        ([0, 1], [-1, 1], (1 - first) * second),
        ([0, 1], [-1, -1], (1 - first) * (1 - second)),
    ]:
        cost = hierarchical_softmax(v, nodes, labels, U)[0]
        assert cost == pytest.approx(-np.log(P), rel=1e-12)


@settings(deadline=None)
@given(seeds)
def test_hierarchical_softmax_gradients(seed):
    v_c, U, paths = problem(seed)
    for path in list(paths.values())[:3]:
        by_v = lambda v, p=path: hierarchical_softmax(v, *p, U)[:2]  # noqa: E731
        by_U = lambda U, p=path: hierarchical_softmax(v_c, *p, U)[::2]  # noqa: E731
        assert gradient_check(by_v, v_c) < 1e-6
        assert gradient_check(by_U, U) < 1e-6
        _, _, dU = hierarchical_softmax(v_c, *path, U)
        off_the_path = np.setdiff1d(np.arange(len(U)), path[0])
        assert not dU[off_the_path].any()


def test_hierarchical_softmax_counts_a_repeated_node_twice():
    """Trees have no repeated nodes, but repeated indices must still add up."""
    v_c, U, path = np.array([1.0, -0.5]), np.ones((2, 2)), ([0, 1, 0], [1, -1, 1])
    by_U = lambda U: hierarchical_softmax(v_c, *path, U)[::2]  # noqa: E731
    assert gradient_check(by_U, U) < 1e-6


def test_hierarchical_softmax_of_a_single_word_costs_nothing():
    cost, dv_c, _ = hierarchical_softmax([1.0, 2.0], [], [], np.ones((0, 2)))
    assert cost == 0
    assert not dv_c.any()


def test_hierarchical_softmax_is_stable():
    U = np.array([[1.0], [-1.0]])
    cost, dv_c, dU = hierarchical_softmax([1e4], [0, 1], [-1, 1], U)
    assert cost == 2e4
    assert dv_c == 2
    np.testing.assert_array_equal(dU, [[1e4], [-1e4]])


def test_hierarchical_softmax_refuses_bits_for_labels():
    v_c, U = np.ones(2), np.ones((3, 2))
    for nodes, labels, error, match in [
        ([0, 1], [0, 1], ValueError, r"\[0.0, 1.0\].*1 - 2 \* b"),
        ([0, 1], [1], ValueError, r"for each node \(2 nodes\)"),
        ([0, 3], [1, 1], IndexError, r"nodes: \[3\].*0 to 2"),
    ]:
        with pytest.raises(error, match=match):
            hierarchical_softmax(v_c, nodes, labels, U)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_hierarchical_softmax_keeps_the_type(dtype):
    v_c, U, paths = problem(2)
    _, *gradients = hierarchical_softmax(v_c.astype(dtype), *paths[0], U.astype(dtype))
    assert [g.dtype for g in gradients] == [dtype, dtype]
