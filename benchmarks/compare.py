"""
Compare w2vfast with every installed peer: speed, memory and quality.

Each run has its own process. Contenders take turns (A B A B), so that other load on
the machine affects all of them. Writes compare.md, compare.json and compare.svg.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

from harness.chart import Bar, bar_chart
from harness.conditions import conditions, described
from harness.measure import spread
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
    BOTH,
    DIFFERENCES,
    NEGATIVE_SAMPLING,
    PEER_LOSSES,
    PEERS,
    installed,
)
from harness.peers.runs import train_in_process
from harness.peers.task import Outcome, Task
from harness.plain_text import plain_text
from harness.report import MISSING, note, number, plural, save, table
from harness.scores import NAMES, Scores, cells, means
from w2vfast import Corpus
from w2vfast.training.parameters import ARCHITECTURES, DEFAULT_ALPHA, LOSSES

HEAD = [
    *("architecture, d", "loss", "contender", "words / CPU s", "spread", "speed-up"),
    *("wall s", "scan s", "peak MB", *NAMES),
]


@dataclass(frozen=True)
class Row:
    """The results of one contender in one setting, over all rounds."""

    setting: str
    loss: str
    contender: str
    words_per_cpu_second: float
    spread: float
    #: Median over the rounds of its speed / the first peer's speed.
    times: float | None
    wall_seconds: float
    scan_wall_seconds: float
    scan_cpu_seconds: float
    peak_mb: float | None
    scores: Scores
    runs: list[Outcome]


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, compare, and write the results."""
    options = _parser().parse_args(arguments)
    facts = conditions()
    with plain_text(options.corpus) as corpus:
        tokens = int(Corpus(corpus).vocabulary(options.min_count).counts.sum())
        facts |= {"corpus": Path(options.corpus).name, "tokens": tokens}
        rows: list[Row] = []
        for setting in product(options.losses, options.architectures, options.dims):
            tasks = _tasks(options, str(corpus), *setting)
            rows += compare(tasks, tokens, options.rounds)
            text = markdown(facts, options, rows)
            save(options, "compare", text, facts, rows, drawing(facts, options, rows))
    print(text)


def compare(tasks: dict[str, Task], tokens: int, rounds: int) -> list[Row]:
    """Run all contenders in turn, `rounds` times with seeds from 1."""
    runs: dict[str, list[Outcome]] = {name: [] for name in tasks}
    for seed in range(1, rounds + 1):
        for name, task in tasks.items():
            found = train_in_process(replace(task, seed=seed))
            runs[name].append(found)
            speed = tokens * task.epochs / found.train.cpu
            where = f"{task.loss} {task.architecture} d={task.vector_size} round {seed}"
            note(f"{where}: {name}, {speed:,.0f} words per CPU second, {found.scores}")
    baseline = next((runs[name] for name in PEERS if name in runs), None)
    return [_row(name, tasks[name], runs[name], baseline, tokens) for name in tasks]


def _row(
    name: str, task: Task, runs: list[Outcome], base: list[Outcome] | None, tokens: int
) -> Row:
    speeds = [tokens * task.epochs / run.train.cpu for run in runs]
    pairs = zip(runs, base or (), strict=base is not None)
    times = [theirs.train.cpu / ours.train.cpu for ours, theirs in pairs]
    peaks = [run.peak_mb for run in runs if run.peak_mb is not None]
    return Row(
        setting=f"{task.architecture}, {task.vector_size}",
        loss=task.loss,
        contender=name,
        words_per_cpu_second=statistics.median(speeds),
        spread=spread(speeds),
        times=statistics.median(times) if times else None,
        wall_seconds=statistics.median(run.train.wall for run in runs),
        scan_wall_seconds=statistics.median(run.scan.wall for run in runs),
        scan_cpu_seconds=statistics.median(run.scan.cpu for run in runs),
        peak_mb=max(peaks, default=None),
        scores=means(run.scores for run in runs),
        runs=runs,
    )


def markdown(
    facts: dict[str, Any], options: argparse.Namespace, rows: list[Row]
) -> str:
    """Return the table and the explanation of its columns."""
    peers = dict.fromkeys(r.contender for r in rows if r.contender in DIFFERENCES)
    differ = "".join(f"- {peer} {DIFFERENCES[peer]}.\n" for peer in peers)
    return (
        f"# w2vfast and its peers\n\n{_about(facts, options)}. Medians of "
        f"{plural(options.rounds, 'round')}; contenders take turns; seeds from 1. "
        "Words: words of the corpus after min_count × epochs, per CPU second of "
        "training, all threads. Spread: (largest - smallest) / median. Speed-up: "
        "speed / speed of the setting's first peer, median of the rounds. Wall: "
        "training. Scan: everything before training, wall time. Scores: means of the "
        "rounds.\n\n"
        f"{table(HEAD, map(_cells, rows))}\n{_alphas(options, rows)}{differ}\n"
        f"{described(facts)}"
    )


def _alphas(options: argparse.Namespace, rows: list[Row]) -> str:
    """Name the settings in which the default alpha of w2vfast is another one."""
    other = [
        f"{alpha:g} for {architecture} with {loss.replace('_', ' ')}"
        for loss in dict.fromkeys(row.loss for row in rows)
        for architecture, alpha in DEFAULT_ALPHA[loss].items()
        if architecture in options.architectures and alpha != options.alpha
    ]
    if not other:
        return ""
    return (
        f"- alpha is {options.alpha:g} for every contender and architecture. By "
        f"default, w2vfast takes {', '.join(other)}.\n"
    )


def drawing(facts: dict[str, Any], options: argparse.Namespace, rows: list[Row]) -> str:
    """Return the chart: bars show the speed, their labels the quality."""
    groups: dict[str, list[Bar]] = {}
    for row in rows:
        label = f"{row.words_per_cpu_second / 1e6:.2f} M"
        label += "" if row.times is None else f" · {row.times:.1f}×"
        scores = dict(zip(NAMES, cells(row.scores), strict=True))
        shown = [f"{n} {scores[n]}" for n in ("MEN", "Google") if n in row.scores]
        bar = Bar(row.contender, row.words_per_cpu_second, " · ".join([label, *shown]))
        heading = row.setting.replace(", ", ", d = ")
        if row.loss != NEGATIVE_SAMPLING:
            heading += f", {row.loss.replace('_', ' ')}"
        groups.setdefault(heading, []).append(bar)
    return bar_chart("Words per CPU second", _about(facts, options), groups)


def _about(facts: dict[str, Any], options: argparse.Namespace) -> str:
    has_negatives = {NEGATIVE_SAMPLING, BOTH} & {*options.losses}
    negative = f", negative {options.negative}" if has_negatives else ""
    return (
        f"{facts['corpus']}, {facts['tokens'] / 1e6:.1f} M words, epochs "
        f"{options.epochs}, window {options.window}{negative}, "
        f"sample {options.sample:g}, alpha {options.alpha:g}, workers "
        f"{options.workers}{extra_text(options)}"
    )


def _cells(row: Row) -> list[str]:
    return [
        row.setting,
        row.loss,
        row.contender,
        f"{row.words_per_cpu_second:,.0f}",
        f"{row.spread:.1%}",
        MISSING if row.times is None else f"{row.times:.2f}×",
        f"{row.wall_seconds:.1f}",
        f"{row.scan_wall_seconds:.2f}",
        number(row.peak_mb, ".0f"),
        *cells(row.scores),
    ]


def _tasks(
    options: argparse.Namespace, corpus: str, loss: str, architecture: str, d: int
) -> dict[str, Task]:
    shared = {name: getattr(options, name) for name in _SHARED}
    extra = dict(options.set)
    ours = Task("w2vfast", corpus, architecture, loss, d, **shared, extra=extra)
    tasks = {
        "w2vfast" if build == "auto" else f"w2vfast {build}": replace(
            ours, kernels=build
        )
        for build in options.kernels
    }
    for peer in options.peers:
        if loss not in PEER_LOSSES[peer]:
            note(f"{peer} has no {loss} and is left out")
        elif not installed(peer):
            note(f"{peer} is not installed and is left out")
        else:
            tasks[peer] = replace(ours, contender=peer, extra={})
    return tasks


_SHARED = (*TRAINING, "negative", "alpha", "eval")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add_corpus(parser)
    add("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    add("--kernels", nargs="+", default=["auto"], help="builds of w2vfast, a row each")
    add("--dims", nargs="+", type=int, default=[100, 300], help="vector sizes")
    add("--architectures", nargs="+", choices=ARCHITECTURES, default=ARCHITECTURES)
    add("--losses", nargs="+", choices=LOSSES, default=[NEGATIVE_SAMPLING])
    add_training(parser)
    add("--rounds", type=int, default=3, help="round n has seed n")
    add("--negative", type=int, default=5)
    alpha = "for every contender and architecture; default: %(default)s"
    add("--alpha", type=float, default=0.025, help=alpha)
    add_eval(parser)
    add_extra(parser)
    add_output(parser)
    return parser


if __name__ == "__main__":
    main()
