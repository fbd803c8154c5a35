"""Build a batch: distinct rows, positive pairs, shared rows. No arithmetic yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.arguments import Embeddings, KernelArguments
from w2vfast.kernels.reference.random import draw, high, low
from w2vfast.kernels.reference.token_block import TokenBlock, window

Floats = NDArray[np.float64]


@dataclass
class Pairs:
    """A sparse matrix, by entries. Row i belongs to hidden row i."""

    row: list[int] = field(default_factory=list)
    col: list[int] = field(default_factory=list)
    data: list[float] = field(default_factory=list)  # the labels of pairs: 1 or -1
    weight: list[float] = field(default_factory=list)  # of pairs, by distance

    def add(
        self, row: int, columns: list[int], values: list[float], weight: float = 1.0
    ) -> None:
        """Append entries of one row."""
        self.row += [row] * len(columns)
        self.col += columns
        self.data += values
        self.weight += [weight] * len(columns)


class Rows:
    """The distinct rows of one embedding matrix that a batch uses."""

    word: NDArray[np.int64]
    value: Floats
    squared_norm: Floats
    gradient: Floats
    curvature: Floats

    def __init__(self, table: Embeddings, scale: NDArray[np.float32]) -> None:
        self.table = table
        self.scale = scale
        self.slot: dict[int, int] = {}

    def find_or_add_row(self, word: int) -> int:
        """Return the row of a word, adding it if it is new."""
        return self.slot.setdefault(word, len(self.slot))

    def copy_rows(self) -> None:
        """Copy the rows from the matrix; set gradients and curvatures to zero."""
        self.word = np.fromiter(self.slot, np.int64, len(self.slot))
        self.set_values(self.table[self.word].astype(np.float64))

    def set_values(self, value: Floats) -> None:
        """Set the values of the rows; set gradients and curvatures to zero."""
        self.value = value
        self.squared_norm = np.einsum("ij,ij->i", value, value)
        self.gradient = np.zeros_like(value)
        self.curvature = np.zeros(len(value))

    def update(self, rate: float, total: Floats | None = None) -> None:
        """
        Add step size times gradient to each row; the curvature bounds the step.

        total: (words,), curvatures of all rows of the matrix, summed over several
        batches. By default the curvatures of this batch count alone.
        """
        curvature = self.curvature if total is None else total[self.word]
        scale = self.scale[self.word].astype(np.float64) if len(self.scale) else 1.0
        step = np.minimum(rate * scale, 2 / np.maximum(curvature, 1e-30))
        self.update_rows((step[:, None] * self.gradient).astype(np.float32))

    def update_rows(self, change: NDArray[np.float32]) -> None:
        """Add to the rows of the matrix in float32, then round to its type."""
        with np.errstate(over="ignore"):  # too large for float16: infinite
            self.table[self.word] = self.table[self.word].astype(np.float32) + change


class Batch:
    """The distinct rows, pairs and shared negatives of centres begin..end-1."""

    n_centres: int
    position: int
    n_pairs: int
    pair_units: int  # the sum of all pairs' weights, times pair_unit
    pair_count: NDArray[Any]
    shared_weight: NDArray[Any]
    omega: NDArray[Any]
    first_thinned: int

    def __init__(
        self, args: KernelArguments, s: TokenBlock, begin: int, end: int, key: int
    ) -> None:
        self.centre: Rows = Rows(args.centre, args.centre_scale)
        self.outside: Rows = Rows(args.outside, args.outside_scale)
        self.hidden: Rows = self.centre
        if args.cbow:
            self.hidden = Rows(args.centre, args.centre_scale)
        self.position, self.n_centres = int(s.position[begin]), end - begin
        self.pairs: Pairs = Pairs()
        self.context: Pairs = Pairs()
        self.target_rows: list[int] = []  # the hidden row of each target word
        self.target_weights: list[float] = []
        windows = [(i, window(s, i)) for i in range(begin, end)]
        windows = [(i, w) for i, w in windows if w]
        self.n_pairs = sum(1 if args.cbow else len(w) for _, w in windows)
        self.pair_units = 0
        if not windows:
            return
        self.add_shared_rows(args, int(draw(key, self.position)))
        if not args.cbow:  # rows of centres without a window count in thinning
            for word in s.word[begin:end].tolist():
                self.centre.find_or_add_row(word)
        for i, w in windows:
            (self.cbow_pair if args.cbow else self.skipgram_pairs)(args, s, i, w)
        rows = 0 if args.cbow else len(self.centre.slot)
        self.pair_count = np.bincount(self.target_rows, self.target_weights, rows)
        if args.uses_negatives:
            self.count_pairs()

    def add_shared_rows(self, args: KernelArguments, key: int) -> None:
        """Add the outside rows that all hidden rows have scores with."""
        if args.uses_negatives:
            self.draw_negatives(
                args, key, args.shared_negatives or args.negative * self.n_pairs
            )
        elif args.loss == "softmax":
            self.outside.slot = {word: word for word in range(len(args.outside))}

    def draw_negatives(self, args: KernelArguments, key: int, draws: int) -> None:
        """
        Draw the negatives. A word drawn m times is one row with weight m K / K'.

        The key's last bit chooses the hidden rows that thinned gradients are from.
        """
        self.first_thinned = key & 1
        r = draw(key, np.arange(draws))
        slot = high(r) * len(args.centre) >> 32
        accepted = low(r) <= args.noise_accept[slot]
        word = np.where(accepted, slot, args.noise_alias[slot])
        rows = [self.outside.find_or_add_row(int(w)) for w in word]
        self.shared_weight = args.negative / draws * np.bincount(rows)

    def targets(
        self, args: KernelArguments, word: int
    ) -> tuple[list[int], list[float]]:
        """Return the outside rows and labels for predicting a word."""
        if not args.uses_paths:
            return [self.outside.find_or_add_row(word)], [1.0]
        path = slice(args.path_offsets[word], args.path_offsets[word + 1])
        rows = [
            self.outside.find_or_add_row(int(node)) for node in args.path_nodes[path]
        ]
        return rows, args.path_labels[path].tolist()

    def skipgram_pairs(
        self, args: KernelArguments, s: TokenBlock, i: int, w: list[int]
    ) -> None:
        """Add the pairs of centre i: its hidden row, and its window's columns."""
        targets = [self.targets(args, int(s.word[j])) for j in w]
        row = self.centre.find_or_add_row(int(s.word[i]))
        for j, (columns, labels) in zip(w, targets, strict=True):
            units = args.window + 1 - abs(i - j) if args.weighted_windows else 1
            weight = units / args.pair_unit
            self.pairs.add(row, columns, labels, weight)
            self.target_rows.append(row)
            self.target_weights.append(weight)
            self.pair_units += units

    def cbow_pair(
        self, args: KernelArguments, s: TokenBlock, i: int, w: list[int]
    ) -> None:
        """Add a row: the hidden row from the window, the column of the centre."""
        row = self.context.row[-1] + 1 if self.context.row else 0
        columns = [self.centre.find_or_add_row(int(s.word[j])) for j in w]
        self.pairs.add(row, *self.targets(args, int(s.word[i])))
        self.target_rows.append(row)
        self.target_weights.append(1.0)
        self.pair_units += 1
        weight = 1 / len(w) if args.cbow_mean else 1.0
        self.context.add(row, columns, [weight] * len(w))

    def count_pairs(self) -> None:
        """Compute omega[i, k], the targets of hidden row i except negative k.

        Each target counts with its weight.
        """
        p, n_shared = self.pairs, len(self.shared_weight)
        self.omega = np.repeat(self.pair_count[:, None], n_shared, axis=1)
        for i, k, weight in zip(p.row, p.col, p.weight, strict=True):
            if k < n_shared:
                self.omega[i, k] -= weight
