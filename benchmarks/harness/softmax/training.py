"""Train with softmax and time it. Runs in a child process."""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.measure import memory_mb, timed
from harness.softmax.task import MATMUL, OURS, Task
from w2vfast import Corpus, Vocabulary, Word2Vec

#: Rows of the left factor in the matrix product that training is compared with.
MATMUL_ROWS = 256


def run(task: Task) -> dict[str, Any]:
    """Run the task in this process."""
    if task.contender == MATMUL:
        return train_and_multiply(task)
    if task.contender == OURS:
        return train_w2vfast(task)
    # Imported here: torch must not add to the memory that is measured for w2vfast.
    from harness.softmax.pytorch import train_torch

    return train_torch(task)


def train_and_multiply(task: Task) -> dict[str, Any]:
    """
    Time training and numpy.matmul in turn.

    Returns
    -------
    dict
        train_cpu_seconds, matmul_gflops: a list each, one value a round; kernels: the
        build.
    """
    trained = model(task)
    random = np.random.default_rng(1)
    h = random.random((MATMUL_ROWS, task.vector_size), np.float32)
    u = random.random((task.vector_size, task.words), np.float32)
    scores = np.empty((MATMUL_ROWS, task.words), np.float32)
    flop = 2 * scores.size * task.vector_size
    # Training makes three products of this kind: one takes a third of its work.
    times = max(1, round(task.gflop * 1e9 / 3 / flop))

    def multiply() -> None:
        for _ in range(times):
            np.matmul(h, u, out=scores)

    seconds, gflops = [], []
    for _ in range(task.rounds):
        seconds.append(timed(trained.train)[1].cpu)
        gflops.append(times * flop / timed(multiply)[1].cpu / 1e9)
    return {
        "train_cpu_seconds": seconds,
        "matmul_gflops": gflops,
        "kernels": trained.kernels,
    }


def train_w2vfast(task: Task) -> dict[str, Any]:
    """Train one epoch; return the same values as `train_torch`."""
    trained = model(task)
    before = memory_mb("VmRSS:")
    _, seconds = timed(trained.train)
    return {
        "cpu_seconds": seconds.cpu,
        "loss": trained.loss_history[0],
        "mb_before": before,
        "peak_mb": memory_mb(),
    }


def model(task: Task) -> Word2Vec:
    """Return a model whose epochs all do the same work at the same learning rate."""
    names = [str(i) for i in range(task.words)]
    return Word2Vec(
        Corpus.from_ids(task.ids()),
        vocabulary=Vocabulary(names, np.ones(task.words, np.int64)),
        loss="softmax",
        architecture=task.architecture,
        vector_size=task.vector_size,
        window=task.window,
        shrink_windows=False,
        sample=0,
        alpha=task.alpha,
        min_alpha=task.alpha,
        epochs=1,
        workers=1,
        chunk_size=task.batch_size,
        kernels=task.kernels,
        progress=False,
    )
