"""A task of softmax training with a corpus in which no batch repeats a word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from w2vfast.training.parameters import Parameters

#: Contenders of a task. MATMUL trains with w2vfast and multiplies matrices in turn.
OURS, MATMUL = "w2vfast", "matmul"
BY_CENTRE, BY_PAIR = "torch, by centre", "torch, by pair"

Ints = NDArray[np.int64]
#: Centres, and for every pair the index of its centre and its outside word.
Batch = tuple[Ints, Ints, Ints]


@dataclass(frozen=True)
class Task:
    """The training to run; `gflop` is the useful work of one round."""

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
    def batch_size(self) -> int:
        """
        Centres in a batch.

        Raises
        ------
        ValueError
            If a batch has more centres than there are words: a word would repeat.
        """
        p = Parameters(
            loss="softmax", vector_size=self.vector_size, chunk_size=self.chunk_size
        )
        size = p.batch_size(self.words, 2**31)  # as for any large corpus
        if size > self.words:
            raise ValueError(
                f"chunk_size={size} with {self.words} words: expected at most the "
                "number of words, so that no batch repeats a word; pass a smaller "
                "--chunk-size or larger --vocabularies"
            )
        return size

    @property
    def flop(self) -> int:
        """Useful operations for one centre: three products with the outside vectors."""
        return 6 * self.words * self.vector_size

    @property
    def tokens(self) -> int:
        """Length of the corpus: the number of whole batches nearest to the work."""
        batches = round(self.gflop * 1e9 / (self.flop * self.batch_size))
        return max(1, batches) * self.batch_size

    def ids(self) -> Ints:
        """Return the corpus: all words in random order, repeated in the same order."""
        cycle = np.random.default_rng(1).permutation(self.words)
        return np.resize(cycle, self.tokens)

    def batches(self) -> Iterator[Batch]:
        """Yield the batches of a skip-gram epoch with their pairs, in order."""
        ids = self.ids()
        distance = np.arange(-self.window, self.window + 1)
        distance = distance[distance != 0]
        for first in range(0, len(ids), self.batch_size):
            centres = np.arange(first, first + self.batch_size)
            around = centres[:, None] + distance
            rows, columns = np.nonzero((around >= 0) & (around < len(ids)))
            yield ids[centres], rows, ids[around[rows, columns]]
