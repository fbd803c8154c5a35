"""Blocks of a corpus, chunk after chunk."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.job import Job
from w2vfast.kernels.reference.batch import Batch
from w2vfast.kernels.reference.random import NOISE, TOKENS, stream_key
from w2vfast.kernels.reference.sgd import evaluate_batch, log_sum_exp, train_batch
from w2vfast.kernels.reference.token_block import load_block

Totals = tuple[float, int, int, bool]


def learning_rate(job: Job, epoch: int, position: int) -> float:
    """Return the learning rate of the chunk whose first centre is there."""
    tokens = len(job.ids)
    done = (epoch - job.first_epoch) * tokens + position
    return job.alpha + (job.min_alpha - job.alpha) * (done / tokens / job.epochs)


def process_blocks(
    job: Job,
    epoch: int,
    first_block: int,
    last_block: int,
    work: Callable[[Batch, int], float],
) -> Totals:
    """Take blocks chunk by chunk; `work` gets each and its first position."""
    loss, pairs, centres = 0.0, 0, 0
    noise = stream_key(job.seed, NOISE, epoch)
    for block in range(first_block, min(last_block, job.blocks)):
        begin, end = block * job.block, min((block + 1) * job.block, len(job.ids))
        s = load_block(job, stream_key(job.seed, TOKENS, epoch), begin, end)
        for place in range(s.centres_begin, s.centres_end, job.chunk):
            stop = min(s.centres_end, place + job.chunk)
            b = Batch(job, s, place, stop, noise)
            if b.n_pairs:
                step = work(b, int(s.position[place]))
                if np.isnan(step):
                    return loss, pairs, centres, False
                loss += step
            pairs += b.n_pairs
            centres += stop - place
    return loss, pairs, centres, True


def train(job: Job, epoch: int, first_block: int, last_block: int) -> Totals:
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

    def step(b: Batch, position: int) -> float:
        return train_batch(b, job, learning_rate(job, epoch, position))

    return process_blocks(job, epoch, first_block, last_block, step)


def evaluate(
    job: Job, first_block: int, last_block: int, log_z: NDArray[np.float64]
) -> Totals:
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
    return process_blocks(
        job, 0, first_block, last_block, lambda b, _: evaluate_batch(b, job)
    )


def log_partition(
    job: Job, first_word: int, last_word: int, out: NDArray[np.float64]
) -> None:
    """Write log Z = log sum_w exp(u_w.v_c) of centres first_word..last_word-1."""
    v, u = (t.astype(np.float64) for t in (job.centre, job.outside))
    with np.errstate(invalid="ignore"):  # infinite vectors: NaN, for the caller to see
        out[first_word:last_word] = log_sum_exp(v[first_word:last_word] @ u.T)
