"""The loss of a model on any text, exact: over the vocabulary, without negatives."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast import threads
from w2vfast.kernels import Kernels
from w2vfast.kernels.arguments import KernelArguments
from w2vfast.parameters import SAMPLING, Parameters

NOT_FINITE = "the model's vectors are infinite or NaN: there is no loss"


@dataclass(frozen=True)
class HeldOutLoss:
    """
    How well a model predicts a corpus.

    Attributes
    ----------
    loss : float
        Mean of -log P per pair (CBOW: per centre), in nats.
    pairs : int
        Pairs that the mean is of.
    """

    loss: float
    pairs: int

    @property
    def perplexity(self) -> float:
        """exp(loss): from among how many words it is as hard to guess; may be inf."""
        return math.exp(self.loss) if self.loss < 700 else math.inf


def judged_by(p: Parameters, sample: float) -> Parameters:
    """Return the parameters under which a model is evaluated: no negatives."""
    changes: dict[str, Any] = {"shrink_windows": False, "chunk_size": None}
    changes["sample"] = sample
    if p.samples:
        changes |= {"loss": "softmax", **dict.fromkeys(SAMPLING)}
    return replace(p, **changes)


def held_out_loss(kernels: Kernels, job: KernelArguments, workers: int) -> HeldOutLoss:
    """
    Return the mean loss of a job made with `judged_by`.

    In skip-gram log Z belongs to the centre word alone, so it is found once for each
    word, whatever the length of the corpus: with n_co the times that o stands around
    c, J = sum_c [n_c log Z_c - sum_o n_co u_o.v_c]. CBOW has a new hidden vector at
    every place, and as many softmaxes.

    Raises
    ------
    FloatingPointError
        If the model's parameters are not finite.
    ValueError
        If no word has another one in its window.
    """
    log_z = np.zeros(0)
    if job.loss == "softmax" and not job.cbow:
        log_z = _partition(kernels, job, workers)
    sums: list[tuple[float, int]] = []

    def evaluate(first: int, last: int) -> None:
        loss, pairs, _, finite = kernels.evaluate(job, first, last, log_z)
        if not (finite and math.isfinite(loss)):
            raise FloatingPointError(NOT_FINITE)
        sums.append((loss, pairs))

    threads.share_out(workers, job.n_blocks, 1, evaluate)
    pairs = sum(n for _, n in sums)
    if pairs == 0:
        raise ValueError(
            "no two words of the corpus that the model knows stand in one window: "
            "there is nothing to predict"
        )
    return HeldOutLoss(math.fsum(loss for loss, _ in sums) / pairs, pairs)


def _partition(
    kernels: Kernels, job: KernelArguments, workers: int
) -> NDArray[np.float64]:
    """Return log Z of every word of the vocabulary."""
    words = len(job.centre)
    log_z = np.empty(words)

    def fill(first: int, last: int) -> None:
        kernels.log_partition(job, first, last, log_z)

    threads.share_out(workers, words, job.batch_size, fill)
    if not np.isfinite(log_z).all():
        raise FloatingPointError(NOT_FINITE)
    return log_z
