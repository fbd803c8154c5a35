"""Make kernel arguments from parameters and a corpus."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast.corpus import Corpus
from w2vfast.kernels.arguments import KernelArguments
from w2vfast.kernels.embeddings import Embeddings
from w2vfast.sampling import noise, subsampling
from w2vfast.sampling.huffman import huffman_tree
from w2vfast.training.cost import softmax_operations
from w2vfast.training.parameters import TOP_NODES, Parameters
from w2vfast.training.state import ModelState

#: Tokens in a block. It has fewer if their softmaxes take over `BLOCK_OPERATIONS`.
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
        model.outside,
        first_epoch,
    )


def kernel_arguments(
    p: Parameters,
    ids: NDArray[np.int32],
    offsets: NDArray[np.int64],
    counts: NDArray[np.int64],
    centre: Embeddings,
    outside: Embeddings,
    first_epoch: int = 0,
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
    centre, outside : float32, (words, padded vector_size)
    first_epoch : int
        Number of the run's first epoch since the model was created.
    """
    keep = subsampling.keep_probability(counts, p.sample)
    batch_size = p.batch_size(len(counts))
    fields: dict[str, Any] = {
        "loss": p.loss,
        "ids": ids,
        "offsets": offsets,
        "keep_thresholds": subsampling.keep_thresholds(keep),
        "centre": centre,
        "outside": outside,
        "seed": p.seed,
        "cbow": p.cbow,
        "window": p.window,
        "shrink_windows": p.shrink_windows,
        "negative": p.negative or 0,
        "batch_size": batch_size,
        "shared_negatives": p.n_shared_negatives if p.uses_negatives else 0,
        "cbow_mean": p.cbow_mean,
        "cbow_exact": p.cbow_exact,
        "block_size": block_size(p, batch_size, len(counts)),
        "first_epoch": first_epoch,
        "epochs": p.epochs,
        "alpha": p.initial_alpha,
        "min_alpha": p.min_alpha,
    }
    return KernelArguments(**fields | _noise_table(p, counts) | _tree_paths(p, counts))


def block_size(p: Parameters, batch_size: int, words: int) -> int:
    """Return the tokens in a block: at least one batch, about a second at most."""
    if p.loss == "softmax":
        tokens = BLOCK_OPERATIONS / softmax_operations(p, words)
        return int(max(2 * batch_size, min(BLOCK_TOKENS, tokens)))
    return max(BLOCK_TOKENS, batch_size)


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
    if p.loss == "hierarchical_softmax":
        tree = huffman_tree(counts)
        offsets, nodes, labels = tree.offsets, tree.nodes, tree.labels
        length = int(np.diff(offsets).max())
    return {
        "path_offsets": offsets,
        "path_nodes": nodes,
        "path_labels": labels,
        "max_path_length": length,
        "top_nodes": TOP_NODES[p.architecture],
    }
