"""
Measure how long w2vfast takes to reach the quality of a peer.

A peer trains once a round with its usual parameters. w2vfast trains with several
learning rates and numbers of epochs. Each run has its own process, and runs take
turns. Writes equal_quality.md and equal_quality.json.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

from harness.conditions import conditions, described
from harness.options import (
    TRAINING,
    add_corpus,
    add_eval,
    add_extra,
    add_output,
    add_training,
    extra_text,
)
from harness.peers.registry import (
    DIFFERENCES,
    NEGATIVE_SAMPLING,
    PEER_LOSSES,
    PEERS,
    installed,
)
from harness.peers.runs import train_in_process
from harness.peers.task import Outcome, Task
from harness.plain_text import plain_text
from harness.report import MISSING, note, plural, save, table
from harness.scores import NAMES, Scores, cells, means
from w2vfast.training.parameters import ARCHITECTURES, LOSSES

#: A score is equal if it is at most this much lower: the noise of three seeds.
NOISE = 0.015
HEAD = (
    *("contender", "alpha", "epochs", "wall s", "CPU s", "total s", "speed-up"),
    *(*NAMES, "worse than the peer in"),
)


@dataclass(frozen=True)
class Row:
    """A setting: medians of its seconds, means of its scores."""

    contender: str
    alpha: float
    epochs: int
    wall_seconds: float
    cpu_seconds: float
    #: Wall seconds of scan and training.
    all_seconds: float
    #: Median over the rounds of the peer's wall time / its wall time.
    times: float
    scores: Scores
    #: Names of the scores that are more than NOISE below the peer's.
    short_of: list[str]
    runs: list[Outcome]


def main(options: argparse.Namespace) -> None:
    """Measure all settings."""
    if not installed(options.peer):
        raise SystemExit(
            f"{options.peer} is not installed; this benchmark compares w2vfast with "
            "it. Install it, or name another --peer"
        )
    if options.loss not in PEER_LOSSES[options.peer]:
        raise SystemExit(
            f"--loss {options.loss}: {options.peer} has only "
            f"{', '.join(PEER_LOSSES[options.peer])}"
        )
    facts = conditions() | {"corpus": Path(options.corpus).name}
    with plain_text(options.corpus) as corpus:
        rows = measure(_tasks(options, str(corpus)), options.rounds)
    text = markdown(facts, options, rows)
    save(options, "equal_quality", text, facts, rows)
    print(text)


def measure(tasks: Sequence[Task], rounds: int) -> list[Row]:
    """Run all tasks in turn with seeds from 1; the first task is the peer's."""
    runs: list[list[Outcome]] = [[] for _ in tasks]
    for seed in range(1, rounds + 1):
        for task, found in zip(tasks, runs, strict=True):
            found.append(train_in_process(replace(task, seed=seed)))
            note(
                f"round {seed}: {task.contender}, alpha {task.alpha:g}, {task.epochs} "
                f"epochs, {found[-1].train.wall:.1f} s, {found[-1].scores}"
            )
    return [_row(task, found, runs[0]) for task, found in zip(tasks, runs, strict=True)]


def markdown(
    facts: dict[str, Any], options: argparse.Namespace, rows: list[Row]
) -> str:
    """Return the table, and the fastest setting of equal quality."""
    peer = rows[0].contender
    return (
        f"# Time to equal quality\n\n{facts['corpus']}, {options.architecture}, "
        f"{options.loss.replace('_', ' ')}, d = {options.dim}, window "
        f"{options.window}, sample {options.sample:g}, workers {options.workers}"
        f"{extra_text(options)}. Medians of {plural(options.rounds, 'round')}; runs "
        "take turns; seeds from 1. Scores: means of the rounds. Wall, CPU: training "
        "alone. Total: wall time with reading and counting. Speed-up: the peer's wall "
        "time / wall time, median of the rounds. Worse than the peer in: scores more "
        f"than {NOISE} below the peer's (Google: {NOISE * 100:g} points).\n\n"
        f"{table(HEAD, map(_cells, rows))}\n{verdict(rows)}\n\n"
        f"- {peer} {DIFFERENCES[peer]}.\n\n{described(facts)}"
    )


def verdict(rows: Sequence[Row]) -> str:
    """Return a sentence that names the fastest setting as good as the peer."""
    peer, ours = rows[0], rows[1:]
    if not peer.scores:
        return "Nothing was scored: --eval names no folder with usable files."
    good = [row for row in ours if not row.short_of]
    if not good:
        return f"No setting is as good as {peer.contender} in every score."
    best = min(good, key=lambda row: row.wall_seconds)
    return (
        f"{len(good)} of {len(ours)} settings are as good as {peer.contender} in every "
        f"score. The fastest has alpha {best.alpha:g}, epochs {best.epochs}; it takes "
        f"{best.wall_seconds:.1f} s instead of {peer.wall_seconds:.1f} s: "
        f"{best.times:.1f} times as fast."
    )


def short_of(scores: Scores, wanted: Scores) -> list[str]:
    """Return the names of the scores that are lower than wanted by more than noise."""
    return [
        name
        for name, value in wanted.items()
        if name not in scores or scores[name] < value - NOISE
    ]


def _row(task: Task, runs: list[Outcome], peer: list[Outcome]) -> Row:
    found = means(run.scores for run in runs)
    return Row(
        *(task.contender, task.alpha, task.epochs),
        wall_seconds=statistics.median(run.train.wall for run in runs),
        cpu_seconds=statistics.median(run.train.cpu for run in runs),
        all_seconds=statistics.median(run.train.wall + run.scan.wall for run in runs),
        times=statistics.median(
            theirs.train.wall / ours.train.wall
            for ours, theirs in zip(runs, peer, strict=True)
        ),
        scores=found,
        short_of=short_of(found, means(run.scores for run in peer)),
        runs=runs,
    )


def _cells(row: Row) -> list[str]:
    return [
        row.contender,
        f"{row.alpha:g}",
        str(row.epochs),
        f"{row.wall_seconds:.2f}",
        f"{row.cpu_seconds:.2f}",
        f"{row.all_seconds:.2f}",
        f"{row.times:.2f}×",
        *cells(row.scores),
        ", ".join(row.short_of) or MISSING,
    ]


def _tasks(options: argparse.Namespace, corpus: str) -> list[Task]:
    shared = {name: getattr(options, name) for name in (*TRAINING, "negative", "eval")}
    setting = (options.architecture, options.loss, options.dim)
    theirs = Task(options.peer, corpus, *setting, **shared, alpha=options.peer_alpha)
    extra = dict(options.set)
    ours = [
        replace(theirs, contender="w2vfast", alpha=alpha, epochs=epochs, extra=extra)
        for epochs, alpha in product(options.our_epochs, options.alphas)
    ]
    return [theirs, *ours]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    add = parser.add_argument
    add_corpus(parser)
    add_eval(parser)
    add("--peer", choices=PEERS, default=PEERS[0])
    add("--peer-alpha", type=float, default=0.025)
    alphas = [0.025, 0.05, 0.075]
    add("--alphas", nargs="+", type=float, default=alphas, help="of w2vfast")
    add("--our-epochs", nargs="+", type=int, default=[2, 3, 4, 5], help="of w2vfast")
    add("--architecture", choices=ARCHITECTURES, default=ARCHITECTURES[0])
    add("--loss", choices=LOSSES, default=NEGATIVE_SAMPLING)
    add("--dim", type=int, default=100, help="vector size")
    add("--negative", type=int, default=5)
    add_training(parser)
    add("--rounds", type=int, default=3, help="round n has seed n")
    add_extra(parser)
    add_output(parser)
