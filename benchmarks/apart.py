"""Measure in a process of its own: no other trainer's threads, memory or imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import w2vfast

#: BLAS threads that only wait would count as CPU time.
ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)


def environment() -> dict[str, str]:
    """Return the environment in which this package is imported."""
    paths = [str(Path(w2vfast.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def run_in_process(script: str, work: dict[str, Any], name: str) -> Any:
    """
    Run a script of this folder with one BLAS thread, and this package.

    Parameters
    ----------
    script : str
        Takes the work as JSON, its only argument, and prints what it found as JSON,
        on its last line.
    work : dict
    name : str
        What to call the work if it fails.

    Raises
    ------
    SystemExit
        If the script fails.
    """
    env = environment() | ONE_THREAD
    words = [sys.executable, str(Path(__file__).with_name(script)), json.dumps(work)]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, env=env)
    if done.returncode:
        raise SystemExit(f"{name} failed with status {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])


def memory_mb(line: str = "VmHWM:") -> float | None:
    """Return the most memory this process has had (VmRSS: has), in MB; Linux only."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    lines = [text.split() for text in status.read_text().splitlines()]
    return next((int(x[1]) / 1024 for x in lines if x and x[0] == line), None)
