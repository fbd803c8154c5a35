"""Run a training task in a child process."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from harness.measure import Seconds, memory_mb
from harness.peers.task import Outcome, Task
from harness.peers.trainers import TRAINERS
from harness.scores import scores
from harness.subprocess_runs import run_in_process


def train_in_process(task: Task) -> Outcome:
    """Train and score in a new child process."""
    found = run_in_process(__name__, asdict(task), task.contender)
    found |= {name: Seconds(*found[name]) for name in ("scan", "train")}
    return Outcome(**found)


def run(task: Task) -> dict[str, Any]:
    """Train and score in this process; return an `Outcome` as a dict."""
    trained = TRAINERS[task.contender](task)
    peak = memory_mb()
    wv = trained.vectors()
    quality = scores(wv, task.eval)
    return asdict(
        Outcome(trained.scan, trained.train, peak, len(wv), quality, trained.detail)
    )
