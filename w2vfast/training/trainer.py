"""Training: prepare a run, then train its epochs block by block on threads."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from w2vfast import kernels as builds
from w2vfast.corpus import Corpus
from w2vfast.kernels import Kernels
from w2vfast.kernels.arguments import KernelArguments
from w2vfast.runtime import threads
from w2vfast.runtime.pause_gate import PauseGate
from w2vfast.runtime.progress import TrainingBar
from w2vfast.runtime.stop_reasons import stop_reason
from w2vfast.runtime.threads import StopFlag
from w2vfast.runtime.timings import Timings
from w2vfast.training.cost import softmax_seconds, warn_if_slow
from w2vfast.training.deterministic_epoch import DeterministicEpoch
from w2vfast.training.diagnosis import no_pairs
from w2vfast.training.epoch import Epoch
from w2vfast.training.execution import Execution
from w2vfast.training.fingerprint import Fingerprint
from w2vfast.training.periodic import Checkpoints
from w2vfast.training.prepare import model_arguments
from w2vfast.training.report import EpochPart, RunReport
from w2vfast.training.row_factors import check_trainable
from w2vfast.training.run_control import RunControl
from w2vfast.training.state import ModelState, TrainingState, resume_or_start
from w2vfast.training.validation import plain_text


class NoPairsError(ValueError):
    """No epoch of a run had a pair of words to train."""


def train(
    model: ModelState,
    corpus: Corpus,
    overrides: dict[str, Any],
    execution: Execution,
    timings: Timings,
    control: RunControl,
    checkpoints: Checkpoints | None = None,
) -> None:
    """
    Train a model for the epochs of a run, or finish an interrupted run.

    Parameters
    ----------
    model : ModelState
        Updated in place. It is consistent whenever this function returns or raises.
    corpus : Corpus
        With the ids of the model's vocabulary.
    overrides : dict
        Parameters to change for this run.
    execution : Execution
    timings : Timings
        Receives the phases "prepare" and "train".
    control : RunControl
        Its callbacks are called in this thread. It decides when training stops.
    checkpoints : Checkpoints, optional
        Written when they are due, and when training ends for any reason but
        divergence.

    Raises
    ------
    CheckpointError
        If a checkpoint cannot be written.
    DivergedError
        If vectors became infinite or NaN.
    NoPairsError
        If no epoch of the run had a pair.
    RuntimeError
        If the model is being trained by another call.
    OtherCorpusError
        If the interrupted run had another corpus.
    ValueError
        If all rows are frozen.
    """
    with model.gate.claimed():
        check_trainable(model)
        tokens, counts = len(corpus.ids), model.vocabulary.counts
        given = Fingerprint((corpus.ids, corpus.offsets))
        run = resume_or_start(
            model.run, model.parameters, tokens, overrides, given, corpus.n_dropped
        )
        p = run.parameters
        kernels = builds.load(execution.kernels)
        with timings.phase("prepare"):
            arguments = model_arguments(model, corpus, p, run.first_epoch)
        done = run.trained_tokens(arguments.block_size)
        seconds = softmax_seconds(
            p, counts, tokens, execution.workers, execution.kernels
        )
        warn_if_slow(p, len(counts), seconds * (1 - done / (tokens * p.epochs)))
        report = RunReport(model, corpus, run, execution, arguments.batch_size)
        model.run, run.stop_reason = run, ""
        try:
            with (
                checkpoints or Checkpoints(model) as writing,
                TrainingBar(execution.progress, tokens * p.epochs, done) as bar,
            ):
                control.attach(run, done, bar, writing)
                epoch = partial(
                    train_epoch, kernels, arguments, model, execution.workers, control
                )
                _train_epochs(model, corpus, epoch, timings, control, report)
        finally:
            report.finish()


def _train_epochs(
    model: ModelState,
    corpus: Corpus,
    train_one: Callable[[], EpochPart],
    timings: Timings,
    control: RunControl,
    report: RunReport,
) -> None:
    """Train epochs and call the callbacks until the run is done or has to stop."""
    run = model.run
    assert run is not None
    try:
        control.call("on_train_begin")
        while not (run.done or control.reason):
            control.call("on_epoch_begin")
            if control.reason:
                break
            with timings.phase("train"):
                part = train_one()
            report.add_epoch(part)
            if part.complete:
                _finish_epoch(model, corpus)
                control.finish_epoch(model.loss_history[-1])
        run.stop_reason = "" if run.done else control.reason
        control.call("on_train_end")
        if run.done:
            run.callbacks = {}
    except BaseException as error:
        run.stop_reason = "" if run.done else plain_text(stop_reason(error))
        raise


def train_epoch(
    kernels: Kernels,
    arguments: KernelArguments,
    model: ModelState,
    workers: int,
    control: RunControl,
) -> EpochPart:
    """
    Train the rest of the current epoch, or until `control` stops it.

    Raises
    ------
    DivergedError
        If vectors became infinite or NaN.
    """
    run = model.run
    assert run is not None
    first, pairs, start = run.block, run.pairs, time.perf_counter()
    kept = train_blocks(
        kernels, arguments, run, model.gate, workers, control.advance, control.poll
    )
    size = arguments.block_size
    return EpochPart(
        tokens=min(run.tokens, run.block * size) - min(run.tokens, first * size),
        kept=kept,
        pairs=run.pairs - pairs,
        seconds=time.perf_counter() - start,
        complete=run.block == arguments.n_blocks,
    )


def train_blocks(
    kernels: Kernels,
    arguments: KernelArguments,
    run: TrainingState,
    gate: PauseGate,
    workers: int,
    advance: Callable[[int, float], None] = lambda tokens, loss: None,
    poll: Callable[[], bool] | None = None,
    end: int | None = None,
) -> int:
    """
    Train the blocks of the current epoch from ``run.block`` to `end`, on threads.

    Returns
    -------
    int
        Tokens that are in the vocabulary and that subsampling kept.
    """
    kind = Epoch
    if arguments.streams:
        kind = DeterministicEpoch
        workers = min(workers, threads.available(), arguments.max_threads)
    epoch = kind(kernels, arguments, run, gate, advance, workers, end)
    threads.run(workers, epoch.work, poll)
    return epoch.kept


def _finish_epoch(model: ModelState, corpus: Corpus) -> None:
    """
    Move the run to its next epoch, and append the mean loss of this one.

    Raises
    ------
    NoPairsError
        If no epoch of the run had a pair.
    """

    def finish(_: StopFlag) -> None:
        run = model.run
        assert run is not None
        with model.gate.working():
            loss = run.mean_loss
            run.trained += run.pairs
            run.epoch, run.block, run.loss, run.pairs = run.epoch + 1, 0, 0.0, 0
            if run.done and run.trained == 0:
                raise NoPairsError(no_pairs(model, corpus))
            model.loss_history.append(loss)
            if run.done:
                run.corpus.forget()

    threads.run(1, finish)  # on a thread, where no signal handler can interrupt it
