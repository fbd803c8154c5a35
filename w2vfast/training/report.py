"""Log what a run did, in numbers: tokens read and kept, pairs, loss, speed."""

from __future__ import annotations

from typing import NamedTuple

from w2vfast.corpus import Corpus
from w2vfast.kernels import described
from w2vfast.runtime.log import logger
from w2vfast.sampling.subsampling import keep_probability
from w2vfast.training.execution import Execution
from w2vfast.training.state import ModelState, TrainingState
from w2vfast.wording import counted

# The value of logging.INFO. The start of the package does not import logging.
INFO = 20


class EpochPart(NamedTuple):
    """
    What was trained of an epoch: all of it, or the part up to an interruption.

    Attributes
    ----------
    tokens : int
        Tokens of the corpus that were read.
    kept : int
        Tokens that are in the vocabulary and that subsampling kept.
    pairs : float
    seconds : float
    complete : bool
        Whether the epoch is complete.
    """

    tokens: int
    kept: int
    pairs: float
    seconds: float
    complete: bool


class RunReport:
    """
    Log the start, the epochs and the end of a run at level INFO.

    Parameters
    ----------
    model : ModelState
    corpus : Corpus
    run : TrainingState
    execution : Execution
    batch_size : int
        Centres in a batch.
    """

    def __init__(
        self,
        model: ModelState,
        corpus: Corpus,
        run: TrainingState,
        execution: Execution,
        batch_size: int,
    ) -> None:
        self._run = run
        self._tokens = self._kept = 0
        self._pairs = 0.0
        self._seconds = 0.0
        if logger("training").isEnabledFor(INFO):
            _log_corpus(model, corpus, run)
            p = run.parameters
            kernels = described(execution.kernels, p.rounds_products)
            logger("training").info(
                "training %s with %s: %s, window %d, alpha %g to %g, epoch "
                "%d to %d, %s, %s, batches of %s",
                p.architecture, p.loss, counted(p.vector_size, "dimension"), p.window,
                p.initial_alpha, p.min_alpha, run.epoch + 1, p.epochs,
                counted(execution.workers, "thread"), kernels,
                counted(batch_size, "centre"),
            )  # fmt: skip

    def add_epoch(self, part: EpochPart) -> None:
        """Log the part of the current epoch that was just trained."""
        self._tokens += part.tokens
        self._kept += part.kept
        self._pairs += part.pairs
        self._seconds += part.seconds
        run = self._run
        logger("training").info(
            "epoch %d of %d: %s read, %s kept after subsampling, %s, "
            "loss %.4f, %.2f s, %s words/s",
            run.epoch + 1, run.parameters.epochs, counted(part.tokens, "token"),
            f"{part.kept:,}", counted(part.pairs, "pair"), run.mean_loss, part.seconds,
            _speed(part.tokens, part.seconds),
        )  # fmt: skip

    def finish(self) -> None:
        """Log the totals, and why the run stopped before its end."""
        run = self._run
        reason = "complete" if run.done else f"stopped: {run.stop_reason}"
        logger("training").info(
            "all epochs of this call: %s read, %s kept after subsampling, %s, "
            "%.2f s, %s words/s; %s",
            counted(self._tokens, "token"), f"{self._kept:,}",
            counted(self._pairs, "pair"),
            self._seconds, _speed(self._tokens, self._seconds), reason,
        )  # fmt: skip


def expected_share(model: ModelState, sample: float) -> float:
    """Return the expected share of the vocabulary's tokens that subsampling keeps."""
    counts = model.vocabulary.counts
    return float((counts * keep_probability(counts, sample)).sum() / counts.sum())


def _log_corpus(model: ModelState, corpus: Corpus, run: TrainingState) -> None:
    """Log the tokens of a corpus, of its known words, and those that sample keeps."""
    words = len(model.vocabulary)
    known = corpus.token_counts()[:words]
    counts = model.vocabulary.counts
    kept = float((known * keep_probability(counts, run.parameters.sample)).sum())
    total, n_known = len(corpus.ids) + corpus.n_dropped, int(known.sum())
    logger("training").info(
        "the corpus has %s in %s, and %s (%.1f %%) of the %s of the vocabulary "
        "(min_count=%d); sample=%g keeps about %s of these (%.1f %%) in each epoch",
        counted(total, "token"), counted(len(corpus), "sentence"),
        counted(n_known, "token"), 100 * n_known / total,
        counted(words, "word"), run.parameters.min_count, run.parameters.sample,
        f"{round(kept):,}", 100 * kept / max(1, n_known),
    )  # fmt: skip


def _speed(tokens: int, seconds: float) -> str:
    return f"{round(tokens / max(seconds, 1e-9)):,}"
