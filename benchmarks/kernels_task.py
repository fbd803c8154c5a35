"""
One measurement of the kernels beside a matrix product, in a process of its own.

As a script it takes a task as JSON and prints what it found as JSON.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from corpora import part, zipf
from report import timed

from w2vfast import Corpus, kernels
from w2vfast.kernels.arguments import KernelArguments, zero_embeddings
from w2vfast.kernels.reference.batch import Batch
from w2vfast.kernels.reference.random import NOISE, TOKENS, stream_key
from w2vfast.kernels.reference.token_block import load_block
from w2vfast.training.parameters import Parameters
from w2vfast.training.prepare import kernel_arguments

#: Side of the matrices whose product training is measured by.
SIDE = 1024
#: Centres that the operations are counted on; all the others need as many.
COUNTED = 20_000


@dataclass(frozen=True)
class Task:
    """What to train with which builds; without a corpus one is made up."""

    builds: list[str]
    loss: str
    architecture: str
    vector_size: int
    words: int
    vocabulary: int
    corpus: str | None
    rounds: int
    #: Work of a round of matrix products.
    gflop: float

    def text(self) -> Corpus:
        """Return the text, its vocabulary that of the whole corpus."""
        if self.corpus is None:
            return zipf(self.vocabulary, self.words)
        whole = Corpus(self.corpus, progress=False)
        vocabulary = whole.vocabulary(max_final_vocab=self.vocabulary)
        return part(whole, 0, self.words, whole.words()).encode(vocabulary)


def new_job(task: Task) -> KernelArguments:
    """Return the job of an epoch from random vectors, all parameters the defaults."""
    text = task.text()
    vocabulary = text.vocabulary()
    p = Parameters(
        vector_size=task.vector_size,
        architecture=task.architecture,
        loss=task.loss,
        epochs=1,
    )
    centre, outside = (
        zero_embeddings(len(vocabulary), p.vector_size) for _ in range(2)
    )
    random = np.random.default_rng(1).random((len(vocabulary), p.vector_size))
    centre[:, : p.vector_size] = (random - 0.5) / p.vector_size
    return kernel_arguments(
        p, text.ids, text.offsets, vocabulary.counts, centre, outside
    )


def operations(job: KernelArguments) -> float:
    """
    Return the useful floating-point operations for a centre.

    A score is a product of two vectors, so are its shares in the gradients of both of
    them: 3 products of 2 × row operations, the row padded. Scores there are
    for every hidden row of a chunk with

    - negative sampling: each of the distinct negatives of the chunk, and of every pair;
    - softmax: each word of the vocabulary, and of every pair;
    - hierarchical softmax: each of the tree's `job.top_nodes` first nodes, and of every
      pair each other node of its path.

    Hidden rows are the chunk's distinct centre words, in CBOW its centres. Anything
    else is not counted: sigmoids, exponentials, bounds, steps, windows that are added
    up, a second run through the scores.
    """
    scores = centres = block = 0
    while centres < COUNTED and block < job.n_blocks:
        for chunk, length in chunks(job, block):
            centres += length
            if chunk.n_pairs:
                scores += _scores(chunk, job)
        block += 1
    return 3 * 2 * job.centre.shape[1] * scores / max(1, centres)


def chunks(job: KernelArguments, block: int) -> Any:
    """Give each chunk of a work unit in the first epoch, and its centres."""
    begin, end = block * job.block_size, min((block + 1) * job.block_size, len(job.ids))
    s = load_block(job, stream_key(job.seed, TOKENS, 0), begin, end)
    for place in range(s.centres_begin, s.centres_end, job.batch_size):
        stop = min(s.centres_end, place + job.batch_size)
        yield Batch(job, s, place, stop, stream_key(job.seed, NOISE, 0)), stop - place


def _scores(chunk: Batch, job: KernelArguments) -> int:
    hidden, columns = len(chunk.pair_count), np.array(chunk.pairs.col)
    if job.loss == "negative_sampling":
        return hidden * len(chunk.shared_weight) + len(columns)
    if job.loss == "softmax":
        return hidden * len(job.outside) + len(columns)
    nodes = np.fromiter(chunk.outside.slot, np.int64, len(chunk.outside.slot))[columns]
    top = min(job.top_nodes, len(job.outside))
    return hidden * top + int((nodes >= top).sum())


def run(task: Task) -> dict[str, Any]:
    """Multiply and train with each build in turn; CPU seconds, GFLOP/s."""
    job = new_job(task)
    builds = {name: kernels.load(name) for name in task.builds}
    times = max(1, round(task.gflop * 1e9 / (2 * SIDE**3)))
    a, b, c = np.random.default_rng(1).random((3, SIDE, SIDE), np.float32)

    def multiply() -> None:
        for _ in range(times):
            np.matmul(a, b, out=c)

    def train(name: str) -> tuple[float, int, int, bool]:
        return builds[name].train(job, 0, 0, job.n_blocks)

    seconds: dict[str, list[float]] = {name: [] for name in builds}
    sgemm: list[float] = []
    _, pairs, centres, _ = train(task.builds[-1])  # and memory is there from now on
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
        "gflop": operations(job) * centres / 1e9,
        "words": len(job.ids),
        "vocabulary": len(job.centre),
        "pairs": pairs,
        "centres": centres,
    }


def blas() -> str | None:
    """Return which library multiplies, and for which CPU; None if unknown."""
    if find_spec("threadpoolctl") is None:
        return None
    from threadpoolctl import threadpool_info

    found = [info for info in threadpool_info() if info["user_api"] == "blas"]
    facts = ("internal_api", "version", "architecture")
    names = [" ".join(filter(None, map(info.get, facts))) for info in found]
    return "; ".join(names) or None


if __name__ == "__main__":
    print(json.dumps(run(Task(**json.loads(sys.argv[1])))))
