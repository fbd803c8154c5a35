"""Train one point of scaling.py. Runs in a child process."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.corpora import zipf
from harness.kernel_arguments import (
    KernelArguments,
    kernel_arguments,
    zero_matrices,
)
from harness.measure import timed
from harness.operations import operations
from w2vfast import Word2Vec


@dataclass(frozen=True)
class Task:
    """The training to time; each thread has `tokens` words of its own."""

    tokens: int
    architecture: str = "skipgram"
    vocabulary: int = 30_000
    vector_size: int = 100
    window: int = 5
    negative: int = 5
    workers: int = 1


def run(task: Task) -> dict[str, float]:
    """
    Train two epochs and time the second.

    The first epoch is not timed because it also takes memory from the system.

    Returns
    -------
    dict
        cpu, wall: seconds; words: of the corpus; operations: for each word.
    """
    corpus = zipf(task.vocabulary, task.tokens, task.workers)
    model = Word2Vec(
        corpus,
        vector_size=task.vector_size,
        window=task.window,
        architecture=task.architecture,
        negative=task.negative,
        epochs=1,
        workers=task.workers,
        progress=False,
    )
    model.train()
    _, seconds = timed(model.train)
    return {
        **seconds._asdict(),
        "words": len(corpus.ids),
        "operations": operations_per_word(model),
    }


def operations_per_word(model: Word2Vec) -> float:
    """Return the useful operations for a word of the corpus, before subsampling."""
    arguments, kept = counted_arguments(model)
    return operations(arguments) * kept


def counted_arguments(model: Word2Vec) -> tuple[KernelArguments, float]:
    """Return arguments to count with, and the share of the vocabulary's tokens kept."""
    assert model.corpus is not None
    corpus, counts, p = model.corpus, model.vocabulary.counts, model.parameters
    matrices = zero_matrices(len(counts), p)  # the count does not depend on values
    arguments = kernel_arguments(p, corpus.ids, corpus.offsets, counts, matrices)
    kept = np.average((arguments.keep_thresholds + 1.0) / 2**32, weights=counts)
    return arguments, float(kept)
