"""A gate that keeps workers out of a model while another thread reads it."""

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
    Lets threads change a model, or others read it, never both at the same time.

    A worker changes the model inside ``with gate.working():``, for one kernel call at a
    time. Any other code reads it inside ``with gate.paused():``. A pause begins when
    every worker has left `working`, and no worker enters again until it ends. Several
    pauses may overlap, because readers do not disturb each other.

    A pause may begin anywhere: in another thread, in a callback, in a worker, even
    inside its `working`, or in a signal handler. A signal handler interrupts the main
    thread at any instruction, possibly inside a method of this class. So no method
    holds a lock that another method needs. Workers and pauses announce themselves
    first and look for the other side afterwards: at least one of two then sees the
    other. Each of them holds a lock of its own, so that others can wait for it.

    Threads that wait for each other inside `working`, for instance at a barrier, must
    share one `working`, which one of them enters for all.

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
        self.turns = 0
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
        self.thread = threading.get_ident()
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
