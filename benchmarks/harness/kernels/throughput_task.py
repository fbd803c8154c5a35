"""Train with several builds and multiply matrices, in turn. Runs in a child process."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np

from harness.corpora import part, zipf
from harness.kernel_arguments import (
    KernelArguments,
    initial_matrices,
    kernel_arguments,
)
from harness.measure import timed
from harness.operations import operations
from w2vfast import Corpus, kernels
from w2vfast.training.parameters import Parameters

#: Side of the square matrices in the product.
SIDE = 1024


@dataclass(frozen=True)
class Task:
    """The training to time, and the builds to time it with."""

    builds: list[str]
    loss: str
    architecture: str
    vector_size: int
    words: int
    vocabulary: int
    #: None: a synthetic corpus.
    corpus: str | None
    rounds: int
    #: Work of the matrix products in a round.
    gflop: float

    def text(self) -> Corpus:
        """Return the words to train, with the vocabulary of the whole corpus."""
        if self.corpus is None:
            return zipf(self.vocabulary, self.words)
        whole = Corpus(self.corpus, progress=False)
        vocabulary = whole.vocabulary(max_final_vocab=self.vocabulary)
        return part(whole, 0, self.words, whole.words()).encode(vocabulary)


def run(task: Task) -> dict[str, Any]:
    """
    Train with each build and multiply matrices, in turn.

    Returns
    -------
    dict
        cpu_seconds: for each build a list, one value a round; sgemm_gflops: one value
        a round; blas; gflop: useful work of a run; words, vocabulary, pairs, centres.
    """
    arguments = epoch_arguments(task)
    builds = {name: kernels.load(name) for name in task.builds}
    times = max(1, round(task.gflop * 1e9 / (2 * SIDE**3)))
    a, b, c = np.random.default_rng(1).random((3, SIDE, SIDE), np.float32)

    def multiply() -> None:
        for _ in range(times):
            np.matmul(a, b, out=c)

    def train(name: str) -> tuple[float, int, int, bool]:
        return builds[name].train(arguments, 0, 0, arguments.n_blocks)

    seconds: dict[str, list[float]] = {name: [] for name in builds}
    sgemm: list[float] = []
    _, pairs, centres, _ = train(task.builds[-1])  # warm-up, not timed
    for _ in range(task.rounds):
        for name, found in seconds.items():
            sums, spent = timed(lambda name=name: train(name))
            if not (sums[3] and sums[1] == pairs):
                raise SystemExit(f"{name} trained {sums}, expected {pairs} pairs")
            found.append(spent.cpu)
        sgemm.append(times * 2 * SIDE**3 / timed(multiply)[1].cpu / 1e9)
    return {
        "cpu_seconds": seconds,
        "sgemm_gflops": sgemm,
        "blas": blas(),
        "gflop": operations(arguments) * centres / 1e9,
        "words": len(arguments.ids),
        "vocabulary": len(arguments.centre),
        "pairs": pairs,
        "centres": centres,
    }


def epoch_arguments(task: Task) -> KernelArguments:
    """Return the kernel arguments of one epoch with the default parameters."""
    text = task.text()
    counts = text.vocabulary().counts
    p = Parameters(
        vector_size=task.vector_size,
        architecture=task.architecture,
        loss=task.loss,
        epochs=1,
    )
    matrices = initial_matrices(len(counts), p)
    return kernel_arguments(p, text.ids, text.offsets, counts, matrices)


def blas() -> str | None:
    """Return NumPy's BLAS and the CPU that it is tuned for; None if unknown."""
    if find_spec("threadpoolctl") is None:
        return None
    from threadpoolctl import threadpool_info

    found = [info for info in threadpool_info() if info["user_api"] == "blas"]
    facts = ("internal_api", "version", "architecture")
    names = [" ".join(filter(None, map(info.get, facts))) for info in found]
    return "; ".join(names) or None
