"""Train or evaluate the blocks of a corpus, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.arguments import KernelArguments
from w2vfast.kernels.checks import check_call, check_log_z, check_words
from w2vfast.kernels.reference.batch import Batch
from w2vfast.kernels.reference.random import NOISE, TOKENS, stream_key
from w2vfast.kernels.reference.sgd import evaluate_batch, log_sum_exp, train_batch
from w2vfast.kernels.reference.token_block import load_block

Totals = tuple[float, float, int, bool]


def learning_rate(args: KernelArguments, epoch: int, position: int) -> float:
    """Return the learning rate of a batch; `position` is that of its first centre."""
    tokens = len(args.ids)
    if args.alpha_interval > 0:
        position -= position % args.alpha_interval
    done = (epoch - args.first_epoch) * tokens + position
    return args.alpha + (args.min_alpha - args.alpha) * (done / tokens / args.epochs)


def batches(args: KernelArguments, epoch: int, block: int) -> Iterator[Batch]:
    """Yield the batches of a block."""
    begin = block * args.block_size
    end = min(begin + args.block_size, len(args.ids))
    noise = stream_key(args.seed, NOISE, epoch)
    s = load_block(args, stream_key(args.seed, TOKENS, epoch), begin, end)
    for first in range(s.centres_begin, s.centres_end, args.batch_size):
        stop = min(s.centres_end, first + args.batch_size)
        yield Batch(args, s, first, stop, noise)


def process_blocks(
    args: KernelArguments,
    epoch: int,
    first_block: int,
    last_block: int,
    work: Callable[[Batch, int], float],
    loss: float = 0.0,
) -> Totals:
    """Call `work` with each batch and the position of its first centre."""
    pairs, centres = 0, 0
    for block in range(first_block, min(last_block, args.n_blocks)):
        for b in batches(args, epoch, block):
            if b.n_pairs:
                step = work(b, b.position)
                if np.isnan(step):
                    return loss, pairs / args.pair_unit, centres, False
                loss += step
                pairs += b.pair_units
            centres += b.n_centres
    return loss, pairs / args.pair_unit, centres, True


def train(
    args: KernelArguments,
    epoch: int,
    first_block: int,
    last_block: int,
    loss: float = 0.0,
) -> Totals:
    """
    Train blocks first_block..last_block-1 of an epoch.

    Parameters
    ----------
    args, epoch, first_block, last_block
        What to train.
    loss : float
        The sum before these blocks. Losses are added to it batch by batch, so the
        rounding of the sum does not depend on how many blocks a call trains.

    Returns
    -------
    loss : float
        `loss` plus the sum over the positive pairs, including their negatives.
    pairs : float
        Number of positive pairs; with weighted windows the sum of their weights.
    centres : int
    finite : bool
        False if a row was infinite or NaN. Training stopped there.
    """
    check_call(args, first_block, last_block, epoch)

    def step(b: Batch, position: int) -> float:
        return train_batch(b, args, learning_rate(args, epoch, position))

    return process_blocks(args, epoch, first_block, last_block, step, loss)


def evaluate(
    args: KernelArguments, first_block: int, last_block: int, log_z: NDArray[np.float64]
) -> Totals:
    """
    Return the loss of blocks for softmax or hierarchical softmax.

    Parameters
    ----------
    args, first_block, last_block
        As in `train`. The embedding matrices are only read.
    log_z : float64, (words,) or (0,)
        log Z of every centre word, for skip-gram. The reference computes its own.

    Returns
    -------
    Totals
        As for `train`.
    """
    check_call(args, first_block, last_block)
    check_log_z(args, log_z)
    return process_blocks(
        args, 0, first_block, last_block, lambda b, _: evaluate_batch(b, args)
    )


def log_partition(
    args: KernelArguments, first_word: int, last_word: int, out: NDArray[np.float64]
) -> None:
    """Write log Z = log sum_w exp(u_w.v_c) of centres first_word..last_word-1.

    NaN if a vector is not finite: a score of -inf would add nothing to the sum.
    """
    check_words(args, first_word, last_word, out)
    v, u = (t.astype(np.float64) for t in (args.centre, args.outside))
    v = v[first_word:last_word]
    finite = np.isfinite(v).all() and np.isfinite(u).all()
    with np.errstate(invalid="ignore"):
        out[first_word:last_word] = log_sum_exp(v @ u.T) if finite else np.nan


def uses_amx() -> bool:
    """
    Return whether products in bfloat16 use AMX, on this CPU and system.

    The build avx512 may, on Linux; all others round operands and multiply floats.
    """
    return False
