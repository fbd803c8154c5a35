"""Run the kernels over a corpus: threads, work units, loss, progress."""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from w2vfast import threads
from w2vfast.kernels import Kernels
from w2vfast.kernels.arguments import KernelArguments
from w2vfast.parameters import Parameters
from w2vfast.runs import Run

#: The most work units that one call of the kernels takes.
SLICE = 16


class DivergedError(FloatingPointError):
    """Parameters became infinite or NaN during training."""


def train_epoch(
    kernels: Kernels,
    job: KernelArguments,
    run: Run,
    workers: int,
    advance: Callable[[int, float], None],
) -> float:
    """
    Train the rest of the epoch that `run` stands in; return its mean loss.

    It is 0 if subsampling left no pair. Work units are handed out in order and every
    one handed out is finished, also when an exception stops all threads, so `run`
    always says what comes next.

    Raises
    ------
    DivergedError
        If parameters that are not finite were met.
    ValueError
        If no epoch of the run had a pair.
    """
    lock = threading.Lock()
    epoch = run.first_epoch + run.epoch

    def train_some(size: int) -> bool:
        with lock:
            first = run.block
            run.block = last = min(job.n_blocks, first + size)
        if first == last:
            return False
        try:
            loss, pairs, _, finite = kernels.train(job, epoch, first, last)
            if not (finite and math.isfinite(loss)):
                raise DivergedError(_remedy(run.parameters))
        except BaseException:
            with lock:  # to be trained again, rather than never
                run.block = min(run.block, first)
            raise
        with lock:
            run.loss += loss
            run.pairs += pairs
            advance((last - first) * job.block_size, run.loss / max(1, run.pairs))
        return True

    def work(stop: threading.Event) -> None:
        size, going = 1, True
        while going and not stop.is_set():
            start = time.perf_counter()
            going = train_some(size)
            size = _next_size(size, time.perf_counter() - start)

    threads.run(workers, work)
    run.trained += run.pairs
    mean = run.loss / max(1, run.pairs)
    run.epoch, run.block, run.loss, run.pairs = run.epoch + 1, 0, 0.0, 0
    if run.done and run.trained == 0:
        raise ValueError(
            "no word has another one in its window: the sentences are single words, "
            f"or subsampling left nothing beside them (sample={run.parameters.sample}; "
            "pass sample=0 for a corpus so small)"
        )
    return mean


def _next_size(size: int, seconds: float) -> int:
    """Return how many work units the next call takes, for 20-100 ms."""
    if seconds > 0.1:
        return max(1, size // 2)
    return min(2 * size, SLICE) if seconds < 0.03 else size


def _remedy(p: Parameters) -> str:
    return (
        f"the vectors became infinite or NaN (loss={p.loss!r}, alpha={p.alpha}, "
        f"chunk_size={p.chunk_size}): start again with a smaller alpha, such as "
        f"{p.rate / 4:.2g}"
    )


class Progress:
    """
    A bar with words, words/s, loss and time left; silent if it isn't wanted.

    Parameters
    ----------
    show : bool or None
        None: if standard error is a terminal.
    tokens : int
        Tokens of one epoch.
    epochs, done : int
        Epochs in all, and tokens trained earlier.
    """

    def __init__(self, show: bool | None, tokens: int, epochs: int, done: int) -> None:
        self._bar: Any = None
        if show is None:
            show = sys.stderr is not None and sys.stderr.isatty()
        if show:
            from tqdm import tqdm

            total = tokens * epochs
            self._bar = tqdm(
                total=total, initial=done, unit="w", unit_scale=True, desc="train"
            )

    def advance(self, tokens: int, loss: float) -> None:
        """Move on by some tokens."""
        if self._bar is not None:
            self._bar.set_postfix_str(f"loss {loss:.4f}", refresh=False)
            self._bar.update(min(tokens, self._bar.total - self._bar.n))

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
