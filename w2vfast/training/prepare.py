"""Make kernel arguments from parameters and a corpus."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast.corpus import Corpus, Vocabulary
from w2vfast.kernels.arguments import Embeddings, KernelArguments
from w2vfast.sampling import noise, subsampling
from w2vfast.sampling.huffman import HuffmanTree, huffman_tree
from w2vfast.training.cost import negative_sampling_operations, softmax_operations
from w2vfast.training.parameters import TOP_NODES, Parameters
from w2vfast.training.rare_words import rare_word_factors
from w2vfast.training.sentence_order import shuffled_sentences
from w2vfast.training.state import ModelState

#: Tokens in a block. It has fewer if they take over `BLOCK_OPERATIONS`.
BLOCK_TOKENS = 1 << 14
BLOCK_OPERATIONS = 2e10


def model_arguments(
    model: ModelState, corpus: Corpus, p: Parameters, first_epoch: int = 0
) -> KernelArguments:
    """Return the kernel arguments for a model and a corpus; see `kernel_arguments`."""
    return kernel_arguments(
        p,
        corpus.ids,
        corpus.offsets,
        model.vocabulary.counts,
        model.centre,
        model.outside[: p.outside_rows(len(model.vocabulary))],
        first_epoch,
        *_row_factors(model, corpus, p),
    )


def _row_factors(
    model: ModelState, corpus: Corpus, p: Parameters
) -> tuple[NDArray[np.float32] | None, NDArray[np.float32] | None]:
    """Return the factors on the learning rates of rows: centre and outside words."""
    centre, outside = model.centre_scale, model.outside_scale
    if p.rare_power == 0:
        return centre, outside
    counts = model.vocabulary.counts
    corpus_counts = corpus.token_counts()[: len(counts)]
    rare = rare_word_factors(counts, corpus_counts, p.sample, p.epochs, p.rare_power)
    return (
        rare if centre is None else centre * rare,
        rare if outside is None else outside * rare,
    )


def kernel_arguments(
    p: Parameters,
    ids: NDArray[np.int32],
    offsets: NDArray[np.int64],
    counts: NDArray[np.int64],
    centre: Embeddings,
    outside: Embeddings,
    first_epoch: int = 0,
    centre_scale: NDArray[np.float32] | None = None,
    outside_scale: NDArray[np.float32] | None = None,
) -> KernelArguments:
    """
    Return the kernel arguments for training or evaluating a model.

    Parameters
    ----------
    p : Parameters
    ids, offsets : int32 and int64
        The corpus; see `KernelArguments`, also for the embedding matrices.
    counts : int64, (words,)
        Occurrences of each word in the training corpus.
    centre, outside : float32 or float16, (words, padded vector_size)
    first_epoch : int
        Number of the run's first epoch since the model was created.
    centre_scale, outside_scale : float32, (words,), optional
        Factors on the steps of rows; outside_scale is 1 for tree nodes.
    """
    keep = subsampling.keep_probability(counts, p.sample)
    size = len(counts), int(counts.sum())
    batch_size = p.batch_size(*size)
    fields: dict[str, Any] = {
        "loss": p.loss,
        "ids": ids,
        **_sentences(p, offsets),
        "keep_thresholds": subsampling.keep_thresholds(keep),
        "centre": centre,
        "outside": outside,
        "vector_size": p.vector_size,
        "seed": p.seed,
        "cbow": p.cbow,
        "window": p.window,
        "shrink_windows": p.shrink_windows and not p.weighted_windows,
        "weighted_windows": bool(p.weighted_windows),
        "negative": p.negative or 0,
        "batch_size": batch_size,
        "shared_negatives": p.n_shared_negatives if p.uses_negatives else 0,
        "thin_gradients": p.thins_gradients(*size),
        "bfloat16_products": p.rounds_products,
        "cbow_mean": p.cbow_mean,
        "cbow_exact": p.cbow_exact,
        "block_size": block_size(p, batch_size, len(counts)),
        "first_epoch": first_epoch,
        "epochs": p.epochs,
        "alpha": p.initial_alpha,
        "min_alpha": p.min_alpha,
        "alpha_interval": p.alpha_interval,
        "streams": p.n_streams(*size),
    }
    if centre_scale is not None:
        fields["centre_scale"] = centre_scale
    if outside_scale is not None:
        fields["outside_scale"] = _for_all_rows(outside_scale, len(outside), p)
    return KernelArguments(**fields | _noise_table(p, counts) | _tree_paths(p, counts))


def _sentences(p: Parameters, offsets: NDArray[np.int64]) -> dict[str, Any]:
    """Return the sentences in the order of training."""
    if not p.shuffle:
        return {"offsets": offsets}
    ends, starts = shuffled_sentences(offsets, p.seed)
    return {"offsets": ends, "starts": starts}


def _for_all_rows(
    scale: NDArray[np.float32], rows: int, p: Parameters
) -> NDArray[np.float32]:
    """Return the factors of all outside rows: those of words, and 1 for tree nodes."""
    factors = np.ones(rows, np.float32)
    words = p.word_rows(len(scale))
    factors[:words] = scale[:words]
    return factors


def run_block_size(p: Parameters, vocabulary: Vocabulary) -> int:
    """Return the tokens in a block of a run over a vocabulary."""
    words = len(vocabulary)
    return block_size(p, p.batch_size(words, int(vocabulary.counts.sum())), words)


def block_size(p: Parameters, batch_size: int, words: int) -> int:
    """Return the tokens in a block: at least one batch, about a second at most.

    Training can only stop between blocks.
    """
    tokens = float(BLOCK_TOKENS)
    if p.loss == "softmax":
        tokens = BLOCK_OPERATIONS / softmax_operations(p, words)
        batch_size *= 2
    elif p.uses_negatives:
        tokens = BLOCK_OPERATIONS / negative_sampling_operations(p, batch_size)
    return int(max(batch_size, min(BLOCK_TOKENS, tokens)))


def _noise_table(p: Parameters, counts: NDArray[np.int64]) -> dict[str, Any]:
    """Return the alias table of the noise distribution, empty for other losses."""
    accept, alias = np.zeros(0, np.uint32), np.zeros(0, np.int32)
    if p.ns_exponent is not None:
        distribution = noise.noise_distribution(counts, p.ns_exponent)
        accept, alias = noise.alias_table(distribution)
    return {"noise_accept": accept, "noise_alias": alias}


def _tree_paths(p: Parameters, counts: NDArray[np.int64]) -> dict[str, Any]:
    """Return the paths of the Huffman tree, empty for other losses."""
    offsets, nodes = np.zeros(1, np.int64), np.zeros(0, np.int32)
    labels, length = np.zeros(0, np.float32), 0
    if p.uses_tree:
        tree = huffman_tree(counts)
        offsets, nodes, labels = tree.offsets, tree.nodes, tree.labels
        if p.uses_negatives:
            offsets, nodes, labels = paths_with_words(tree)
        length = int(np.diff(offsets).max())
    return {
        "path_offsets": offsets,
        "path_nodes": nodes,
        "path_labels": labels,
        "max_path_length": length,
        "top_nodes": 0 if p.uses_negatives else TOP_NODES[p.architecture],
    }


def paths_with_words(
    tree: HuffmanTree,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]]:
    """Return the tree's paths, each preceded by the row of its own word.

    Both losses share one outside matrix: row w belongs to word w, row words + n to
    node n. The label of a word's own row is 1, as for a positive pair.
    """
    words = len(tree.offsets) - 1
    first = tree.offsets[:-1]
    own = np.arange(words, dtype=np.int32)
    nodes = np.insert(tree.nodes + np.int32(words), first, own)
    labels = np.insert(tree.labels, first, np.float32(1))
    return tree.offsets + np.arange(words + 1), nodes, labels
