"""Deterministic training in rounds: a batch of each stream, then all their updates."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.arguments import MAX_STREAMS, KernelArguments
from w2vfast.kernels.checks import check_call
from w2vfast.kernels.reference.batch import Batch, Rows
from w2vfast.kernels.reference.blocks import Totals, batches, learning_rate
from w2vfast.kernels.reference.sgd import score_batch
from w2vfast.wording import counted


def add_curvatures(rows: Sequence[Rows]) -> NDArray[np.float64]:
    """Return the curvatures of a matrix's rows, summed over batches: (words,)."""
    total = np.zeros(len(rows[0].table))
    for r in rows:
        total[r.word] += r.curvature
    return total


def update(args: KernelArguments, epoch: int, round_: Sequence[Batch]) -> None:
    """Update the rows of both matrices, by the batches of a round in order."""
    centre = add_curvatures([b.centre for b in round_])
    outside = add_curvatures([b.outside for b in round_])
    for b in round_:
        rate = learning_rate(args, epoch, b.position)
        b.centre.update(rate, centre)
        b.outside.update(rate, outside)


class Rounds:
    """
    Deterministic training of groups of blocks.

    A stream is the batches of one block, in order. In a round every stream computes
    the gradients of its next batch from the same parameters. Then all rows are updated
    by the gradients of the streams, in order. The curvature that bounds the step of a
    row is the sum over the streams. So results do not depend on the number of threads.

    The compiled builds train the exact softmax with one stream, and share the
    vocabulary among threads.

    Parameters
    ----------
    args : KernelArguments
        `streams` is the number of streams, 1 or more.
    threads : int, default 1
        Expected number of threads. It affects the speed only.

    Raises
    ------
    MemoryError
        If there is no memory for the batches.
    """

    def __init__(self, args: KernelArguments, threads: int = 1) -> None:
        check_call(args, 0, 0)
        if not 1 <= args.streams <= MAX_STREAMS:
            raise ValueError(
                f"streams={args.streams}: expected 1 to {MAX_STREAMS} for training in "
                "rounds"
            )
        self._args = args
        self._lock = threading.Lock()
        self._totals: Totals | None = None

    def begin(self, epoch: int, first_block: int, last_block: int) -> None:
        """Begin to train blocks first_block..last_block-1, at most args.streams."""
        check_call(self._args, first_block, last_block, epoch)
        last_block = min(last_block, self._args.n_blocks)
        if not 0 <= last_block - first_block <= self._args.streams:
            raise ValueError(
                f"blocks {first_block} to {last_block}: expected up to "
                f"{self._args.streams} of {counted(self._args.n_blocks, 'block')}"
            )
        self._epoch, self._totals = epoch, None
        self._blocks = range(first_block, last_block)

    def work(self) -> None:
        """
        Train until the group is finished. Any number of threads may call this.

        Each call returns when the whole group is trained. The compiled builds share
        the work among the calls, and a single one can do all of it.
        """
        with self._lock:
            if self._totals is None:
                self._totals = self._train()

    def totals(self) -> Totals | None:
        """Return the totals of the group as `train` does, or None if unfinished."""
        return self._totals

    def _train(self) -> Totals:
        args = self._args
        loss = np.zeros(len(self._blocks))
        pairs = centres = 0
        streams = [batches(args, self._epoch, block) for block in self._blocks]
        for round_ in zip_longest(*streams):
            trained = []
            for i, b in enumerate(round_):
                if b is None:
                    continue
                pairs, centres = pairs + b.pair_units, centres + b.n_centres
                if b.n_pairs:
                    loss[i] += score_batch(b, args)
                    trained.append(b)
            if np.isnan(loss).any():
                return float(loss.sum()), pairs / args.pair_unit, centres, False
            if trained:
                update(args, self._epoch, trained)
        return float(loss.sum()), pairs / args.pair_unit, centres, True
