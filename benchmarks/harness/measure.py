"""Measure CPU time, wall time and memory of this process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Seconds(NamedTuple):
    """CPU seconds of all threads of a process, and wall seconds."""

    cpu: float
    wall: float

    def minus(self, other: Seconds) -> Seconds:
        """Return the difference."""
        return Seconds(self.cpu - other.cpu, self.wall - other.wall)


def timed(call: Callable[[], T]) -> tuple[T, Seconds]:
    """Call a function; return its result and the seconds that the call took."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = call()
    return result, Seconds(time.process_time() - cpu, time.perf_counter() - wall)


def spread(values: Sequence[float]) -> float:
    """Return (largest - smallest) / median."""
    return (max(values) - min(values)) / statistics.median(values)


def memory_mb(line: str = "VmHWM:") -> float | None:
    """
    Return resident memory of this process in MB (1,048,576 bytes).

    Parameters
    ----------
    line : str
        "VmHWM:" is the largest value so far, "VmRSS:" the current value.

    Returns
    -------
    float or None
        None if the system is not Linux.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    lines = [text.split() for text in status.read_text().splitlines()]
    return next((int(x[1]) / 1024 for x in lines if x and x[0] == line), None)
