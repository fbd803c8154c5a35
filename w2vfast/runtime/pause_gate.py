"""Keep workers out of a model while other code reads it."""

from __future__ import annotations

import os
import threading
from contextlib import AbstractContextManager

from w2vfast.runtime._holds import Claim, Pause, Work


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
    A signal handler can interrupt code that holds a lock, and then start a pause in
    the same thread, which would wait for the lock forever. So the gate has no lock of
    its own. Instead each worker and each pause takes three steps:

    1. It makes a lock of its own, which it holds until it has finished.
    2. It adds the lock to the dictionary of its side, `workers` or `pauses`.
    3. It looks at the dictionary of the other side, and waits for the locks there.

    If a worker and a pause start at the same time, at least one of them finds the
    other, because both add before they look. If each finds the other, the worker gives
    way: it removes its lock, waits for the pause, and starts again.

    A handler can also raise an exception, as Ctrl-C does, at any instruction of Python.
    The contexts are compiled, so none comes between two of their steps; see `_holds`.

    Threads that wait for each other inside `working`, for instance at a barrier, must
    share one `working`, which one of them enters for all. Otherwise a pause could
    keep one of them out, and the others would wait for it forever.

    Attributes
    ----------
    turns : int
        Increases whenever a worker enters. While it stays the same, so does the model.
    workers : dict
        The lock of each thread that works. Only contexts change it.
    pauses : dict
        The thread of each pause, by the pause's lock. Only contexts change it.
    claim : lock
        Held while the gate is claimed.
    claimant : int or None
        The thread that claimed it.

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
        self.workers: dict[int, threading.Lock] = {}
        self.pauses: dict[threading.Lock, int] = {}
        self.claim: threading.Lock = threading.Lock()
        self.claimant: int | None = None
        self._process = os.getpid()

    def __reduce__(self) -> tuple[type[PauseGate], tuple[()]]:
        """Copy as a new gate: no thread works on a copy of a model."""
        return PauseGate, ()

    @property
    def is_claimed(self) -> bool:
        """Whether a thread of this process has claimed the gate."""
        here = self._process == os.getpid() or self.claimant == threading.get_ident()
        return here and self.claim.locked()

    def claimed(self) -> AbstractContextManager[None]:
        """
        Return a context that reserves the gate for the workers of one `train`.

        Raises
        ------
        RuntimeError
            On entry if it is reserved already, here if this process was forked while
            a worker worked.
        """
        self._check_process()
        return Claim(self)

    def working(self) -> AbstractContextManager[None]:
        """
        Return a context that waits for the end of all pauses, then keeps new ones out.

        Inside another `working` of the same thread it is a part of that one.

        Raises
        ------
        RuntimeError
            If this process was forked while a worker worked.
        """
        self._check_process()
        return Work(self)

    def paused(self) -> AbstractContextManager[None]:
        """
        Return a context that begins when no worker works, and keeps workers out.

        Inside `working` of the same thread it suspends that work. Work of the thread
        inside its own pause does not wait for the pause.

        Raises
        ------
        RuntimeError
            If this process was forked while a worker worked.
        """
        self._check_process()
        return Pause(self)

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
        if self.workers:
            raise RuntimeError(
                "this process was forked while train() changed the model in the parent "
                "process, so its copy of the model is incomplete: save the model in "
                "the parent and load the file here, or fork in a callback"
            )
        thread = threading.get_ident()
        self.pauses = {lock: x for lock, x in self.pauses.items() if x == thread}
        if self.claimant != thread:
            self.claim, self.claimant = threading.Lock(), None
        self._process = os.getpid()
