"""Where and why a training run stopped before its end."""

from __future__ import annotations

from typing import NamedTuple

from w2vfast.training.prepare import block_size
from w2vfast.training.state import ModelState

#: The reason in a file or a copy of a model that was being trained.
_UNENDED = "the run had not ended when this checkpoint or copy was made"


class Stopped(NamedTuple):
    """
    Where and why a training run stopped.

    Attributes
    ----------
    reason : str
        What stopped the run: a callback, max_seconds, the name of an exception, or
        that of a signal, such as SIGTERM.
    epoch, block : int
        The next block to train. Both count from 0; epochs count from the start of the
        run.
    tokens : int
        Tokens of the corpus that the run has read.
    """

    reason: str
    epoch: int
    block: int
    tokens: int


def stopped(state: ModelState) -> Stopped | None:
    """Return where the last run stopped; None if it is complete or still trains."""
    run = state.run
    if run is None or run.done or (state.in_training and not run.stop_reason):
        return None
    counts, p = state.vocabulary.counts, run.parameters
    batch_size = p.batch_size(len(counts), int(counts.sum()))
    read = min(run.tokens, run.block * block_size(p, batch_size, len(counts)))
    reason = run.stop_reason or _UNENDED
    return Stopped(reason, run.epoch, run.block, run.epoch * run.tokens + read)
