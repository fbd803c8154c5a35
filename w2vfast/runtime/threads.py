"""Run a function on several threads, and stop all of them together."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable


def available() -> int:
    """Return the number of cores available to this process, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


def most_workers() -> int:
    """Return the largest number of threads: 64, or 4 for each available core."""
    return max(64, 4 * available())


def resolve(workers: int | None) -> int:
    """
    Check a number of threads and choose the default.

    Parameters
    ----------
    workers : int or None
        At least 1; None means all cores available to this process.

    Returns
    -------
    int
        `workers`, or `most_workers` if that is less.

    Warns
    -----
    UserWarning
        If `workers` is more than `most_workers`. More threads would only take memory.

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
            f"workers={workers}: expected 1 or more threads, such as "
            f"workers={available()} for all cores available"
        )
    if workers > most_workers():
        warnings.warn(
            f"workers={workers}: only {most_workers()} threads are used, because this "
            f"process has {available()} cores; pass workers={available()}",
            UserWarning,
            stacklevel=1,  # one place, so that one run warns once
        )
    return min(int(workers), most_workers())


def run(
    workers: int,
    work: Callable[[threading.Event], None],
    poll: Callable[[], bool] | None = None,
) -> None:
    """
    Call ``work(stop)`` on `workers` threads and wait until all have returned.

    The calling thread only waits and calls `poll`, so it reacts to Ctrl-C at once. An
    exception in any thread, or in the caller, sets `stop`. When every thread has
    ended, the first exception is raised.

    Parameters
    ----------
    workers : int
        Number of threads.
    work : callable
        Takes work from a source that all threads share. Returns when no work is left,
        or early when the event `stop` is set.
    poll : callable, optional
        Called in the calling thread, ten times a second. If it returns True, `stop`
        is set.
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
        _wait(ended, stop, poll)
    finally:
        _stop_all(stop, threads, ended)
    if errors:
        raise errors[0]


def _stop_all(
    stop: threading.Event,
    threads: list[threading.Thread],
    ended: list[threading.Event],
) -> None:
    """Wait until all threads have ended, even if Ctrl-C comes again meanwhile."""
    interrupt: BaseException | None = None
    while True:
        try:
            stop.set()
            pairs = zip(ended, threads, strict=True)
            _wait([event for event, thread in pairs if thread.ident is not None])
            for thread in threads:
                if thread.ident is not None:
                    thread.join()
            break
        except BaseException as error:
            interrupt = error
    if interrupt is not None:
        raise interrupt


def run_ranges(
    workers: int, total: int, size: int, task: Callable[[int, int], None]
) -> None:
    """
    Call ``task(first, last)`` for consecutive ranges of 0..total-1, on threads.

    Threads take the ranges in order. After an exception or Ctrl-C every thread
    finishes its range and stops, as in `run`.

    Parameters
    ----------
    workers : int
        Number of threads.
    total, size : int
        Length of the whole range, and of one range at most.
    task : callable
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


def _wait(
    events: list[threading.Event],
    stop: threading.Event | None = None,
    poll: Callable[[], bool] | None = None,
) -> None:
    """Wait until all events are set; unlike join(), it can be repeated after Ctrl-C."""
    for event in events:
        while not event.wait(0.1):  # on Windows Ctrl-C cannot interrupt a long wait
            if poll is None or stop is None or stop.is_set():
                continue
            if poll():
                stop.set()
