"""Put together what the kernels read, from parameters, corpus and tables."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.embeddings import Table
from w2vfast.kernels.job import Job
from w2vfast.sampling import noise, subsampling
from w2vfast.sampling.huffman import huffman_tree
from w2vfast.training.cost import softmax_operations
from w2vfast.training.parameters import TOP, Parameters

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
) -> Job:
    """
    Return the job of training a model.

    Parameters
    ----------
    p : Parameters
    ids, offsets : int32 and int64
        The corpus; see `Job`, also for the tables.
    counts : int64, (words,)
        Occurrences in the training corpus.
    first_epoch : int
        Number of the run's first epoch in the model's life.
    """
    keep = subsampling.keep_probability(counts, p.sample)
    chunk = p.chunk_for(len(counts))
    fields: dict[str, Any] = {
        "loss": p.loss,
        "ids": ids,
        "offsets": offsets,
        "keep": subsampling.keep_thresholds(keep),
        "centre": centre,
        "outside": outside,
        "seed": p.seed,
        "cbow": p.cbow,
        "window": p.window,
        "shrink": p.shrink_windows,
        "negative": p.negative or 0,
        "chunk": chunk,
        "shared": p.shared if p.samples else 0,
        "cbow_mean": p.cbow_mean,
        "cbow_exact": p.cbow_exact,
        "block": block_size(p, chunk, len(counts)),
        "first_epoch": first_epoch,
        "epochs": p.epochs,
        "alpha": p.rate,
        "min_alpha": p.min_alpha,
    }
    return Job(**fields | _noise(p, counts) | _paths(p, counts))


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
        distribution = noise.noise_distribution(counts, p.ns_exponent)
        accept, alias = noise.alias_table(distribution)
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
        "path_length": length,
        "top": TOP[p.architecture],
    }
