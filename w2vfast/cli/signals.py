"""Signals that end the command: SIGTERM and SIGHUP act like Ctrl-C."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from w2vfast.runtime.stop_reasons import received_signals

_NAMES = ("SIGTERM", "SIGHUP")  # Windows has no SIGHUP


class Terminated(KeyboardInterrupt):
    """
    A signal asked the process to end.

    It is a KeyboardInterrupt, so threads stop and checkpoints are written in the same
    way as after Ctrl-C.

    Attributes
    ----------
    number : int
        The signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(f"signal {number}")
        self.number = number


@contextmanager
def termination_raises() -> Iterator[None]:
    """
    Raise `Terminated` in the block when a signal asks the process to end.

    Signals that are ignored, as nohup ignores SIGHUP, or have a handler stay so. Other
    threads than the main thread cannot set handlers, so nothing changes there.
    """
    numbers = []
    received_signals.clear()
    if threading.current_thread() is threading.main_thread():
        found = (getattr(signal, name, None) for name in _NAMES)
        numbers = [n for n in found if n and signal.getsignal(n) == signal.SIG_DFL]
    try:
        for number in numbers:
            signal.signal(number, _terminate)
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)


def exit_status(error: KeyboardInterrupt) -> int:
    """Return what a shell reports: 130 after Ctrl-C, 143 after SIGTERM."""
    if isinstance(error, Terminated):
        return 128 + error.number
    # Ray replaces `Terminated` by a plain KeyboardInterrupt.
    return 128 + int(received_signals[-1] if received_signals else signal.SIGINT)


def _terminate(number: int, _: FrameType | None) -> None:
    received_signals.append(number)
    raise Terminated(number)
