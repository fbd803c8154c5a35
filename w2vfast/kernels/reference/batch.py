"""A chunk: its distinct rows, its pairs, what its dense part is made of."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.job import Job
from w2vfast.kernels.reference.random import draw, high, low
from w2vfast.kernels.reference.token_block import Stream, window

Floats = NDArray[np.float64]


@dataclass
class Pairs:
    """A sparse matrix by entries; line i is hidden row i's."""

    line: list[int] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)  # of a pair: its label, 1 or -1

    def add(self, line: int, columns: list[int], values: list[float]) -> None:
        """Append entries of one line."""
        self.line += [line] * len(columns)
        self.column += columns
        self.value += values


class Rows:
    """The distinct rows of one table that the chunk touches."""

    def __init__(self, table: NDArray[np.float32]) -> None:
        self.table = table
        self.row: dict[int, int] = {}

    def row_of(self, word: int) -> int:
        """Return the row of a word; a new one is added."""
        return self.row.setdefault(word, len(self.row))

    def fetch(self) -> None:
        """Copy the rows; start gradients and bounds at zero."""
        self.word = np.fromiter(self.row, np.int64, len(self.row))
        self.set(self.table[self.word].astype(np.float64))

    def set(self, value: Floats) -> None:
        """Take over values; start gradients and bounds at zero."""
        self.value = value
        self.norm = np.einsum("ij,ij->i", value, value)
        self.gradient = np.zeros_like(value)
        self.bound = np.zeros(len(value))

    def step(self, rate: float) -> None:
        """Add the gradients, none by more than its curvature allows."""
        step = np.minimum(rate, 2 / np.maximum(self.bound, 1e-30))
        self.table[self.word] += (step[:, None] * self.gradient).astype(
            self.table.dtype
        )


class Chunk:
    """Distinct rows, pairs and shared negatives of places begin..end-1."""

    def __init__(self, job: Job, s: Stream, begin: int, end: int, key: int) -> None:
        self.x, self.y = Rows(job.centre), Rows(job.outside)
        self.hidden = Rows(job.centre) if job.cbow else self.x
        self.pairs, self.context = Pairs(), Pairs()
        windows = [(i, window(s, i)) for i in range(begin, end)]
        windows = [(i, w) for i, w in windows if w]
        self.positives = sum(1 if job.cbow else len(w) for _, w in windows)
        if not windows:
            return
        self.name_outside(job, int(draw(key, int(s.position[begin]))))
        for i, w in windows:
            (self.cbow_pair if job.cbow else self.skipgram_pairs)(job, s, i, w)
        self.times = np.bincount(self.pairs.line).astype(np.float64)
        if job.loss == "negative_sampling":
            self.weigh()

    def name_outside(self, job: Job, key: int) -> None:
        """Give rows to the outside words that all hidden rows meet."""
        if job.loss == "negative_sampling":
            self.draw_noise(job, key, job.shared or job.negative * self.positives)
        elif job.loss == "softmax":
            self.y.row = {word: word for word in range(len(job.outside))}

    def draw_noise(self, job: Job, key: int, draws: int) -> None:
        """Draw the negatives; a word drawn m times is one row that counts m K/K'."""
        r = draw(key, np.arange(draws))
        place = high(r) * len(job.centre) >> 32
        accepted = low(r) <= job.noise_accept[place]
        word = np.where(accepted, place, job.noise_alias[place])
        rows = [self.y.row_of(int(w)) for w in word]
        self.share = job.negative / draws * np.bincount(rows)

    def targets(self, job: Job, word: int) -> tuple[list[int], list[float]]:
        """Return what predicting a word aims at: outside rows and labels."""
        if job.loss != "hierarchical_softmax":
            return [self.y.row_of(word)], [1.0]
        path = slice(job.path_offsets[word], job.path_offsets[word + 1])
        rows = [self.y.row_of(int(node)) for node in job.path_nodes[path]]
        return rows, job.path_labels[path].tolist()

    def skipgram_pairs(self, job: Job, s: Stream, i: int, w: list[int]) -> None:
        """Add pairs: their hidden row is the centre's, their columns the window's."""
        aims = [self.targets(job, int(s.word[j])) for j in w]
        columns = [row for rows, _ in aims for row in rows]
        labels = [label for _, labels in aims for label in labels]
        self.pairs.add(self.x.row_of(int(s.word[i])), columns, labels)

    def cbow_pair(self, job: Job, s: Stream, i: int, w: list[int]) -> None:
        """Add a line: its hidden row is made of the window, its column the centre's."""
        line = self.context.line[-1] + 1 if self.context.line else 0
        columns = [self.x.row_of(int(s.word[j])) for j in w]
        self.pairs.add(line, *self.targets(job, int(s.word[i])))
        weight = 1 / len(w) if job.cbow_mean else 1.0
        self.context.add(line, columns, [weight] * len(w))

    def weigh(self) -> None:
        """omega[i, k] = #{targets of hidden row i other than negative k}."""
        p, noise = self.pairs, len(self.share)
        self.omega = np.repeat(self.times[:, None], noise, axis=1)
        for i, k in zip(p.line, p.column, strict=True):
            if k < noise:
                self.omega[i, k] -= 1
