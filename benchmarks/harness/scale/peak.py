"""The largest resident and the largest anonymous memory during a call (Linux)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self, TypeVar

from harness.measure import memory_mb, timed

T = TypeVar("T")

_INTERVAL = 0.01  # seconds between two looks at the anonymous memory
#: Writing "5" resets VmHWM to the present size.
_RESET = Path("/proc/self/clear_refs")


class Spent(NamedTuple):
    """
    The cost of a call.

    Attributes
    ----------
    wall, cpu : float
        Seconds.
    resident, anonymous : float
        MB (1,048,576 bytes) at the highest point. Resident memory includes mapped
        files, which the system can drop at any time; anonymous memory is the rest.
    """

    wall: float
    cpu: float
    resident: float
    anonymous: float


class AnonymousPeak:
    """Look at the anonymous memory of this process in a thread, until the end."""

    def __init__(self) -> None:
        self.mb = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._stop.wait(_INTERVAL):
            self._look()

    def _look(self) -> None:
        self.mb = max(self.mb, memory_mb("RssAnon:") or 0.0)


def spent(call: Callable[[], T]) -> tuple[T, Spent]:
    """Call a function; return its result and its cost."""
    if _RESET.exists():
        _RESET.write_text("5")
    with AnonymousPeak() as peak:
        result, seconds = timed(call)
    resident = memory_mb() or 0.0
    return result, Spent(seconds.wall, seconds.cpu, resident, peak.mb)
