"""Keep workers out of a model while other code reads it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:

    class RLock:
        """What `_thread.RLock` has; type checkers believe that it is final."""

        def acquire(self, blocking: bool = True) -> bool: ...  # noqa: D102
        def release(self) -> None: ...  # noqa: D102
        def _is_owned(self) -> bool: ...
        def __enter__(self) -> bool: ...
        def __exit__(
            self,
            kind: type[BaseException] | None,
            error: BaseException | None,
            trace: TracebackType | None,
        ) -> None: ...

else:
    from _thread import RLock


class PauseGate:
    """
    A lock with two sides: several workers at a time, or several readers at a time.

    Workers change a model inside ``with gate.working():``, for one kernel call at a
    time. Readers read it inside ``with gate.paused():``. A pause waits until every
    worker has left `working`. Until all pauses have ended, no worker enters again.

    Any code may start a pause: another thread, a callback, a worker inside its own
    `working`, or a signal handler.

    Notes
    -----
    A signal handler can interrupt a method of this class at any instruction, and then
    start a pause in the same thread. A lock inside the gate could be held at that
    moment, and the handler would wait for it forever. So the gate has no such lock.
    Instead each worker and each pause takes three steps:

    1. It makes a lock of its own, which it holds until it has finished.
    2. It adds the lock to the dictionary of its side, `_working` or `_pauses`.
    3. It looks at the dictionary of the other side, and waits for the locks there.

    If a worker and a pause start at the same time, at least one of them finds the
    other, because both add before they look. If each finds the other, the worker gives
    way: it removes its lock, waits for the pause, and starts again.

    Threads that wait for each other inside `working`, for instance at a barrier, must
    share one `working`, which one of them enters for all. Otherwise a pause could
    keep one of them out, and the others would wait for it forever.

    Attributes
    ----------
    turns : int
        Increases whenever a worker enters. While it stays the same, so does the model.

    Examples
    --------
    >>> gate = PauseGate()
    >>> with gate.working():
    ...     gate.turns
    1
    >>> with gate.paused():
    ...     gate.turns
    1
    """

    def __init__(self) -> None:
        self.turns: int = 0
        self._working: dict[int, threading.Lock] = {}  # by thread
        self._pauses: dict[_Pause, None] = {}
        self._claim = _Claim()
        self._process = os.getpid()

    def __reduce__(self) -> tuple[type[PauseGate], tuple[()]]:
        """Copy as a new gate: no thread works on a copy of a model."""
        return PauseGate, ()

    def claimed(self) -> AbstractContextManager[object]:
        """
        Return a context that reserves the gate for the workers of one `train`.

        Raises
        ------
        RuntimeError
            On entry if it is reserved already, here if this process was forked while
            a worker worked.
        """
        self._check_process()
        return self._claim

    @contextmanager
    def working(self) -> Iterator[None]:
        """Wait for the end of all pauses, then keep new ones from beginning."""
        if threading.get_ident() in self._working:
            yield  # part of the caller's work
            return
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def paused(self) -> AbstractContextManager[object]:
        """
        Return a context that begins when no worker works, and keeps workers out.

        Raises
        ------
        RuntimeError
            If this process was forked while a worker worked.
        """
        self._check_process()
        for pause in list(self._pauses):
            if pause.thread == threading.get_ident() and not pause.is_mine():
                self._pauses.pop(pause, None)
        return self._suspended() if self._leave() else _Pause(self)

    @contextmanager
    def _suspended(self) -> Iterator[None]:
        """Pause inside the `working` of this thread, which `paused` has left."""
        try:
            with _Pause(self):
                yield
        finally:
            self._enter()

    def _enter(self) -> None:
        """Announce a worker; leave and wait while there are pauses."""
        self._check_process()
        while True:
            lock = threading.Lock()
            lock.acquire()
            self._working[threading.get_ident()] = lock
            pauses = [p for p in list(self._pauses) if not self._is_over(p)]
            if not pauses:
                break
            self._leave()
            pauses[0].acquire()
            pauses[0].release()
        self.turns += 1

    def _leave(self) -> bool:
        """End the work of this thread; return whether there was any."""
        lock = self._working.pop(threading.get_ident(), None)
        if lock is None:
            return False
        lock.release()
        return True

    def announce(self, pause: _Pause) -> None:
        """Keep workers from entering until the pause is over; wait for the others."""
        self._pauses[pause] = None
        while locks := list(self._working.values()):
            with locks[0]:
                pass

    def _is_over(self, pause: _Pause) -> bool:
        """Return whether a pause of another thread is over; if so, forget it."""
        if not pause.acquire(blocking=False):
            return False
        pause.release()
        self._pauses.pop(pause, None)
        return True

    def _check_process(self) -> None:
        """
        Forget the threads of the process that this one was forked from.

        Raises
        ------
        RuntimeError
            If a worker was in a kernel call at that time: the copy of the model then
            mixes several moments.
        """
        if self._process == os.getpid():
            return
        if self._working:
            raise RuntimeError(
                "this process was forked while train() changed the model in the parent "
                "process, so its copy of the model is incomplete: save the model in "
                "the parent and load the file here, or fork in a callback"
            )
        self._pauses = {pause: None for pause in self._pauses if pause.is_mine()}
        if not self._claim.is_mine():
            self._claim = _Claim()
        self._process = os.getpid()


class _Held(RLock):
    """
    A lock as a context, with an exit that KeyboardInterrupt cannot prevent.

    A method `__exit__` in Python could be interrupted before its first instruction.
    The exit of this class is the lock's own release, in C.
    """

    def is_mine(self) -> bool:
        """Return whether this thread holds the lock."""
        return self._is_owned()


class _Claim(_Held):
    """The right to train a model: one thread at a time, and not again inside."""

    def __enter__(self) -> bool:
        if self.is_mine() or not self.acquire(blocking=False):
            raise RuntimeError(
                "train() was called while another train() of this model runs, in "
                "another thread or around this callback: wait until it has returned, "
                "or train a copy, copy.deepcopy(model)"
            )
        return True


class _Pause(_Held):
    """A pause, which begins at the entry and is over when the lock is released."""

    def __init__(self, gate: PauseGate) -> None:
        self.thread: int = threading.get_ident()
        self._gate = gate

    def __enter__(self) -> bool:
        try:
            self.acquire()
            self._gate.announce(self)
        except BaseException:
            if self.is_mine():
                self.release()
            raise
        return True
