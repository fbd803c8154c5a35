"""The Huffman tree: optimal, whole, ordered, and the same at every call."""

import heapq
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vfast.sampling.huffman import huffman_tree

settings.register_profile("w2vfast", max_examples=60, deadline=None)
settings.load_profile("w2vfast")

few = st.lists(st.integers(0, 6), min_size=2, max_size=60)
many = st.lists(st.integers(0, 2**62), min_size=2, max_size=60)
counts = st.one_of(few, many).map(np.array)


def paths(tree):
    """Every word's path as a tuple of (node, label)."""
    steps = list(zip(tree.nodes.tolist(), tree.labels.tolist(), strict=True))
    bounds = tree.offsets.tolist()
    return [tuple(steps[a:b]) for a, b in pairwise(bounds)]


def least_total(counts):
    """The code length of the whole corpus in an optimal tree, by a heap."""
    heap = [max(int(count), 1) for count in counts]
    heapq.heapify(heap)
    total = 0
    while len(heap) > 1:
        both = heapq.heappop(heap) + heapq.heappop(heap)
        total += both
        heapq.heappush(heap, both)
    return total


def least_depth(counts):
    """The longest path of the flattest optimal tree: of equals, the flatter first."""
    heap = [(max(int(count), 1), 0) for count in counts]
    heapq.heapify(heap)
    while len(heap) > 1:
        (a, x), (b, y) = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, (a + b, max(x, y) + 1))
    return heap[0][1]


def lengths(tree):
    return np.diff(tree.offsets)


@given(counts)
def test_total_length_is_optimal(counts):
    weights = np.maximum(counts, 1).tolist()
    found = lengths(huffman_tree(counts)).tolist()
    assert sum(w * n for w, n in zip(weights, found, strict=True)) == least_total(
        counts
    )


@given(counts)
def test_no_optimal_tree_is_flatter(counts):
    assert lengths(huffman_tree(counts)).max() == least_depth(counts)


@given(counts)
def test_kraft_sum_is_one(counts):
    found = lengths(huffman_tree(counts)).tolist()
    most = max(found)
    assert sum(2 ** (most - n) for n in found) == 2**most


@given(counts)
def test_no_path_is_the_beginning_of_another(counts):
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
def test_paths_lead_down_one_whole_binary_tree(counts):
    """A step (node, label) leads to one child, always the same; each has both."""
    n = len(counts)
    leads_to = {}
    for word, path in enumerate(paths(huffman_tree(counts))):
        assert path[0][0] == 0
        ends = [*(("node", node) for node, _ in path[1:]), ("word", word)]
        for step, end in zip(path, ends, strict=True):
            assert leads_to.setdefault(step, end) == end
    assert set(leads_to) == {(node, sign) for node in range(n - 1) for sign in (1, -1)}
    children = list(leads_to.values())
    assert len(set(children)) == len(children) == 2 * n - 2


@given(counts)
def test_nodes_are_numbered_by_weight(counts):
    weight = [0] * (len(counts) - 1)
    for count, path in zip(counts, paths(huffman_tree(counts)), strict=True):
        for node, _ in path:
            weight[node] += max(int(count), 1)
    assert weight == sorted(weight, reverse=True)


@given(counts)
def test_a_more_frequent_word_has_no_longer_path(counts):
    order = np.argsort(-np.maximum(counts, 1), kind="stable")
    assert (np.diff(lengths(huffman_tree(counts))[order]) >= 0).all()


@given(counts, st.integers(1, 8), st.integers(0, 2**32))
def test_probabilities_of_all_words_sum_to_one(counts, d, seed):
    random = np.random.default_rng(seed)
    tree = huffman_tree(counts)
    h, u = random.normal(size=d), random.normal(size=(len(counts) - 1, d))
    steps = 1 / (1 + np.exp(-tree.labels * (u @ h)[tree.nodes]))
    products = np.multiply.reduceat(steps, tree.offsets[:-1])
    assert products.sum() == pytest.approx(1)


@given(counts)
def test_the_same_counts_give_the_same_tree(counts):
    assert paths(huffman_tree(counts)) == paths(huffman_tree(counts.copy()))


def test_counts_stay_as_they_were():
    counts = np.array([0, 5, 2])
    huffman_tree(counts)
    assert counts.tolist() == [0, 5, 2]


def test_two_words():
    tree = huffman_tree(np.array([7, 3]))
    assert tree.offsets.tolist() == [0, 1, 2]
    assert tree.nodes.tolist() == [0, 0]
    assert sorted(tree.labels.tolist()) == [-1, 1]


def test_three_words():
    """Counts 5, 2, 1: the last two share node 1, the first hangs at the root."""
    a, b, c = paths(huffman_tree(np.array([5, 2, 1])))
    assert [node for node, _ in a] == [0]
    assert [node for node, _ in b] == [node for node, _ in c] == [0, 1]
    assert b[0] == c[0] == (0, -a[0][1]) and b[1][1] == -c[1][1]


@pytest.mark.parametrize("n", [2, 3, 4, 5, 7, 8, 9, 64, 1000, 1023, 1024, 1025])
def test_equal_counts_make_a_balanced_tree(n):
    found = lengths(huffman_tree(np.full(n, 3)))
    assert found.max() == math.ceil(math.log2(n))
    assert found.min() == math.floor(math.log2(n))
    assert (np.diff(found) >= 0).all()


def test_fibonacci_counts_make_the_deepest_tree():
    fibonacci = [1, 1]
    while fibonacci[-1] + fibonacci[-2] < 2**63:
        fibonacci.append(fibonacci[-1] + fibonacci[-2])
    found = lengths(huffman_tree(np.array(fibonacci[::-1])))
    n = len(fibonacci)
    assert n > 90
    assert found.tolist() == [*range(1, n), n - 1]


def test_sums_beyond_64_bits_do_not_overflow():
    """64 counts of 2**60 sum to 2**66: what overflows would look light."""
    found = lengths(huffman_tree(np.full(64, 2**60)))
    assert (found == 6).all()


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_words_are_an_error(n):
    with pytest.raises(ValueError, match=f"{n} words: a Huffman tree needs two"):
        huffman_tree(np.ones(n, np.int64))


def test_a_large_vocabulary():
    n = 100_000
    counts = 10**9 // np.arange(1, n + 1)
    tree = huffman_tree(counts)
    assert (counts * lengths(tree)).sum() == least_total(counts)
    assert (tree.nodes[tree.offsets[:-1]] == 0).all()
