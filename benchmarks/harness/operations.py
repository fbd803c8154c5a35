"""
Count the useful floating-point operations of training.

The counts come from batches that the NumPy reference builds. Only this module imports
the reference's internals.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from harness.kernel_arguments import KernelArguments
from w2vfast.kernels.reference.batch import Batch
from w2vfast.kernels.reference.random import NOISE, TOKENS, stream_key
from w2vfast.kernels.reference.token_block import load_block

#: The number of centres that are examined; the others need as many operations.
COUNTED = 20_000


def operations(arguments: KernelArguments) -> float:
    """
    Return the mean number of useful operations for a centre.

    A score is a dot product of two vectors. Training computes the score and its share
    in the gradients of both vectors: three products of 2 × row operations, where row
    is the padded vector size. With thinned gradients the third product of a negative
    has half of the operations. Each hidden row of a batch has a score for

    - negative sampling: each distinct negative of the batch, and each of its pairs
      (with hierarchical softmax too: and each node on their paths);
    - softmax: each word of the vocabulary, and each of its pairs;
    - hierarchical softmax: each of the first `arguments.top_nodes` nodes of the tree,
      and each other node on the path of each of its pairs.

    Hidden rows are the distinct centre words of the batch, or with CBOW its centres.
    Other work is not counted: sigmoids, exponentials, bounds, updates, sums of
    windows, a second pass over the scores.
    """
    scores: float = 0
    centres = block = 0
    while centres < COUNTED and block < arguments.n_blocks:
        for batch, length in batches(arguments, block):
            centres += length
            if batch.n_pairs:
                scores += _scores(batch, arguments)
        block += 1
    return 3 * 2 * arguments.centre.shape[1] * scores / max(1, centres)


def distinct_rows(arguments: KernelArguments, cached: int = 0) -> float:
    """
    Return the mean number of rows that a batch reads and writes, for each centre.

    Parameters
    ----------
    arguments : KernelArguments
    cached : int
        Rows of the most frequent words, in both matrices, that are not counted.
    """
    rows = centres = block = 0
    while centres < COUNTED and block < arguments.n_blocks:
        for batch, length in batches(arguments, block):
            centres += length
            for slot in (batch.centre.slot, batch.outside.slot):
                rows += sum(row >= cached for row in slot)
        block += 1
    return rows / max(1, centres)


def batches(arguments: KernelArguments, block: int) -> Iterator[tuple[Batch, int]]:
    """Yield the batches of a block in the first epoch, and their numbers of centres."""
    begin = block * arguments.block_size
    end = min(begin + arguments.block_size, len(arguments.ids))
    tokens = load_block(arguments, stream_key(arguments.seed, TOKENS, 0), begin, end)
    key = stream_key(arguments.seed, NOISE, 0)
    for first in range(tokens.centres_begin, tokens.centres_end, arguments.batch_size):
        last = min(tokens.centres_end, first + arguments.batch_size)
        yield Batch(arguments, tokens, first, last, key), last - first


def _scores(batch: Batch, arguments: KernelArguments) -> float:
    hidden, columns = np.count_nonzero(batch.pair_count), np.array(batch.pairs.col)
    if arguments.uses_negatives:
        share = 5 / 6 if arguments.thin_gradients else 1
        return share * hidden * len(batch.shared_weight) + len(columns)
    if arguments.loss == "softmax":
        return hidden * len(arguments.outside) + len(columns)
    nodes = np.fromiter(batch.outside.slot, np.int64, len(batch.outside.slot))[columns]
    top = min(arguments.top_nodes, len(arguments.outside))
    return hidden * top + int((nodes >= top).sum())
