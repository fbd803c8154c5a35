"""What each phase of making a model took."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple


class Seconds(NamedTuple):
    """
    A span of time.

    Attributes
    ----------
    wall : float
        Seconds on the clock.
    cpu : float
        CPU seconds of the process, all its threads together.
    """

    wall: float
    cpu: float


class Timings(dict[str, Seconds]):
    """The seconds of each phase by its name, in the order in which phases began."""

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Add what happens in this context to a phase; nothing if it fails."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        before = self.get(name, Seconds(0, 0))
        self[name] = Seconds(before.wall + wall, before.cpu + cpu)

    def table(self) -> list[str]:
        """Return lines with a head, the phases and nothing else."""
        lines = [f"{'phase':10} {'wall s':>9} {'CPU s':>9}"]
        for name, spent in self.items():
            lines.append(f"{name:10} {spent.wall:9.3f} {spent.cpu:9.3f}")
        return lines


def since_start() -> Seconds:
    """
    Return how long this process has run.

    Linux tells when it began, to 10 ms. Elsewhere the clock is taken to have run as
    long as the CPU, which is right for a start-up that waits for nothing.
    """
    cpu = time.process_time()
    try:
        stat = Path("/proc/self/stat").read_text()
        ticks = int(stat.rpartition(")")[2].split()[19])  # after the name: field 22
        began = ticks / os.sysconf("SC_CLK_TCK")
        return Seconds(time.clock_gettime(time.CLOCK_BOOTTIME) - began, cpu)
    except (OSError, AttributeError, ValueError):
        return Seconds(cpu, cpu)
