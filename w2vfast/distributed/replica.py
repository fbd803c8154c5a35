"""One replica: a shard and a copy of the vectors, on whatever machine it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from w2vfast import kernels as builds
from w2vfast.corpus.text_options import TextOptions
from w2vfast.corpus.vocabulary import Vocabulary
from w2vfast.distributed.pieces import Shard
from w2vfast.distributed.rounds import (
    Round,
    RoundResult,
    Workspace,
    shard_arguments,
    train_shard,
)
from w2vfast.distributed.rows import Rows
from w2vfast.distributed.shards import EncodedShard, ShardWords, encode_shard
from w2vfast.kernels.arguments import KernelArguments, zero_embeddings
from w2vfast.training.parameters import Parameters


@dataclass(frozen=True)
class Job:
    """
    What a replica does, except its shard's vocabulary.

    Attributes
    ----------
    replica : int
        Its number, from 0.
    shard : tuple of Piece
    options : TextOptions
        How files become text.
    kernels : str
        Name of a kernel build. Other builds round differently.
    workers : int
        Number of threads.
    """

    replica: int
    shard: Shard
    options: TextOptions
    kernels: str
    workers: int


class Model(NamedTuple):
    """The parameters of a run, and the words of all shards."""

    parameters: Parameters
    keys: list[str]
    counts: NDArray[np.int64]


class Update(NamedTuple):
    """
    Rows of the merged vectors.

    Attributes
    ----------
    centre, outside : Rows
    version : int
        The number of merges so far.
    is_whole : bool
        Whether it has all rows, so that a new replica can start from it.
    """

    centre: Rows
    outside: Rows
    version: int
    is_whole: bool


class Replica:
    """
    Trains one shard, round by round.

    All of its state can be made again from `Job`, `Model` and an `Update` with all
    rows. So a replica that was lost is replaced by a new one.

    Parameters
    ----------
    job : Job
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._shard: EncodedShard | None = None
        self._parameters: Parameters | None = None
        self._arguments: KernelArguments | None = None
        self._workspace: Workspace | None = None
        self._version = -1

    def encode(self) -> ShardWords:
        """
        Read the shard; return its words.

        Raises
        ------
        ImportError
            If this machine cannot run the kernel build of the job.
        OSError, ValueError
            If a file cannot be read or is not text.
        """
        job = self._job
        builds.resolve(job.kernels)  # before reading for long
        self._shard = encode_shard(job.shard, job.options, job.workers)
        return self._shard.words

    def fingerprint(self) -> str:
        """Read the shard; return its fingerprint alone."""
        return self.encode().fingerprint

    def number(self, model: Model) -> int:
        """Give the tokens the ids of the vocabulary; return how many are left."""
        assert self._shard is not None, "encode comes first"
        p, words = model.parameters, len(model.keys)
        vocabulary = Vocabulary(model.keys, model.counts)
        shard = self._shard = self._shard.numbered(vocabulary)
        centre = zero_embeddings(words, p.vector_size)
        outside = zero_embeddings(p.outside_rows(words), p.vector_size)
        self._parameters = p
        self._workspace = Workspace(centre, outside, p.vector_size)
        if len(shard.ids):
            self._arguments = shard_arguments(
                p, shard, vocabulary, centre, outside, self._job.replica
            )
        return len(shard.ids)

    def train(self, round_: Round, update: Update) -> RoundResult:
        """Start from the vectors of an update, and train a round."""
        workspace, p, job = self._workspace, self._parameters, self._job
        assert workspace is not None and p is not None, "number comes first"
        if not update.is_whole and update.version != self._version + 1:
            raise RuntimeError(
                f"replica {job.replica} has version {self._version} of the vectors, "
                f"so it cannot apply the changes of version {update.version}"
            )
        workspace.update(update.centre, update.outside)
        self._version = update.version
        if self._arguments is None:
            return empty_result(job.replica, round_, p.vector_size)
        return train_shard(
            self._arguments, workspace, p, round_, job.replica, job.kernels, job.workers
        )


def empty_result(replica: int, round_: Round, vector_size: int) -> RoundResult:
    """Return the result of a shard without a token."""
    visits = np.zeros(0, np.int64) if round_.with_visits else None
    none = Rows(np.zeros(0, np.int32), np.zeros((0, vector_size), np.float32), visits)
    checksum = none.checksum() ^ none.checksum()
    return RoundResult(replica, round_, none, none, 0.0, 0.0, 0, 0.0, checksum)
