"""The Huffman tree of a vocabulary: frequent words have short paths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from w2vfast.wording import counted


@dataclass(frozen=True, eq=False)
class HuffmanTree:
    """
    The path from the root to each word, for hierarchical softmax.

    Let u_n be the vector of inner node n. The probability of a word given h is the
    product of σ(label · u_n·h) over the nodes of its path. These probabilities sum
    to 1 over all words.

    Attributes
    ----------
    offsets : int64 array, shape (V + 1,)
        The path of word w is the slice ``offsets[w]:offsets[w + 1]`` of `nodes` and
        `labels`.
    nodes : int32 array, shape (offsets[-1],)
        Inner nodes from the root down, numbered 0 to V - 2 by decreasing weight. The
        root is 0. Nodes that are visited often are therefore close in memory.
    labels : float32 array, shape (offsets[-1],)
        +1 if the path continues to the node's first child, -1 for the second child.
    """

    offsets: NDArray[np.int64]
    nodes: NDArray[np.int32]
    labels: NDArray[np.float32]


def huffman_tree(counts: NDArray[np.int64]) -> HuffmanTree:
    """
    Build the tree with the smallest mean path length over the corpus (Huffman 1952).

    If several trees have the smallest mean, the result is one with the smallest
    longest path. A word never has a longer path than a less frequent word. Of words
    with equal counts, the word with the larger index has the longer path. The same
    counts always give the same tree.

    Parameters
    ----------
    counts : int64 array, shape (V,)
        Occurrences of each word in the corpus, in any order. A count below 1 is taken
        as 1.

    Returns
    -------
    HuffmanTree

    Raises
    ------
    ValueError
        If there are fewer than two words.

    Examples
    --------
    >>> tree = huffman_tree(np.array([5, 2, 1]))
    >>> tree.offsets.tolist(), tree.nodes.tolist()
    ([0, 1, 3, 5], [0, 0, 1, 0, 1])
    >>> tree.labels.tolist()
    [-1.0, 1.0, -1.0, 1.0, 1.0]
    """
    if len(counts) < 2:
        raise ValueError(
            f"{counted(len(counts), 'word')}: a Huffman tree needs two or more; give "
            "more text or lower min_count"
        )
    weights = np.maximum(counts, 1)
    # Of equal counts the larger index comes first. The nodes merged first are deepest.
    ascending = np.argsort(-weights, kind="stable")[::-1]
    children = _merge_lightest(weights[ascending].tolist())
    return _build_paths(children, ascending)


def _merge_lightest(weights: list[int]) -> NDArray[np.int32]:
    """
    Merge the two lightest nodes until one node is left; return all merged pairs.

    The leaves are sorted and merged nodes are created in ascending order, so both are
    queues. The lightest node is at the head of one of them, which gives linear time
    without a heap. If the heads have equal weights, the leaf is merged first, because
    this keeps the longest path short. Python integers cannot overflow.

    Parameters
    ----------
    weights : list of int, length n
        Weights of the leaves, ascending.

    Returns
    -------
    int32 array, shape (n - 1, 2)
        The pairs in order of merging. A leaf is its position in `weights`; the node
        that pair k became is ``n + k``.
    """
    n = len(weights)
    sentinel = sum(weights) + 1  # heavier than any node; marks the end of a queue
    leaves = [*weights, sentinel]
    merged = [sentinel] * n
    pairs = [0] * (2 * n - 2)
    leaf = inner = 0
    for k in range(n - 1):
        if leaves[leaf] <= merged[inner]:
            weight = leaves[leaf]
            pairs[2 * k] = leaf
            leaf += 1
        else:
            weight = merged[inner]
            pairs[2 * k] = n + inner
            inner += 1
        if leaves[leaf] <= merged[inner]:
            merged[k] = weight + leaves[leaf]
            pairs[2 * k + 1] = leaf
            leaf += 1
        else:
            merged[k] = weight + merged[inner]
            pairs[2 * k + 1] = n + inner
            inner += 1
    return np.array(pairs, np.int32).reshape(n - 1, 2)


def _build_paths(
    children: NDArray[np.int32], leaf_words: NDArray[np.int64]
) -> HuffmanTree:
    """
    Return the paths of all words.

    Parameters
    ----------
    children : int32 array, shape (V - 1, 2)
        The result of `_merge_lightest`.
    leaf_words : int64 array, shape (V,)
        The word of each leaf.
    """
    n = len(leaf_words)
    # Pair k is the k-th lightest inner node, so its number is n - 2 - k.
    parents = np.zeros(2 * n - 1, np.int32)
    parents[children] = np.arange(n - 2, -1, -1, dtype=np.int32)[:, None]
    child_labels = np.zeros(2 * n - 1, np.float32)
    child_labels[children] = (1, -1)

    lengths = np.empty(n, np.int64)
    lengths[leaf_words] = _node_depths(children)[:n]
    offsets = np.zeros(n + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    nodes = np.empty(offsets[-1], np.int32)
    labels = np.empty(offsets[-1], np.float32)

    # Fill all paths together, from the leaves up, one level in each iteration.
    current, positions = np.arange(n, dtype=np.int32), offsets[leaf_words + 1] - 1
    while len(current):
        nodes[positions] = parent_numbers = parents[current]
        labels[positions] = child_labels[current]
        below_root = parent_numbers > 0
        # Inner node i is pair n - 2 - i, and pair k is row n + k of `parents`.
        current = 2 * n - 2 - parent_numbers[below_root]
        positions = positions[below_root] - 1
    return HuffmanTree(offsets, nodes, labels)


def _node_depths(children: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the distance of each node from the root."""
    n_inner = len(children)
    depths = np.zeros(2 * n_inner + 1, np.int64)
    level, depth = children[-1], 1  # the children of the root
    while len(level):
        depths[level] = depth
        level = children[level[level > n_inner] - n_inner - 1].ravel()
        depth += 1
    return depths
