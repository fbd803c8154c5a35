"""The cost of softmax over the vocabulary: an estimate, and a warning before it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from w2vfast.runtime import threads
from w2vfast.runtime.warning import warn_caller
from w2vfast.sampling.subsampling import keep_probability
from w2vfast.training.parameters import Parameters
from w2vfast.wording import counted

#: Operations per second and thread of each build. The values lie between measurements
#: on CPU cores from 2020 and 2024, so estimates are correct to a factor of 2. Skip-gram
#: may take less time, because equal centres in a batch share one softmax.
OPERATIONS_PER_SECOND = {
    "avx512": 1.2e11,
    "avx2": 7e10,
    "base": 2.5e10,
    "reference": 1.2e10,
}
#: Estimates above this many seconds cause a warning.
WARNING_SECONDS = 600.0


def softmax_operations(p: Parameters, words: int) -> float:
    """Return the floating-point operations for one centre: three matrix products."""
    return 6.0 * words * p.vector_size


def negative_sampling_operations(p: Parameters, batch_size: int) -> float:
    """Return the floating-point operations for one centre with all negatives."""
    pairs = batch_size * (1 if p.cbow else 2 * p.window)
    draws = p.n_shared_negatives or (p.negative or 0) * pairs
    return 6.0 * draws * p.vector_size


def operations_per_second(workers: int, build: str) -> float:
    """Return the speed of a build; threads beyond the available cores add nothing."""
    return OPERATIONS_PER_SECOND[build] * min(workers, threads.available())


def softmax_seconds(
    p: Parameters, counts: NDArray[np.int64], tokens: int, workers: int, build: str
) -> float:
    """
    Estimate the duration of a training run; 0 for losses other than softmax.

    Parameters
    ----------
    p : Parameters
    counts : int64, (words,)
        Occurrences in the corpus that the vocabulary was made from.
    tokens : int
        Tokens of the corpus to train, including those outside the vocabulary.
    workers : int
        Number of threads.
    build : str
        Name of the kernel build.
    """
    if p.loss != "softmax":
        return 0.0
    kept = (counts * keep_probability(counts, p.sample)).sum()
    centres = float(min(kept, tokens)) * p.epochs
    operations = centres * softmax_operations(p, len(counts))
    return operations / operations_per_second(workers, build)


def warn_if_slow(p: Parameters, words: int, seconds: float) -> None:
    """Warn about a run longer than `WARNING_SECONDS`, and name alternatives."""
    if seconds <= WARNING_SECONDS:
        return
    warn_caller(
        f"loss='softmax' over {counted(words, 'word')} and "
        f"{counted(p.vector_size, 'dimension')} takes "
        f"{softmax_operations(p, words):.1e} operations per centre: the remaining part "
        f"of {counted(p.epochs, 'epoch')} will take about "
        f"{readable_duration(seconds)}. Negative sampling (loss='negative_sampling') "
        "is much faster; so is training with a smaller vocabulary (max_final_vocab)"
    )


def readable_duration(seconds: float) -> str:
    """Return a duration in minutes, hours or days, as text."""
    for unit, size in (("days", 86400), ("hours", 3600)):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}"
    return counted(seconds / 60, "minute")
