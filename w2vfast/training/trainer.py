"""Training: prepare a run, then train its epochs block by block on threads."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any

from w2vfast import kernels as builds
from w2vfast.corpus import Corpus
from w2vfast.kernels import Kernels
from w2vfast.kernels.arguments import KernelArguments
from w2vfast.runtime import threads
from w2vfast.runtime.progress import TrainingBar
from w2vfast.runtime.timings import Timings
from w2vfast.training.cost import softmax_seconds, warn_if_slow
from w2vfast.training.execution import Execution
from w2vfast.training.parameters import Parameters
from w2vfast.training.prepare import model_arguments
from w2vfast.training.row_factors import check_trainable
from w2vfast.training.state import ModelState, TrainingState, resume_or_start

#: Largest number of blocks in one kernel call.
MAX_BLOCKS = 16


class DivergedError(FloatingPointError):
    """Vectors became infinite or NaN during training."""


class NoPairsError(ValueError):
    """No epoch of a run had a pair of words to train."""


def train(
    model: ModelState,
    corpus: Corpus,
    overrides: dict[str, Any],
    execution: Execution,
    timings: Timings,
    after_epoch: Callable[[], bool],
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
    after_epoch : callable
        Called after each epoch. If it returns True, training stops.

    Raises
    ------
    DivergedError
        If vectors became infinite or NaN.
    NoPairsError
        If no epoch of the run had a pair.
    ValueError
        If the interrupted run had another corpus, or all rows are frozen.
    """
    check_trainable(model)
    tokens, counts = len(corpus.ids), model.vocabulary.counts
    run = resume_or_start(model.run, model.parameters, tokens, overrides)
    p = run.parameters
    kernels = builds.load(execution.kernels)
    with timings.phase("prepare"):
        arguments = model_arguments(model, corpus, p, run.first_epoch)
    done = run.trained_tokens(arguments.block_size)
    seconds = softmax_seconds(p, counts, tokens, execution.workers, execution.kernels)
    warn_if_slow(p, len(counts), seconds * (1 - done / (tokens * p.epochs)))
    model.run, model.in_training = run, True
    try:
        with TrainingBar(execution.progress, tokens * p.epochs, done) as bar:
            while not run.done:
                with timings.phase("train"):
                    loss = train_epoch(
                        kernels, arguments, run, execution.workers, bar.advance
                    )
                model.loss_history.append(loss)
                if after_epoch():
                    break
    finally:
        model.in_training = False


def train_epoch(
    kernels: Kernels,
    arguments: KernelArguments,
    run: TrainingState,
    workers: int,
    advance: Callable[[int, float], None],
) -> float:
    """
    Train the rest of the current epoch of `run`.

    Returns
    -------
    float
        Mean loss of the epoch; 0 if subsampling left no pair.

    Raises
    ------
    DivergedError
        If vectors became infinite or NaN.
    NoPairsError
        If no epoch of the run had a pair.
    """
    epoch: _Epoch
    if arguments.streams:
        workers = min(workers, threads.available(), arguments.max_threads)
        epoch = _DeterministicEpoch(kernels, arguments, run, advance, workers)
    else:
        epoch = _Epoch(kernels, arguments, run, advance)
    threads.run(workers, epoch.work)
    run.trained += run.pairs
    mean = run.loss / max(1, run.pairs)
    run.epoch, run.block, run.loss, run.pairs = run.epoch + 1, 0, 0.0, 0
    if run.done and run.trained == 0:
        raise NoPairsError(
            "no word has another word in its window: the sentences are single words, "
            f"or subsampling dropped other words (sample={run.parameters.sample}; "
            "pass sample=0 for a small corpus)"
        )
    return mean


class _Epoch:
    """
    The blocks of one epoch, distributed to threads in order.

    Every block that a thread takes is also finished, even when an exception stops all
    threads. So `run` always holds the next block to train.
    """

    def __init__(
        self,
        kernels: Kernels,
        arguments: KernelArguments,
        run: TrainingState,
        advance: Callable[[int, float], None],
    ) -> None:
        self._kernels = kernels
        self._arguments = arguments
        self._run = run
        self._advance = advance
        self._number = run.first_epoch + run.epoch
        self._lock = threading.Lock()

    def work(self, stop: threading.Event) -> None:
        """Train blocks until none is left or `stop` is set."""
        n_blocks, more = 1, True
        while more and not stop.is_set():
            start = time.perf_counter()
            more = self._train_blocks(n_blocks)
            n_blocks = next_n_blocks(n_blocks, time.perf_counter() - start)

    def _train_blocks(self, n_blocks: int) -> bool:
        """Train up to `n_blocks` blocks; return False if none was left."""
        run, arguments = self._run, self._arguments
        with self._lock:
            first = run.block
            run.block = last = min(arguments.n_blocks, first + n_blocks)
        if first == last:
            return False
        try:
            loss, pairs, _, finite = self._kernels.train(
                arguments, self._number, first, last
            )
            if not (finite and math.isfinite(loss)):
                raise DivergedError(_divergence_message(run.parameters))
        except BaseException:
            with self._lock:  # train these blocks again rather than skip them
                run.block = min(run.block, first)
            raise
        with self._lock:
            run.loss += loss
            run.pairs += pairs
            trained = (last - first) * arguments.block_size
            self._advance(trained, run.loss / max(1, run.pairs))
        return True


class _DeterministicEpoch(_Epoch):
    """
    The blocks of one epoch in groups. All threads train the same group together.

    A group is complete when any thread leaves it, so `run` always holds the first block
    of the next group. The vectors and the loss do not depend on the number of threads.
    """

    def __init__(
        self,
        kernels: Kernels,
        arguments: KernelArguments,
        run: TrainingState,
        advance: Callable[[int, float], None],
        workers: int,
    ) -> None:
        super().__init__(kernels, arguments, run, advance)
        self._rounds = kernels.Rounds(arguments, workers)
        self._group: tuple[int, int] | None = None

    def _train_blocks(self, n_blocks: int) -> bool:
        """Train one group, with other threads; return False if none was left."""
        if not self._join_group():
            return False
        self._rounds.work()
        self._leave_group()
        return True

    def _join_group(self) -> bool:
        """Begin the next group unless one is in training; False if none is left."""
        with self._lock:
            if self._group is None:
                first = self._run.block
                last = min(self._arguments.n_blocks, first + self._arguments.streams)
                if first == last:
                    return False
                self._rounds.begin(self._number, first, last)
                self._group = first, last
            return True

    def _leave_group(self) -> None:
        """Record the group, unless another thread has recorded it."""
        run = self._run
        with self._lock:
            totals = self._rounds.totals()
            if self._group is None or totals is None:  # None: it is the next group
                return
            first, last = self._group
            self._group = None
            loss, pairs, _, finite = totals
            if not (finite and math.isfinite(loss)):
                raise DivergedError(_divergence_message(run.parameters))
            run.block = last
            run.loss += loss
            run.pairs += pairs
            trained = (last - first) * self._arguments.block_size
            self._advance(trained, run.loss / max(1, run.pairs))


def next_n_blocks(n_blocks: int, seconds: float) -> int:
    """Return the number of blocks for the next kernel call, to take 30-100 ms."""
    if seconds > 0.1:
        return max(1, n_blocks // 2)
    return min(2 * n_blocks, MAX_BLOCKS) if seconds < 0.03 else n_blocks


def _divergence_message(p: Parameters) -> str:
    return (
        f"the vectors became infinite or NaN (loss={p.loss!r}, alpha={p.alpha}, "
        f"chunk_size={p.chunk_size}): start again with a smaller alpha, such as "
        f"{p.initial_alpha / 4:.2g}"
    )
