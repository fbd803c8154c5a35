"""The Huffman tree of a vocabulary: short paths to frequent words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class HuffmanTree:
    """
    The path from the root to every word, as hierarchical softmax walks it.

    With u_n the vector of inner node n, the probability of a word given h is the
    product of σ(label · u_n·h) over its path; over all words the products sum to 1.

    Attributes
    ----------
    offsets : int64, (words + 1,)
        Where each word's path begins in `nodes` and `labels`.
    nodes : int32, (offsets[-1],)
        Inner nodes, 0 to words - 2, from the root down. The root is 0, and the
        others are in order of decreasing weight: those that are visited most often
        lie near each other in memory.
    labels : float32, (offsets[-1],)
        +1 where the path goes to a node's first child, -1 where to its second.
    """

    offsets: NDArray[np.int64]
    nodes: NDArray[np.int32]
    labels: NDArray[np.float32]


def huffman_tree(counts: NDArray[np.int64]) -> HuffmanTree:
    """
    Build the tree with the least mean path length over the corpus (Huffman 1952).

    Of all such trees it is the one with the shortest longest path, and a word
    never has a longer path than one that comes after it by count (equal counts: by
    index). The same counts give the same tree.

    Parameters
    ----------
    counts : int64, (words,)
        Occurrences in the corpus, in any order; what is below 1 counts as 1.

    Returns
    -------
    HuffmanTree

    Raises
    ------
    ValueError
        If there are fewer than two words.
    """
    if len(counts) < 2:
        raise ValueError(
            f"{len(counts)} words: a Huffman tree needs two or more; give more text "
            "or lower min_count"
        )
    weights = np.maximum(counts, 1)
    # Of equal counts the last comes first into the tree, and so gets the longer path.
    ascending = np.argsort(-weights, kind="stable")[::-1]
    children = _merged(weights[ascending].tolist())
    return _paths(children, ascending)


def _merged(weights: list[int]) -> NDArray[np.int32]:
    """
    Merge the two lightest nodes until one is left; return each merged pair.

    Leaves come sorted and merged nodes arise in order of their weights, so both are
    queues, and the lightest node heads one of them: linear time without a heap. Of
    equal weights the leaf goes first: a merged node that waits is not yet made
    deeper, which keeps the longest path short. Python's integers can't overflow.

    Parameters
    ----------
    weights : list of int
        Of the leaves, ascending.

    Returns
    -------
    int32, (leaves - 1, 2)
        Pairs of nodes in order of merging: leaves by their position, and the node
        that pair k became as ``leaves + k``.
    """
    n = len(weights)
    more_than_all = sum(weights) + 1
    leaves = [*weights, more_than_all]
    merged = [more_than_all] * n
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


def _paths(children: NDArray[np.int32], words: NDArray[np.int64]) -> HuffmanTree:
    """Write down the paths; `words` are the words of the leaves."""
    n = len(words)
    # Pair k was the k-th lightest, so backwards they are numbered by weight.
    parent = np.zeros(2 * n - 1, np.int32)
    parent[children] = np.arange(n - 2, -1, -1, dtype=np.int32)[:, None]
    label = np.zeros(2 * n - 1, np.float32)
    label[children] = (1, -1)

    lengths = np.empty(n, np.int64)
    lengths[words] = _depths(children)[:n]
    offsets = np.zeros(n + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    nodes = np.empty(offsets[-1], np.int32)
    labels = np.empty(offsets[-1], np.float32)

    # All leaves climb to the root together, one step at a time.
    at, place = np.arange(n, dtype=np.int32), offsets[words + 1] - 1
    while len(at):
        nodes[place] = above = parent[at]
        labels[place] = label[at]
        below_root = above > 0
        at = 2 * n - 2 - above[below_root]
        place = place[below_root] - 1
    return HuffmanTree(offsets, nodes, labels)


def _depths(children: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return how far below the root each node is, level by level."""
    inner = len(children)
    depths = np.zeros(2 * inner + 1, np.int64)
    level, depth = children[-1], 1  # of the root
    while len(level):
        depths[level] = depth
        level = children[level[level > inner] - inner - 1].ravel()
        depth += 1
    return depths
