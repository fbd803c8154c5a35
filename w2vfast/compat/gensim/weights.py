"""The matrices of a model: new ones, and those of a vocabulary that grows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from w2vfast.corpus import Vocabulary
from w2vfast.sampling.huffman import HuffmanTree, huffman_tree
from w2vfast.training.parameters import Parameters
from w2vfast.training.state import ModelState

#: The loss of ``hs=1`` with ``negative > 0``. Its outside rows are those of the words,
#: then those of the tree's nodes.
COMBINED = "negative_sampling+hierarchical_softmax"
Rows = npt.NDArray[np.intp]


def loss_name(hs: int, negative: int) -> str:
    """
    Return the loss that gensim's parameters select.

    Raises
    ------
    ValueError
        If both are 0.
    """
    if hs and negative:
        return COMBINED
    if not (hs or negative):
        raise ValueError(
            "hs=0 and negative=0 leave no loss to train: pass hs=1 for hierarchical "
            "softmax, or negative=5 for negative sampling"
        )
    return "hierarchical_softmax" if hs else "negative_sampling"


def new_state(parameters: Parameters, vocabulary: Vocabulary) -> ModelState:
    """Make an untrained model; its vectors are uniform in ±1 / vector_size."""
    state = ModelState.initial(parameters, vocabulary)
    state.centre_vectors[:] *= 2  # gensim 4's range is twice that of word2vec.c
    return state


def grown_state(
    old: ModelState, parameters: Parameters, vocabulary: Vocabulary
) -> ModelState:
    """
    Return a model with more words that keeps what the old one learned.

    Parameters
    ----------
    old : ModelState
    parameters : Parameters
        With the same loss.
    vocabulary : Vocabulary
        The old words first, in the same order.

    Notes
    -----
    Old words keep their centre and outside vectors. New words get initial ones.
    Counts change, so the Huffman tree changes. A node's vector separates the words
    below its first child from those below its second. A new node therefore gets the
    vector of the old node that separates the same old words, and 0, the initial value,
    if there is none: the vector of any other node answers another question.
    """
    state = new_state(parameters, vocabulary)
    n_old, n_new = len(old.vocabulary), len(vocabulary)
    state.centre[:n_old] = old.centre
    if parameters.loss != "hierarchical_softmax":
        state.outside[:n_old] = old.outside[:n_old]
    if parameters.loss != "negative_sampling":
        trees = [huffman_tree(v.counts) for v in (old.vocabulary, vocabulary)]
        old_nodes, new_nodes = same_nodes(trees[0], trees[1], n_old)
        combined = parameters.loss == COMBINED
        old_first, new_first = (n_old, n_new) if combined else (0, 0)
        state.outside[new_first + new_nodes] = old.outside[old_first + old_nodes]
    state.loss_history, state.run = old.loss_history, old.run
    return state


def same_nodes(old: HuffmanTree, new: HuffmanTree, words: int) -> tuple[Rows, Rows]:
    """
    Return the nodes of two trees that separate the same words.

    Parameters
    ----------
    old, new : HuffmanTree
    words : int
        Only the first so many words count.

    Returns
    -------
    old_nodes, new_nodes : int arrays of equal length
    """
    random = np.random.Generator(np.random.PCG64(0))
    codes = random.integers(0, 2**64, words, np.uint64)
    signatures = [_signatures(tree, codes) for tree in (old, new)]
    nodes = [np.flatnonzero(values) for values in signatures]
    _, in_old, in_new = np.intersect1d(
        signatures[0][nodes[0]], signatures[1][nodes[1]], return_indices=True
    )
    return nodes[0][in_old], nodes[1][in_new]


def _signatures(
    tree: HuffmanTree, codes: npt.NDArray[np.uint64]
) -> npt.NDArray[np.uint64]:
    """
    Return a hash of the two sets of words that each node separates.

    The hash of a set is the sum of its words' random codes. It is 0 if one set is
    empty. Two different pairs of sets have equal hashes with probability 2**-64.
    """
    lengths = np.diff(tree.offsets[: len(codes) + 1])
    end = tree.offsets[len(codes)]
    nodes, labels = tree.nodes[:end], tree.labels[:end]
    sums = np.zeros((len(tree.offsets) - 1, 2), np.uint64)
    np.add.at(sums, (nodes, (labels < 0).astype(np.intp)), np.repeat(codes, lengths))
    factors = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], np.uint64)
    hashes: npt.NDArray[np.uint64] = (sums * factors).sum(axis=1, dtype=np.uint64)
    return np.where(sums.all(axis=1), hashes, np.uint64(0))
