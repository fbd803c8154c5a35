"""How long a softmax over the vocabulary will take, said before it is begun."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from w2vfast import threads
from w2vfast.parameters import Parameters
from w2vfast.sampling import keep_probability

#: Operations per second and thread of each build, somewhat below those measured on
#: quiet cores of 2020 and later; an estimate is right to a factor of 2.
RATES = {"avx512": 8e10, "avx2": 5e10, "base": 1e10, "reference": 5e9}
#: Seconds of training that are not worth a warning.
PATIENCE = 600.0


def softmax_operations(p: Parameters, words: int) -> float:
    """Return the floating point operations of one centre's step: three products."""
    return 6.0 * words * p.vector_size


def softmax_seconds(
    p: Parameters, counts: NDArray[np.int64], tokens: int, workers: int, build: str
) -> float:
    """
    Estimate the time of a training run; 0 for losses other than softmax.

    Parameters
    ----------
    p : Parameters
    counts : int64, (words,)
        Occurrences in the corpus that the vocabulary is of.
    tokens : int
        Tokens of the corpus to be trained, those out of the vocabulary included.
    workers : int
        Threads; those beyond the cores add nothing.
    build : str
        Name of the kernels' build.
    """
    if p.loss != "softmax":
        return 0.0
    kept = (counts * keep_probability(counts, p.sample)).sum()
    centres = float(min(kept, tokens)) * p.epochs
    speed = RATES[build] * min(workers, threads.available())
    return centres * softmax_operations(p, len(counts)) / speed


def warn_if_long(p: Parameters, words: int, seconds: float) -> None:
    """Warn of a run of more than `PATIENCE` seconds, and say what is shorter."""
    if seconds <= PATIENCE:
        return
    warnings.warn(
        f"loss='softmax' over {words:,} words and {p.vector_size} dimensions takes "
        f"{softmax_operations(p, words):.1e} operations a centre: the {p.epochs} "
        f"epochs, or what is left of them, will take about {_readable(seconds)}. "
        "Negative sampling (loss='negative_sampling') takes a small part of that; so "
        "does a smaller vocabulary (max_final_vocab)",
        stacklevel=3,
    )


def _readable(seconds: float) -> str:
    for unit, size in (("days", 86400), ("hours", 3600)):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}"
    return f"{seconds / 60:.0f} minutes"
