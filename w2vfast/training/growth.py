"""Copy trained rows to another vocabulary, and extend a model by the words of a corpus.

Words keep their rows. A Huffman tree depends on all counts, so another vocabulary has
another tree. The vector of an inner node separates the words below its first child
from the words below its second child. A new node gets the vector of the old node that
separates the same common words, negated if the children are swapped. A new node
without such an old node gets 0, its initial value, because the vector of any other
node separates other words.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast.corpus import Corpus, Vocabulary
from w2vfast.runtime.log import logger
from w2vfast.sampling.huffman import HuffmanTree, huffman_tree
from w2vfast.training import row_factors
from w2vfast.training.checks import check_memory
from w2vfast.training.state import ModelState, TrainingState
from w2vfast.wording import counted

Rows = NDArray[np.intp]
UInt64s = NDArray[np.uint64]


def extended(
    model: ModelState,
    corpus: Corpus,
    min_count: int | None,
    old_alpha: float,
    frozen: Any,
) -> ModelState:
    """
    Return a model with the words of `model`, then the new words of a corpus.

    Parameters
    ----------
    model : ModelState
        Not changed.
    corpus : Corpus
    min_count : int or None
        Smallest count of a new word in `corpus`. None means the model's own.
    old_alpha : float
        Factor from 0 to 1 on the steps of old rows.
    frozen : None, bool, mask or words
        See `row_factors.factors_after_growth`.

    Raises
    ------
    RuntimeError
        If the model is being trained.
    ValueError, TypeError
        If a parameter is out of range, or no token of `corpus` would be trained.
    """
    if model.in_training:
        raise RuntimeError(
            "extend() was called while train() runs on this model, for instance in "
            "after_epoch: call it after train() has returned"
        )
    p = model.parameters
    least = replace(p, min_count=p.min_count if min_count is None else min_count)
    vocabulary = grown_vocabulary(model.vocabulary, corpus, least.min_count)
    check_memory(p, len(vocabulary))
    grown = ModelState.initial(p, vocabulary)
    copy_rows(model, grown)
    grown.loss_history, grown.run = model.loss_history, ended(model.run)
    grown.warm_start, grown.known_files = model.warm_start, model.known_files
    row_factors.factors_after_growth(model, grown, old_alpha, frozen)
    return grown


def grown_vocabulary(old: Vocabulary, corpus: Corpus, min_count: int) -> Vocabulary:
    """
    Return the old words, then the new words of a corpus by descending count.

    The counts of old words increase by all their occurrences in the corpus. A new word
    has its count in the corpus.

    Raises
    ------
    ValueError
        If the corpus has no old word, and no word that occurs min_count times.
    """
    words, counts = corpus.words(), corpus.token_counts()
    rows = rows_of(words, old)
    known = rows >= 0
    new = ~known & (counts >= min_count)
    if not (counts[known].any() or new.any()):
        raise ValueError(
            f"the corpus has {counted(len(words), 'word')}: none is in the vocabulary "
            f"of {counted(len(old), 'word')} or occurs as often as "
            f"min_count={min_count} (the most frequent one occurs "
            f"{counted(counts.max(), 'time')}): lower min_count or give more text"
        )
    old_counts = old.counts.copy()
    old_counts[rows[known]] += counts[known]
    order = np.flatnonzero(new)
    order = order[np.argsort(-counts[order], kind="stable")]
    logger().info(
        "extend: %s, found %s; %s of %s, found %s",
        counted(len(order), "new word"),
        counted(counts[new].sum(), "time"),
        f"{np.count_nonzero(counts[known]):,}",
        counted(len(old), "old word"),
        counted(counts[known].sum(), "time"),
    )
    if not len(order):
        logger().warning(
            "extend: the corpus has no new word with min_count=%d; only "
            "the counts of old words increase",
            min_count,
        )
    return Vocabulary(
        old.index_to_key + [words[i] for i in order.tolist()],
        np.concatenate([old_counts, counts[order]]),
    )


def rows_of(words: list[str], vocabulary: Vocabulary) -> Rows:
    """Return the row of each word in a vocabulary, or -1."""
    index = vocabulary.key_to_index
    return np.array([index.get(word, -1) for word in words], np.intp)


def ended(run: TrainingState | None) -> TrainingState | None:
    """Return a run that does not resume; the next run continues its random numbers."""
    if run is None or run.done:
        return run
    epochs = run.parameters.epochs
    logger().warning(
        "extend: the interrupted run ends at epoch %d of %d, because its corpus and "
        "its vocabulary no longer fit; train() starts a new run",
        run.epoch + 1,
        epochs,
    )
    return replace(run, epoch=epochs, block=0, loss=0.0, pairs=0)


def copy_rows(source: ModelState, target: ModelState) -> Rows:
    """
    Copy the rows of all words and tree nodes that two models have in common.

    Parameters
    ----------
    source, target : ModelState
        With the same vector_size. Their losses may differ: outside vectors of words
        and vectors of nodes are copied if both losses have them.

    Returns
    -------
    int array
        The rows of the common words in `target`.
    """
    old_rows = rows_of(target.vocabulary.index_to_key, source.vocabulary)
    rows = np.flatnonzero(old_rows >= 0)
    old_rows = old_rows[rows]
    target.centre[rows] = source.centre[old_rows]
    old_first, first = source.n_word_rows, target.n_word_rows
    if old_first and first:
        target.outside[rows] = source.outside[old_rows]
    if source.parameters.uses_tree and target.parameters.uses_tree:
        trees = [huffman_tree(m.vocabulary.counts) for m in (source, target)]
        old_nodes, nodes, signs = same_nodes(trees[0], trees[1], old_rows, rows)
        vectors = source.outside[old_first + old_nodes]
        target.outside[first + nodes] = vectors * signs[:, None]
    return rows


def same_nodes(
    old: HuffmanTree, new: HuffmanTree, old_words: Rows, new_words: Rows
) -> tuple[Rows, Rows, NDArray[np.float32]]:
    """
    Return the nodes of two trees that separate the same common words.

    Parameters
    ----------
    old, new : HuffmanTree
    old_words, new_words : int arrays of equal length
        The ids of the common words in the two trees.

    Returns
    -------
    old_nodes, new_nodes : int arrays of equal length
    signs : float32, of the same length
        -1 where the first child of one node corresponds to the second child of the
        other, else 1.
    """
    random = np.random.Generator(np.random.PCG64(0))
    codes = random.integers(0, 2**64, len(old_words), np.uint64)
    old_hashes, old_turned = _signatures(old, old_words, codes)
    new_hashes, new_turned = _signatures(new, new_words, codes)
    old_nodes, new_nodes = np.flatnonzero(old_hashes), np.flatnonzero(new_hashes)
    _, in_old, in_new = np.intersect1d(
        old_hashes[old_nodes], new_hashes[new_nodes], return_indices=True
    )
    old_nodes, new_nodes = old_nodes[in_old], new_nodes[in_new]
    turned = old_turned[old_nodes] != new_turned[new_nodes]
    return old_nodes, new_nodes, np.where(turned, -1, 1).astype(np.float32)


def _signatures(
    tree: HuffmanTree, words: Rows, codes: UInt64s
) -> tuple[UInt64s, NDArray[np.bool_]]:
    """
    Return a hash of the two sets of words that each node separates, and their order.

    The hash of a set is the sum of the random codes of its words. The hash of a node
    does not depend on the order of its children, and is 0 if one set is empty. Two
    different pairs of sets have equal hashes with a probability of about 2**-64.
    """
    starts, lengths = tree.offsets[words], np.diff(tree.offsets)[words]
    shifts = starts - (np.cumsum(lengths) - lengths)
    positions = np.repeat(shifts, lengths) + np.arange(lengths.sum())
    children = (tree.labels[positions] < 0).astype(np.intp)
    sums = np.zeros((len(tree.offsets) - 1, 2), np.uint64)
    np.add.at(sums, (tree.nodes[positions], children), np.repeat(codes, lengths))
    both = sums.all(axis=1)
    hashes = np.where(both, _mixed(sums).sum(axis=1, dtype=np.uint64), np.uint64(0))
    return hashes, sums[:, 0] > sums[:, 1]


def _mixed(values: UInt64s) -> UInt64s:
    """Return a nonlinear function of each value: the finaliser of SplitMix64."""
    mixed: UInt64s = (values ^ (values >> np.uint64(30))) * np.uint64(
        0xBF58476D1CE4E5B9
    )
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
