"""Wall and CPU seconds of each phase of a model."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple


class Seconds(NamedTuple):
    """
    A duration.

    Attributes
    ----------
    wall : float
        Elapsed seconds.
    cpu : float
        CPU seconds of all threads of the process.
    """

    wall: float
    cpu: float


class Timings(dict[str, Seconds]):
    """The seconds of each phase by name, in the order in which the phases started."""

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Add the duration of this context to a phase, unless an exception ends it."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        before = self.get(name, Seconds(0, 0))
        self[name] = Seconds(before.wall + wall, before.cpu + cpu)

    def table(self) -> list[str]:
        """Return the lines of a table: a header, then one line per phase."""
        lines = [f"{'phase':10} {'wall s':>9} {'CPU s':>9}"]
        for name, spent in self.items():
            lines.append(f"{name:10} {spent.wall:9.3f} {spent.cpu:9.3f}")
        return lines


def since_start() -> Seconds:
    """
    Return how long this process has run.

    Linux reports the start time to 10 ms. On other systems both values are the CPU
    time, which is correct unless the process waited.
    """
    cpu = time.process_time()
    try:
        stat = Path("/proc/self/stat").read_text()
        ticks = int(
            stat.rpartition(")")[2].split()[19]
        )  # field 22; the name ends at the last )
        started = ticks / os.sysconf("SC_CLK_TCK")
        return Seconds(time.clock_gettime(time.CLOCK_BOOTTIME) - started, cpu)
    except (OSError, AttributeError, ValueError):
        return Seconds(cpu, cpu)
