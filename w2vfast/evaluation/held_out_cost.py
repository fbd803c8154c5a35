"""The cost of an exact loss: an estimate, and a warning before it."""

from __future__ import annotations

import warnings

from w2vfast.kernels.arguments import KernelArguments
from w2vfast.runtime.row_blocks import row_blocks
from w2vfast.training import cost
from w2vfast.training.parameters import Parameters
from w2vfast.wording import counted


def n_softmaxes(arguments: KernelArguments) -> float:
    """
    Return the number of softmaxes that the exact loss of a corpus takes.

    Skip-gram takes one for each word of the vocabulary, whatever the corpus. CBOW takes
    one for each token that is known and kept. Hierarchical softmax takes none. See
    `held_out_loss`.
    """
    words = len(arguments.centre)
    if arguments.loss != "softmax":
        return 0.0
    if not arguments.cbow:
        return float(words)
    kept = (arguments.keep_thresholds + 1.0) / 2.0**32
    blocks = (arguments.ids[rows] for rows in row_blocks(arguments.ids))
    return float(sum(kept[ids[ids < words]].sum() for ids in blocks))


def held_out_seconds(
    p: Parameters, arguments: KernelArguments, workers: int, build: str
) -> float:
    """Estimate the seconds of an exact loss: one of training's three products."""
    operations = cost.softmax_operations(p, len(arguments.centre)) / 3
    speed = cost.operations_per_second(workers, build)
    return n_softmaxes(arguments) * operations / speed


def warn_if_slow(
    p: Parameters, arguments: KernelArguments, workers: int, build: str
) -> None:
    """Warn about an exact loss that takes more than `cost.WARNING_SECONDS`."""
    seconds = held_out_seconds(p, arguments, workers, build)
    if seconds <= cost.WARNING_SECONDS:
        return
    unit, alternative = "word of the vocabulary", ""
    if p.cbow:
        unit, alternative = (
            "known token of the corpus",
            "; so is a part of the corpus",
        )
    warnings.warn(
        "evaluate_loss takes "
        f"{counted(n_softmaxes(arguments), 'softmax', 'softmaxes')} over "
        f"{counted(len(arguments.centre), 'word')} and "
        f"{counted(p.vector_size, 'dimension')}, one for each {unit}: about "
        f"{cost.readable_duration(seconds)}. A smaller vocabulary (max_final_vocab) is "
        f"faster{alternative}",
        stacklevel=4,  # the caller of Word2Vec.evaluate_loss
    )
