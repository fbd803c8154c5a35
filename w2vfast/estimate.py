"""How long a softmax over the vocabulary will take, said before it is begun."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from w2vfast import threads
from w2vfast.blocks import row_blocks
from w2vfast.kernels.arguments import KernelArguments
from w2vfast.parameters import Parameters
from w2vfast.sampling import keep_probability

#: Operations per second and thread of each build, between what was measured on cores of
#: 2020 and of 2024; an estimate is right to a factor of 2. Skip-gram may be trained in
#: less: where a chunk repeats a word, its centres share a softmax.
RATES = {"avx512": 1.2e11, "avx2": 7e10, "base": 2.5e10, "reference": 1.2e10}
#: Seconds that are not worth a warning.
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
    return centres * softmax_operations(p, len(counts)) / _speed(workers, build)


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


def judged_softmaxes(job: KernelArguments) -> float:
    """
    Return how many softmaxes the exact loss of a corpus takes; see `held_out_loss`.

    With skip-gram one for each word of the vocabulary, whatever the corpus; with CBOW
    one for each token that is known and kept; none in a hierarchical softmax.
    """
    words = len(job.centre)
    if job.loss != "softmax":
        return 0.0
    if not job.cbow:
        return float(words)
    kept = (job.keep_thresholds + 1.0) / 2.0**32
    blocks = (job.ids[rows] for rows in row_blocks(job.ids))
    return float(sum(kept[ids[ids < words]].sum() for ids in blocks))


def judging_seconds(
    p: Parameters, job: KernelArguments, workers: int, build: str
) -> float:
    """Estimate the time of an exact loss: of the three products it takes the first."""
    operations = softmax_operations(p, len(job.centre)) / 3
    return judged_softmaxes(job) * operations / _speed(workers, build)


def warn_if_judging_is_long(
    p: Parameters, job: KernelArguments, workers: int, build: str
) -> None:
    """Warn of an exact loss that takes more than `PATIENCE` seconds."""
    seconds = judging_seconds(p, job, workers, build)
    if seconds <= PATIENCE:
        return
    each, less = "of these words", ""
    if p.cbow:
        each, less = "known token of the corpus", "; so does a part of the corpus"
    warnings.warn(
        f"evaluate_loss takes {judged_softmaxes(job):,.0f} softmaxes over "
        f"{len(job.centre):,} words and {p.vector_size} dimensions, one for each "
        f"{each}: about {_readable(seconds)}. A smaller vocabulary (max_final_vocab) "
        f"takes less{less}",
        stacklevel=3,
    )


def _speed(workers: int, build: str) -> float:
    return RATES[build] * min(workers, threads.available())


def _readable(seconds: float) -> str:
    for unit, size in (("days", 86400), ("hours", 3600)):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}"
    return f"{seconds / 60:.0f} minutes"
