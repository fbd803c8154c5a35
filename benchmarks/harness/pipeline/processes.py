"""Run programs to their end; measure their time and memory, imports included."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

from harness.peers.registry import installed
from harness.subprocess_runs import environment

#: Code for `python -c`, to measure how long imports take.
IMPORTS = ("pass", "import numpy", "import w2vfast", "import gensim")
#: Code that a program ends with, to print its largest memory. `os.wait4` also returns
#: this value, but never less than the memory of the parent when it started the child.
PEAK = """
import pathlib, sys
status = pathlib.Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else []
print(*(line for line in lines if "VmHWM" in line), file=sys.stderr)
"""


class Spent(NamedTuple):
    """
    The cost of a process from its start to its end.

    Attributes
    ----------
    wall, cpu : float
        Seconds.
    peak_mb : float or None
        MB (1,000,000 bytes); None if the process didn't print it.
    errors : str
        Its standard error.
    """

    wall: float
    cpu: float
    peak_mb: float | None
    errors: str


def run(words: list[str]) -> Spent:
    """
    Run a program to its end.

    Raises
    ------
    SystemExit
        If the program fails.
    """
    before = time.perf_counter()
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(words, stderr=errors, env=_environment())
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - before
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        printed = errors.read()
    if process.returncode:
        raise SystemExit(f"{words[:2]} failed: {printed}")
    kilobytes = re.search(r"VmHWM:\s+(\d+) kB", printed)
    peak = int(kilobytes[1]) * 1024 / 1e6 if kilobytes else None
    return Spent(wall, used.ru_utime + used.ru_stime, peak, printed)


def measure_starts(rounds: int) -> dict[str, tuple[float, float]]:
    """
    Start Python with each import in turn.

    Returns
    -------
    dict of str to (float, float)
        Median wall and CPU milliseconds, by the code that was run.
    """
    spent: dict[str, list[Spent]] = {}
    for turn in range(rounds + 1):
        for code in IMPORTS:
            if code.endswith("gensim") and not installed("gensim"):
                continue
            one = run([sys.executable, "-P", "-c", code])
            if turn:  # the first start may compile Python files
                spent.setdefault(code, []).append(one)
    return {
        code: (
            1e3 * statistics.median(one.wall for one in found),
            1e3 * statistics.median(one.cpu for one in found),
        )
        for code, found in spent.items()
    }


def _environment() -> dict[str, str]:
    kept = environment()
    # With this variable, Python would compile every module again in each process.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept
