"""Train a shard for one round: a pure function of merged vectors, blocks and seed."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from w2vfast import kernels as builds
from w2vfast.corpus.vocabulary import Vocabulary
from w2vfast.distributed.rows import Rows, changed_rows, check_rows, rows_of
from w2vfast.distributed.schedule import replica_seed
from w2vfast.distributed.shards import EncodedShard
from w2vfast.kernels.arguments import Embeddings, KernelArguments, zero_embeddings
from w2vfast.runtime.pause_gate import PauseGate
from w2vfast.training.epoch import DivergedError
from w2vfast.training.parameters import Parameters
from w2vfast.training.prepare import kernel_arguments
from w2vfast.training.rare_words import rare_word_factors
from w2vfast.training.state import TrainingState
from w2vfast.training.trainer import train_blocks


class Round(NamedTuple):
    """
    What one replica trains between two merges.

    Attributes
    ----------
    epoch, number : int
        Both count from 0.
    first, last : int
        The range of blocks of the shard.
    with_visits : bool
        Whether the result has the occurrences of words, for the rule "weighted".
    """

    epoch: int
    number: int
    first: int
    last: int
    with_visits: bool = False


class RoundResult(NamedTuple):
    """
    What a replica changed in a round.

    Attributes
    ----------
    replica : int
    round : Round
    centre, outside : Rows
        The rows that changed, with their new values.
    loss, pairs : float
        Sums over the round.
    kept : int
        Tokens that are in the vocabulary and that subsampling kept.
    seconds : float
    checksum : int
        Of both `Rows`.
    """

    replica: int
    round: Round
    centre: Rows
    outside: Rows
    loss: float
    pairs: float
    kept: int
    seconds: float
    checksum: int


def shard_arguments(
    p: Parameters,
    shard: EncodedShard,
    vocabulary: Vocabulary,
    centre: Embeddings,
    outside: Embeddings,
    replica: int,
) -> KernelArguments:
    """
    Return the kernel arguments for training a shard.

    Counts are those of the whole corpus. So noise, subsampling, and the factors of
    rare words are those of one process. The learning rate falls with the tokens of the
    shard, which all replicas pass through side by side.
    """
    factors: tuple[NDArray[np.float32], ...] = ()
    if p.rare_power:
        counts = vocabulary.counts
        rare = rare_word_factors(counts, counts, p.sample, p.epochs, p.rare_power)
        factors = (rare, rare)
    p = replace(p, seed=replica_seed(p.seed, replica))
    return kernel_arguments(
        p, shard.ids, shard.offsets, vocabulary.counts, centre, outside, 0, *factors
    )


class Workspace:
    """
    The vectors of a replica, twice: as merged last, and as this replica trains them.

    Parameters
    ----------
    centre, outside : float32, (rows, padded vector_size)
        The matrices that the kernels change.
    vector_size : int
    """

    def __init__(
        self, centre: Embeddings, outside: Embeddings, vector_size: int
    ) -> None:
        self.trained: tuple[Embeddings, Embeddings] = (centre, outside)
        self.merged: tuple[Embeddings, ...] = tuple(
            zero_embeddings(len(matrix), vector_size) for matrix in self.trained
        )
        self._size = vector_size
        for merged, matrix in zip(self.merged, self.trained, strict=True):
            merged[:] = matrix

    def update(self, centre: Rows, outside: Rows) -> None:
        """
        Set rows of the merged vectors, and start from these.

        After a round, the rows must include all that this replica changed in it, as
        the result of `merge` does.
        """
        for rows, *matrices in zip(
            (centre, outside), self.merged, self.trained, strict=True
        ):
            for matrix in matrices:
                rows.write_to(matrix)

    def changes(self) -> tuple[Rows, Rows]:
        """Return the rows that training changed since the last update."""
        centre, outside = (
            rows_of(trained, changed_rows(merged, trained), self._size)
            for merged, trained in zip(self.merged, self.trained, strict=True)
        )
        return centre, outside


def train_shard(
    arguments: KernelArguments,
    workspace: Workspace,
    p: Parameters,
    round_: Round,
    replica: int,
    kernels: str = "auto",
    workers: int = 1,
) -> RoundResult:
    """
    Train the blocks of one round, and return the changed rows.

    Call ``workspace.update`` before the next round. The result is a function of the
    merged vectors, the blocks and the seed, with one worker or with `deterministic`.

    Parameters
    ----------
    arguments : KernelArguments
        Of `shard_arguments`, with the matrices of `workspace`.
    workspace : Workspace
    p : Parameters
    round_ : Round
    replica : int
    kernels : str, default "auto"
        Name of a kernel build.
    workers : int, default 1
        Number of threads.

    Raises
    ------
    DivergedError
        If vectors became infinite or NaN.
    """
    start = time.perf_counter()
    run = TrainingState(p, 0, len(arguments.ids), round_.epoch, round_.first)
    kept = 0
    if round_.first < round_.last:
        build = builds.load(builds.resolve(kernels))
        gate = PauseGate()
        kept = train_blocks(build, arguments, run, gate, workers, end=round_.last)
    centre, outside = workspace.changes()
    if round_.with_visits:
        centre, outside = _with_visits(arguments, round_, centre, outside)
    seconds = time.perf_counter() - start
    sums = run.loss, float(run.pairs), kept, seconds
    checksum = centre.checksum() ^ outside.checksum()
    return RoundResult(replica, round_, centre, outside, *sums, checksum)


def _with_visits(
    arguments: KernelArguments, round_: Round, centre: Rows, outside: Rows
) -> list[Rows]:
    """Add the occurrences of each word in the round, at least 1; 1 for tree nodes."""
    size, words = arguments.block_size, len(arguments.keep_thresholds)
    ids = arguments.ids_between(round_.first * size, round_.last * size)
    counts = np.maximum(np.bincount(ids[ids < words], minlength=words), 1)
    ones = np.ones(len(arguments.outside), np.int64)
    if arguments.loss != "hierarchical_softmax":
        ones[:words] = counts
    pairs = ((centre, counts), (outside, ones))
    return [rows._replace(visits=visits[rows.numbers]) for rows, visits in pairs]


def check_result(
    result: RoundResult, round_: Round, replica: int, shapes: tuple[int, int, int]
) -> None:
    """
    Check what a replica sent, before it is merged.

    Parameters
    ----------
    result : RoundResult
    round_ : Round
        The round that the replica was told to train.
    replica : int
        The replica that was asked.
    shapes : tuple of int
        Rows of centre and outside matrix, and vector_size.

    Raises
    ------
    DivergedError
        If a value or the loss is infinite or NaN.
    ValueError
        If the result belongs to another round, or is damaged.
    """
    name = f"replica {replica}, epoch {round_.epoch + 1}, round {round_.number + 1}"
    if (result.replica, result.round) != (replica, round_):
        raise ValueError(
            f"{name}: got the result of replica {result.replica}, {result.round}"
        )
    for rows, n_rows in zip((result.centre, result.outside), shapes, strict=False):
        check_rows(rows, n_rows, shapes[2], name)
    if result.checksum != result.centre.checksum() ^ result.outside.checksum():
        raise ValueError(f"{name}: the result is damaged: its checksum is wrong")
    finite = all(np.isfinite(r.values).all() for r in (result.centre, result.outside))
    if not (finite and math.isfinite(result.loss) and math.isfinite(result.pairs)):
        raise DivergedError(
            f"{name}: the result has infinite or NaN numbers: start again with a "
            "smaller alpha"
        )
