"""Run one piece of work on several threads, and stop all of them together."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable


def available() -> int:
    """Return the number of cores this process may use, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def resolve(workers: int | None) -> int:
    """
    Return the number of threads that `workers` asks for.

    Parameters
    ----------
    workers : int or None
        At least 1; None means all cores available to this process.

    Raises
    ------
    ValueError
        If `workers` is less than 1.
    TypeError
        If `workers` is neither an integer nor None.
    """
    if workers is None:
        return available()
    if isinstance(workers, bool) or not hasattr(workers, "__index__"):
        raise TypeError(
            f"workers={workers!r}: expected a whole number of threads, or None "
            f"for all {available()} cores available"
        )
    if workers < 1:
        raise ValueError(
            f"workers={workers}: expected 1 or more threads; pass None for all "
            f"{available()} cores available"
        )
    return int(workers)


def run(workers: int, work: Callable[[threading.Event], None]) -> None:
    """
    Call ``work(stop)`` on `workers` threads and wait until all have returned.

    The calling thread only waits, so Ctrl-C is answered at once. The first
    exception of any thread, or one that arrives in the caller, sets `stop`; every
    thread is joined and then that exception is raised.

    Parameters
    ----------
    workers : int
        Number of threads.
    work : callable
        Takes work from a source shared by all threads until none is left, and
        returns early when the event `stop` is set.
    """
    stop = threading.Event()
    errors: list[BaseException] = []
    ended = [threading.Event() for _ in range(workers)]

    def guarded(end: threading.Event) -> None:
        try:
            work(stop)
        except BaseException as error:
            errors.append(error)
            stop.set()
        finally:
            end.set()

    threads = [threading.Thread(target=guarded, args=(e,), daemon=True) for e in ended]
    try:
        for thread in threads:
            thread.start()
        _wait(ended)
    finally:
        stop.set()
        _wait([e for e, t in zip(ended, threads, strict=True) if t.ident is not None])
        for thread in threads:
            if thread.ident is not None:
                thread.join()
    if errors:
        raise errors[0]


def share_out(
    workers: int, total: int, size: int, task: Callable[[int, int], None]
) -> None:
    """
    Call ``task(first, last)`` for all of 0..total-1, `size` at a time, on threads.

    Pieces are handed out in order; an exception or Ctrl-C stops all threads after
    the pieces that they are at, as in `run`.
    """
    firsts = iter(range(0, total, size))
    lock = threading.Lock()

    def work(stop: threading.Event) -> None:
        while not stop.is_set():
            with lock:
                first = next(firsts, None)
            if first is None:
                return
            task(first, min(total, first + size))

    run(workers, work)


def _wait(ended: list[threading.Event]) -> None:
    """Wait for all; unlike a join(), it stays right after an interruption."""
    for event in ended:
        while not event.wait(0.1):  # on Windows Ctrl-C can't interrupt a long wait
            pass
