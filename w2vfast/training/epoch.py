"""The blocks of an epoch, trained by threads that take them in order."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from w2vfast.kernels import Kernels
from w2vfast.kernels.arguments import KernelArguments
from w2vfast.runtime.pause_gate import PauseGate
from w2vfast.runtime.threads import StopFlag
from w2vfast.training.parameters import Parameters
from w2vfast.training.state import TrainingState

#: Largest number of blocks in one kernel call.
MAX_BLOCKS = 16


class DivergedError(FloatingPointError):
    """Vectors became infinite or NaN during training."""


class Epoch:
    """
    The blocks of one epoch, distributed to threads in order.

    Every block that a thread takes is also finished, even when an exception stops all
    threads. So `run` always holds the next block to train. In a pause of the gate, no
    block is taken and not finished.

    Parameters
    ----------
    kernels : Kernels
    arguments : KernelArguments
    run : TrainingState
        Updated in place.
    gate : PauseGate
        Keeps readers of the model out while a thread trains blocks.
    advance : callable
        Receives tokens that were trained, and the mean loss of the epoch so far.
    workers : int
        Number of threads that will call `work`.
    end : int, optional
        The block to stop before. None: the end of the epoch.

    Attributes
    ----------
    kept : int
        Tokens that are in the vocabulary and that subsampling kept.
    """

    def __init__(
        self,
        kernels: Kernels,
        arguments: KernelArguments,
        run: TrainingState,
        gate: PauseGate,
        advance: Callable[[int, float], None],
        workers: int,
        end: int | None = None,
    ) -> None:
        self._end = arguments.n_blocks if end is None else end
        self._kernels = kernels
        self._arguments = arguments
        self._run = run
        self._gate = gate
        self._advance = advance
        self._number = run.first_epoch + run.epoch
        self._pair_units = round(run.pairs * arguments.pair_unit)
        self._alone = workers == 1
        self._lock = threading.Lock()
        self._reporting = threading.Lock()
        self.kept: int = 0

    def work(self, stop: StopFlag) -> None:
        """Train blocks until none is left or `stop` is set."""
        n_blocks = 1
        while not stop.is_set():
            with self._gate.working():
                start = time.perf_counter()
                tokens = self._train_blocks(n_blocks)
            if tokens is None:
                return
            n_blocks = next_n_blocks(n_blocks, time.perf_counter() - start)
            if tokens:
                self._report(tokens)

    def _train_blocks(self, n_blocks: int) -> int | None:
        """Train up to `n_blocks` blocks; return their tokens, None if none was left."""
        run, arguments = self._run, self._arguments
        with self._lock:
            first = run.block
            run.block = last = min(self._end, first + n_blocks)
        if first == last:
            return None
        try:
            # One thread continues the sum: its rounding does not depend on the calls.
            before = run.loss if self._alone else 0.0
            loss, pairs, kept, finite = self._kernels.train(
                arguments, self._number, first, last, before
            )
            self._check_finite(loss, finite)
        except BaseException:
            with self._lock:  # train these blocks again rather than skip them
                run.block = min(run.block, first)
            raise
        with self._lock:
            run.loss -= before  # `loss` contains it
            self._add(loss, pairs, kept)
        return (last - first) * arguments.block_size

    def _add(self, loss: float, pairs: float, kept: int) -> None:
        self._run.loss += loss
        unit = self._arguments.pair_unit
        self._pair_units += round(pairs * unit)  # whole numbers have exact sums
        self._run.pairs = self._pair_units / unit
        self.kept += kept

    def _check_finite(self, loss: float, finite: bool) -> None:
        """Raise DivergedError if the blocks had a number that is infinite or NaN."""
        if not (finite and math.isfinite(loss)):
            raise DivergedError(_divergence_message(self._run.parameters))

    def _report(self, tokens: int) -> None:
        """Call `advance` for one thread at a time, outside `working`: it may pause."""
        with self._reporting:
            self._advance(tokens, self._run.mean_loss)


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
