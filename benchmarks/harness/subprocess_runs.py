"""
Start child processes.

A measurement in its own process has its own threads, memory and imports. Other
measurements can't affect them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import w2vfast

#: One BLAS thread: the others would spin while they wait, and count as CPU time.
ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)


def environment(*folders: Path) -> dict[str, str]:
    """Return an environment in which children import this w2vfast, and `folders`."""
    paths = [
        *map(str, folders),
        str(Path(w2vfast.__file__).parents[1]),
        os.environ.get("PYTHONPATH", ""),
    ]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def run_in_process(module: str, task: dict[str, Any], name: str) -> Any:
    """
    Run a task in a child process with one BLAS thread.

    Parameters
    ----------
    module : str
        A module with a class `Task` and a function `run`, such as
        "harness.scaling_task".
    task : dict
        The arguments of `Task`; JSON must be able to hold them.
    name : str
        Name of the task in the error message.

    Returns
    -------
    object
        What `run` returned, after a round trip through JSON.

    Raises
    ------
    SystemExit
        If the child process fails.
    """
    env = environment(Path(__file__).resolve().parents[1]) | ONE_THREAD
    # -P: a w2vfast in the current folder must not replace the imported one.
    words = [sys.executable, "-P", "-m", "harness.child", module, json.dumps(task)]
    done = subprocess.run(
        words, stdout=subprocess.PIPE, text=True, env=env, check=False
    )
    if done.returncode:
        raise SystemExit(f"{name} failed with status {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])
