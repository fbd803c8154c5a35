"""Put together what the kernels read, from parameters, corpus and tables."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast import sampling
from w2vfast.estimate import softmax_operations
from w2vfast.huffman import huffman_tree
from w2vfast.kernels.arguments import KernelArguments
from w2vfast.parameters import TOP, Parameters
from w2vfast.tables import Table

#: Tokens of a work unit; fewer where their softmax takes more operations than that.
BLOCK = 1 << 14
OPERATIONS = 2e10


def make_job(
    p: Parameters,
    ids: NDArray[np.int32],
    offsets: NDArray[np.int64],
    counts: NDArray[np.int64],
    centre: Table,
    outside: Table,
    first_epoch: int = 0,
) -> KernelArguments:
    """
    Return the job of training a model.

    Parameters
    ----------
    p : Parameters
    ids, offsets : int32 and int64
        The corpus; see `KernelArguments`, also for the tables.
    counts : int64, (words,)
        Occurrences in the training corpus.
    first_epoch : int
        Number of the run's first epoch in the model's life.
    """
    keep = sampling.keep_probability(counts, p.sample)
    chunk = p.chunk_for(len(counts))
    fields: dict[str, Any] = {
        "loss": p.loss,
        "ids": ids,
        "offsets": offsets,
        "keep_thresholds": sampling.keep_thresholds(keep),
        "centre": centre,
        "outside": outside,
        "seed": p.seed,
        "cbow": p.cbow,
        "window": p.window,
        "shrink_windows": p.shrink_windows,
        "negative": p.negative or 0,
        "batch_size": chunk,
        "shared_negatives": p.shared if p.samples else 0,
        "cbow_mean": p.cbow_mean,
        "cbow_exact": p.cbow_exact,
        "block_size": block_size(p, chunk, len(counts)),
        "first_epoch": first_epoch,
        "epochs": p.epochs,
        "alpha": p.rate,
        "min_alpha": p.min_alpha,
    }
    return KernelArguments(**fields | _noise(p, counts) | _paths(p, counts))


def block_size(p: Parameters, chunk: int, words: int) -> int:
    """Return the tokens of a work unit, at least a chunk, usually a second's work."""
    if p.loss == "softmax":
        tokens = OPERATIONS / softmax_operations(p, words)
        return int(max(2 * chunk, min(BLOCK, tokens)))
    return max(BLOCK, chunk)


def _noise(p: Parameters, counts: NDArray[np.int64]) -> dict[str, Any]:
    """Return the table that negatives are drawn from, empty where none are."""
    accept, alias = np.zeros(0, np.uint32), np.zeros(0, np.int32)
    if p.ns_exponent is not None:
        noise = sampling.noise_distribution(counts, p.ns_exponent)
        accept, alias = sampling.alias_table(noise)
    return {"noise_accept": accept, "noise_alias": alias}


def _paths(p: Parameters, counts: NDArray[np.int64]) -> dict[str, Any]:
    """Return the tree's paths, empty where there is no tree."""
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
        "top_nodes": TOP[p.architecture],
    }
