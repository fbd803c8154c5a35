"""
One point of scaling.py, in a process of its own.

As a script it takes a task as JSON and prints what it found as JSON.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass

import numpy as np
from corpora import zipf
from kernels_task import operations
from report import timed

from w2vfast import Word2Vec
from w2vfast.kernels.arguments import zero_embeddings
from w2vfast.training.prepare import kernel_arguments


@dataclass(frozen=True)
class Task:
    """What to train; each thread has `tokens` words of its own."""

    tokens: int
    architecture: str = "skipgram"
    vocabulary: int = 30_000
    vector_size: int = 100
    window: int = 5
    negative: int = 5
    workers: int = 1


def run(task: Task) -> dict[str, float]:
    """Time an epoch after another one, which touches the memory first."""
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
    """Return the useful operations for a word of the corpus, thinned out or not."""
    assert model.corpus is not None
    corpus, counts, p = model.corpus, model.vocabulary.counts, model.parameters
    tables = [zero_embeddings(len(counts), p.vector_size) for _ in range(2)]
    job = kernel_arguments(p, corpus.ids, corpus.offsets, counts, *tables)
    kept = np.average((job.keep_thresholds + 1.0) / 2**32, weights=counts)
    return operations(job) * float(kept)


if __name__ == "__main__":
    print(json.dumps(run(Task(**json.loads(sys.argv[1])))))
