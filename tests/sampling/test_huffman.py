"""The Huffman tree: optimal, complete, ordered and deterministic."""

import heapq
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2vfast.sampling.huffman import huffman_tree

small_counts = st.lists(st.integers(0, 6), min_size=2, max_size=60)
large_counts = st.lists(st.integers(0, 2**62), min_size=2, max_size=60)
counts = st.one_of(small_counts, large_counts).map(np.array)


def paths(tree):
    """Return the path of each word as a tuple of (node, label)."""
    steps = list(zip(tree.nodes.tolist(), tree.labels.tolist(), strict=True))
    return [tuple(steps[start:end]) for start, end in pairwise(tree.offsets.tolist())]


def optimal_code_length(counts):
    """Return the code length of the corpus in an optimal tree, computed by a heap."""
    heap = [max(int(count), 1) for count in counts]
    heapq.heapify(heap)
    total = 0
    while len(heap) > 1:
        merged = heapq.heappop(heap) + heapq.heappop(heap)
        total += merged
        heapq.heappush(heap, merged)
    return total


def smallest_optimal_depth(counts):
    """
    Return the least depth that an optimal tree can have.

    Among nodes of equal weight the heap merges the flatter ones first.
    """
    heap = [(max(int(count), 1), 0) for count in counts]
    heapq.heapify(heap)
    while len(heap) > 1:
        weight_a, depth_a = heapq.heappop(heap)
        weight_b, depth_b = heapq.heappop(heap)
        heapq.heappush(heap, (weight_a + weight_b, max(depth_a, depth_b) + 1))
    return heap[0][1]


def path_lengths(tree):
    return np.diff(tree.offsets)


@given(counts)
def test_the_total_code_length_is_optimal(counts):
    weights = np.maximum(counts, 1).tolist()
    lengths = path_lengths(huffman_tree(counts)).tolist()
    total = sum(w * n for w, n in zip(weights, lengths, strict=True))
    assert total == optimal_code_length(counts)


@given(counts)
def test_no_optimal_tree_has_a_smaller_depth(counts):
    assert path_lengths(huffman_tree(counts)).max() == smallest_optimal_depth(counts)


@given(counts)
def test_the_kraft_sum_is_one(counts):
    lengths = path_lengths(huffman_tree(counts)).tolist()
    longest = max(lengths)
    assert sum(2 ** (longest - n) for n in lengths) == 2**longest


@given(counts)
def test_no_path_is_a_prefix_of_another(counts):
    ordered = sorted(
        tuple(label for _, label in path) for path in paths(huffman_tree(counts))
    )
    for a, b in pairwise(ordered):
        assert b[: len(a)] != a


@given(counts)
def test_types_and_shapes(counts):
    tree = huffman_tree(counts)
    assert (tree.offsets.dtype, tree.nodes.dtype) == (np.int64, np.int32)
    assert tree.labels.dtype == np.float32
    assert len(tree.offsets) == len(counts) + 1 and tree.offsets[0] == 0
    assert len(tree.nodes) == len(tree.labels) == tree.offsets[-1]
    assert set(tree.labels.tolist()) == {1.0, -1.0}


@given(counts)
def test_paths_form_one_complete_binary_tree(counts):
    """A pair (node, label) always leads to the same child; each node has two."""
    n = len(counts)
    child_of = {}
    for word, path in enumerate(paths(huffman_tree(counts))):
        assert path[0][0] == 0
        targets = [*(("node", node) for node, _ in path[1:]), ("word", word)]
        for step, target in zip(path, targets, strict=True):
            assert child_of.setdefault(step, target) == target
    assert set(child_of) == {(node, sign) for node in range(n - 1) for sign in (1, -1)}
    children = list(child_of.values())
    assert len(set(children)) == len(children) == 2 * n - 2


@given(counts)
def test_nodes_are_numbered_by_decreasing_weight(counts):
    weight = [0] * (len(counts) - 1)
    for count, path in zip(counts, paths(huffman_tree(counts)), strict=True):
        for node, _ in path:
            weight[node] += max(int(count), 1)
    assert weight == sorted(weight, reverse=True)


@given(counts)
def test_a_more_frequent_word_never_has_a_longer_path(counts):
    order = np.argsort(-np.maximum(counts, 1), kind="stable")
    assert (np.diff(path_lengths(huffman_tree(counts))[order]) >= 0).all()


@given(counts, st.integers(1, 8), st.integers(0, 2**32))
def test_the_probabilities_of_all_words_sum_to_one(counts, d, seed):
    random = np.random.default_rng(seed)
    tree = huffman_tree(counts)
    h, u = random.normal(size=d), random.normal(size=(len(counts) - 1, d))
    factors = 1 / (1 + np.exp(-tree.labels * (u @ h)[tree.nodes]))
    probabilities = np.multiply.reduceat(factors, tree.offsets[:-1])
    assert probabilities.sum() == pytest.approx(1)


@given(counts)
def test_the_same_counts_give_the_same_tree(counts):
    assert paths(huffman_tree(counts)) == paths(huffman_tree(counts.copy()))


def test_the_argument_is_not_modified():
    counts = np.array([0, 5, 2])
    huffman_tree(counts)
    assert counts.tolist() == [0, 5, 2]


@pytest.mark.parametrize("counts", [[2, 2, 1, 1], [2, 1, 1, 1]])
def test_at_equal_weight_a_leaf_is_merged_before_an_inner_node(counts):
    """The other order is optimal too, but its longest path has three nodes."""
    assert path_lengths(huffman_tree(np.array(counts))).tolist() == [2, 2, 2, 2]


def test_the_first_child_has_label_1():
    """The lighter of two nodes is the first child."""
    a, b, c = paths(huffman_tree(np.array([5, 2, 1])))
    assert a == ((0, -1.0),)
    assert b == ((0, 1.0), (1, -1.0))
    assert c == ((0, 1.0), (1, 1.0))


def test_two_words():
    tree = huffman_tree(np.array([7, 3]))
    assert tree.offsets.tolist() == [0, 1, 2]
    assert tree.nodes.tolist() == [0, 0]
    assert sorted(tree.labels.tolist()) == [-1, 1]


def test_three_words():
    """Counts 5, 2, 1: the last two words are children of node 1."""
    a, b, c = paths(huffman_tree(np.array([5, 2, 1])))
    assert [node for node, _ in a] == [0]
    assert [node for node, _ in b] == [node for node, _ in c] == [0, 1]
    assert b[0] == c[0] == (0, -a[0][1]) and b[1][1] == -c[1][1]


@pytest.mark.parametrize("n", [2, 3, 4, 5, 7, 8, 9, 64, 1000, 1023, 1024, 1025])
def test_equal_counts_make_a_balanced_tree(n):
    lengths = path_lengths(huffman_tree(np.full(n, 3)))
    assert lengths.max() == math.ceil(math.log2(n))
    assert lengths.min() == math.floor(math.log2(n))
    assert (np.diff(lengths) >= 0).all()


def test_fibonacci_counts_make_the_deepest_tree():
    fibonacci = [1, 1]
    while fibonacci[-1] + fibonacci[-2] < 2**63:
        fibonacci.append(fibonacci[-1] + fibonacci[-2])
    lengths = path_lengths(huffman_tree(np.array(fibonacci[::-1])))
    n = len(fibonacci)
    assert n > 90
    assert lengths.tolist() == [*range(1, n), n - 1]


def test_sums_beyond_64_bits_do_not_overflow():
    """64 counts of 2**60 sum to 2**66. A sum that overflowed would seem light."""
    lengths = path_lengths(huffman_tree(np.full(64, 2**60)))
    assert (lengths == 6).all()


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_words_are_an_error(n):
    with pytest.raises(ValueError, match=rf"^{n} words?: a Huffman tree needs two"):
        huffman_tree(np.ones(n, np.int64))


def test_a_large_vocabulary():
    n = 100_000
    counts = 10**9 // np.arange(1, n + 1)
    tree = huffman_tree(counts)
    assert (counts * path_lengths(tree)).sum() == optimal_code_length(counts)
    assert (tree.nodes[tree.offsets[:-1]] == 0).all()
