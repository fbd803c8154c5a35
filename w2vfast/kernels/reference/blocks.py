"""Blocks of a corpus, chunk after chunk."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.job import Job
from w2vfast.kernels.reference.batch import Chunk
from w2vfast.kernels.reference.random import NOISE, TOKENS, stream_key
from w2vfast.kernels.reference.sgd import judge, learn, log_sum_exp
from w2vfast.kernels.reference.token_block import fill

Sums = tuple[float, int, int, bool]


def rate_at(job: Job, epoch: int, position: int) -> float:
    """Return the learning rate of the chunk whose first centre is there."""
    tokens = len(job.ids)
    done = (epoch - job.first_epoch) * tokens + position
    return job.alpha + (job.min_alpha - job.alpha) * (done / tokens / job.epochs)


def work_off(
    job: Job,
    epoch: int,
    first_block: int,
    last_block: int,
    work: Callable[[Chunk, int], float],
) -> Sums:
    """Take blocks chunk by chunk; `work` gets each and its first position."""
    loss, pairs, centres = 0.0, 0, 0
    noise = stream_key(job.seed, NOISE, epoch)
    for block in range(first_block, min(last_block, job.blocks)):
        begin, end = block * job.block, min((block + 1) * job.block, len(job.ids))
        s = fill(job, stream_key(job.seed, TOKENS, epoch), begin, end)
        for place in range(s.first, s.last, job.chunk):
            stop = min(s.last, place + job.chunk)
            c = Chunk(job, s, place, stop, noise)
            if c.positives:
                step = work(c, int(s.position[place]))
                if np.isnan(step):
                    return loss, pairs, centres, False
                loss += step
            pairs += c.positives
            centres += stop - place
    return loss, pairs, centres, True


def train(job: Job, epoch: int, first_block: int, last_block: int) -> Sums:
    """
    Train work units first_block..last_block-1 of an epoch.

    Returns
    -------
    loss : float
        Sum over the positive pairs, each with its negatives.
    pairs, centres : int
        How many there were.
    finite : bool
        False if parameters that are not finite were met; training stopped there.
    """

    def step(c: Chunk, position: int) -> float:
        return learn(c, job, rate_at(job, epoch, position))

    return work_off(job, epoch, first_block, last_block, step)


def evaluate(
    job: Job, first_block: int, last_block: int, log_z: NDArray[np.float64]
) -> Sums:
    """
    Sum up the loss of work units, softmax or hierarchical softmax.

    Parameters
    ----------
    job, first_block, last_block
        As in `train`; the tables are only read.
    log_z : float64, (words,) or (0,)
        log Z of every centre, if skip-gram's are known; the reference does not need
        them.

    Returns
    -------
    Sums
        As those of `train`.
    """
    return work_off(job, 0, first_block, last_block, lambda c, _: judge(c, job))


def log_partition(
    job: Job, first_word: int, last_word: int, out: NDArray[np.float64]
) -> None:
    """Write log Z = log sum_w exp(u_w.v_c) of centres first_word..last_word-1."""
    v, u = (t.astype(np.float64) for t in (job.centre, job.outside))
    with np.errstate(invalid="ignore"):  # infinite vectors: NaN, for the caller to see
        out[first_word:last_word] = log_sum_exp(v[first_word:last_word] @ u.T)
