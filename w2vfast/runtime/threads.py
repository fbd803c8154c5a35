"""Run a function on several threads, and stop all of them together."""

from __future__ import annotations

import os
import threading
import warnings
from _thread import start_new_thread
from collections.abc import Callable
from functools import wraps
from queue import Empty, SimpleQueue
from typing import ParamSpec, TypeVar

from w2vfast.wording import counted

P = ParamSpec("P")
Result = TypeVar("Result")


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
            "for all cores available"
        )
    if workers < 1:
        raise ValueError(
            f"workers={workers}: expected 1 or more threads, such as "
            f"workers={available()} for all cores available"
        )
    if workers > most_workers():
        warnings.warn(
            f"workers={workers}: {counted(most_workers(), 'thread')} are used, the "
            f"most for {counted(available(), 'core')}; one for each core is enough: "
            f"pass workers={available()}",
            UserWarning,
            stacklevel=1,  # one place, so that one run warns once
        )
    return min(int(workers), most_workers())


class StopFlag:
    """
    Tells threads to stop: a `threading.Event` that nothing waits for, without a lock.

    Ctrl-C in the main thread, just after the lock of an event is taken, leaves it
    locked. `set` would then wait for it forever.
    """

    def __init__(self) -> None:
        self._is_set = False

    def is_set(self) -> bool:
        """Return whether the threads have to stop."""
        return self._is_set

    def set(self) -> None:
        """Let the threads stop."""
        self._is_set = True


def run(
    workers: int,
    work: Callable[[StopFlag], None],
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
        or early when the flag `stop` is set.
    poll : callable, optional
        Called in the calling thread, ten times a second. If it returns True, `stop`
        is set.
    """
    group = _Group(workers, work)
    try:
        try:
            start_new_thread(group.start, ())
            group.wait(poll)
        finally:
            _stop_all(group)
    finally:
        _stop_all(group)  # again, if Ctrl-C came just before its loop
    if group.errors:
        raise group.errors[0]


def _stop_all(group: _Group) -> None:
    """Wait until all threads have ended, even if Ctrl-C comes again meanwhile."""
    interrupt: BaseException | None = None
    while True:
        try:
            group.finish()
            break
        except BaseException as error:
            interrupt = error
    if interrupt is not None:
        raise interrupt


class _Group:
    """
    Threads that call the same function.

    Ctrl-C can come at any instruction of the caller, which is usually the main thread.
    `Thread.start`, `Thread.join`, events and conditions take locks in Python code, and
    an interrupt in there leaves them locked: the threads would wait forever. In the
    destructor of a `Thread` Python ignores it. So another thread makes and starts the
    threads, and `wait` and `finish` take no lock: not even ``with lock`` is safe in
    CPython 3.14. A thread first adds itself to `_begun` and then looks at the flag; the
    caller sets the flag and then looks at `_begun`. So a thread that begins late either
    is waited for or does nothing.

    Parameters
    ----------
    workers : int
        Number of threads.
    work : callable
        Called with the flag `stop`.

    Attributes
    ----------
    errors : list of BaseException
        What `work` raised, in the order of time.
    """

    def __init__(self, workers: int, work: Callable[[StopFlag], None]) -> None:
        self.errors: list[BaseException] = []
        self._work = work
        self._stop = StopFlag()
        self._workers = workers
        self._begun: list[None] = []
        self._ended: list[None] = []
        self._ends: SimpleQueue[None] = SimpleQueue()

    def start(self) -> None:
        """Start the threads, on a thread of its own."""
        self._guard(self._start_on_thread)

    def wait(self, poll: Callable[[], bool] | None) -> None:
        """Wait until all threads have ended or one has failed, and call `poll`."""
        all_threads = self._workers + 1  # with that of `start`
        while len(self._ended) < all_threads and not self._stop.is_set():
            if not self._wait_briefly() and poll is not None and poll():
                self._stop.set()

    def finish(self) -> None:
        """Let the threads stop and wait for their ends; may be repeated."""
        self._stop.set()
        while len(self._ended) < len(self._begun):
            self._wait_briefly()

    def _wait_briefly(self) -> bool:
        """Wait for the end of a thread; return False if none came in 0.1 s."""
        try:
            self._ends.get(timeout=0.1)  # on Windows Ctrl-C cannot interrupt it
        except Empty:
            return False
        return True

    def _guard(self, function: Callable[[], None]) -> None:
        """Call a function on this thread, unless the threads have to stop."""
        self._begun.append(None)
        try:
            if not self._stop.is_set():
                function()
        except BaseException as error:
            self.errors.append(error)
            self._stop.set()
        finally:
            self._ended.append(None)
            self._ends.put(None)

    def _start_on_thread(self) -> None:
        call = (self._work_on_thread,)
        for _ in range(self._workers):
            threading.Thread(target=self._guard, args=call, daemon=True).start()

    def _work_on_thread(self) -> None:
        self._work(self._stop)


def uninterrupted(function: Callable[P, Result]) -> Callable[P, Result]:
    """
    Return a function that works on a thread, where Ctrl-C cannot interrupt it.

    After Ctrl-C the caller still waits for its end, and then raises KeyboardInterrupt.
    """

    @wraps(function)
    def call(*args: P.args, **keywords: P.kwargs) -> Result:
        results: list[Result] = []
        run(1, lambda _: results.append(function(*args, **keywords)))
        return results[0]

    return call


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

    def work(stop: StopFlag) -> None:
        while not stop.is_set():
            with lock:
                first = next(firsts, None)
            if first is None:
                return
            task(first, min(total, first + size))

    run(workers, work)
