"""
One measurement of softmax training, in a process of its own.

As a script it takes a task as JSON and prints what it found as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from apart import memory_mb
from numpy.typing import NDArray
from report import timed

from w2vfast import Corpus, Vocabulary, Word2Vec
from w2vfast.training.parameters import Parameters

#: Hidden rows of the matrix product that training is measured by.
MATMUL_ROWS = 256
OURS = "w2vfast"

Ints = NDArray[np.int64]
#: Centres (rows,), and of every pair the row of its centre and its outside word.
Batch = tuple[Ints, Ints, Ints]


@dataclass(frozen=True)
class Task:
    """What to train; `gflop` is the useful work of one round."""

    contender: str
    words: int
    vector_size: int
    gflop: float
    rounds: int = 1
    architecture: str = "skipgram"
    window: int = 5
    alpha: float = 0.025
    chunk_size: int | None = None
    kernels: str = "auto"

    @property
    def chunk(self) -> int:
        """Centres a chunk; no chunk may be longer than the cycle of the words."""
        asked = Parameters(
            loss="softmax", vector_size=self.vector_size, chunk_size=self.chunk_size
        )
        chunk = asked.chunk_for(self.words)
        if chunk > self.words:
            raise ValueError(
                f"chunk_size={chunk} with {self.words} words: expected no more than "
                "words, so that a chunk has none twice"
            )
        return chunk

    @property
    def flop(self) -> int:
        """Useful operations for one centre: three products with the whole table."""
        return 6 * self.words * self.vector_size

    @property
    def tokens(self) -> int:
        """Length of the corpus: whole chunks that come nearest to the work."""
        chunks = round(self.gflop * 1e9 / (self.flop * self.chunk))
        return max(1, chunks) * self.chunk

    def ids(self) -> Ints:
        """Return the corpus: all words in random order, and again in the same one."""
        cycle = np.random.default_rng(1).permutation(self.words)
        return np.resize(cycle, self.tokens)

    def batches(self) -> Iterator[Batch]:
        """Give the chunks of a skip-gram epoch with their pairs, in order."""
        ids = self.ids()
        reach = np.arange(-self.window, self.window + 1)
        reach = reach[reach != 0]
        for first in range(0, len(ids), self.chunk):
            centres = np.arange(first, first + self.chunk)
            around = centres[:, None] + reach
            rows, columns = np.nonzero((around >= 0) & (around < len(ids)))
            yield ids[centres], rows, ids[around[rows, columns]]


def model(task: Task) -> Word2Vec:
    """Return a model whose every epoch is the same work at the same rate."""
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
        chunk_size=task.chunk,
        kernels=task.kernels,
        progress=False,
    )


def beside_matmul(task: Task) -> dict[str, Any]:
    """Time training and numpy.matmul in turn; CPU seconds of training, GFLOP/s."""
    trained = model(task)
    random = np.random.default_rng(1)
    h = random.random((MATMUL_ROWS, task.vector_size), np.float32)
    u = random.random((task.vector_size, task.words), np.float32)
    scores = np.empty((MATMUL_ROWS, task.words), np.float32)
    flop = 2 * scores.size * task.vector_size
    # A product is one of the three that training makes: a third of its work.
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
    """Train one epoch."""
    trained = model(task)
    before = memory_mb("VmRSS:")
    _, seconds = timed(trained.train)
    return found(seconds.cpu, trained.loss_history[0], before)


def found(cpu: float, loss: float, before: float | None) -> dict[str, Any]:
    """Return what each contender reports of an epoch, its memory included."""
    return {
        "cpu_seconds": cpu,
        "loss": loss,
        "mb_before": before,
        "peak_mb": memory_mb(),
    }


def run(task: Task) -> dict[str, Any]:
    """Do the task in this process."""
    if task.contender == "matmul":
        return beside_matmul(task)
    if task.contender == OURS:
        return train_w2vfast(task)
    from torch_softmax import train_torch  # not where memory of w2vfast is measured

    return train_torch(task)


if __name__ == "__main__":
    print(json.dumps(run(Task(**json.loads(sys.argv[1])))))
