"""
Measure how the cost grows with threads, vocabulary, vector size, window and negatives.

Each group varies one of them; the others keep their usual value. The corpus is
synthetic: words drawn in proportion to 1 / rank. Each run has its own process, and
points take turns. The time per useful operation shows a cliff: a jump in cost that the
arithmetic does not explain. Writes scaling.md, scaling.json and scaling.svg.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from harness.chart import Bar, bar_chart
from harness.conditions import conditions, described
from harness.measure import spread
from harness.options import add_output
from harness.report import note, plural, save, table
from harness.scaling_task import Task
from harness.subprocess_runs import run_in_process
from w2vfast.runtime import threads
from w2vfast.training.parameters import ARCHITECTURES

#: The parameter that each group varies, and the option with its points.
GROUPS = {
    "workers": "threads",
    "vocabulary": "vocabularies",
    "vector_size": "dims",
    "window": "windows",
    "negative": "negatives",
}
#: At a cliff, the time per operation is more than this times that of the point before.
CLIFF = 1.5
HEAD = (
    *("words / s", "spread", "cores", "speed"),
    *("GFLOP / M words", "time / operation", "cliff"),
)

Found = dict[str, float]


@dataclass(frozen=True)
class Row:
    """A point: medians of its rounds, relative to the usual point."""

    architecture: str
    group: str
    value: int
    words_per_second: float
    spread: float
    #: CPU seconds / wall seconds.
    cores: float
    #: Words per second / words per second of the usual point.
    speed: float
    operations_per_word: float
    #: Seconds of all threads per operation / the same at the usual point.
    time_per_operation: float
    cliff: bool
    runs: list[Found]


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, measure, and print the results."""
    options = _parser().parse_args(arguments)
    facts = conditions()
    rows: list[Row] = []
    for architecture in options.architectures:
        usual = Task(options.tokens, architecture)
        groups = {
            name: points(usual, name, getattr(options, option))
            for name, option in GROUPS.items()
        }
        runs = measure([task for g in groups.values() for task in g], options.rounds)
        for name, group in groups.items():
            before = None
            for task in group:
                before = _row(name, task, usual, runs, before)
                rows.append(before)
    text = markdown(facts, options, rows)
    save(options, "scaling", text, facts, rows, drawing(options, rows))
    print(text)


def points(usual: Task, name: str, values: Sequence[int]) -> list[Task]:
    """Return the tasks of a group in order, including the usual one."""
    if not values:
        return []
    every = sorted({*values, getattr(usual, name)})
    return [replace(usual, **{name: value}) for value in every]


def measure(tasks: Sequence[Task], rounds: int) -> dict[Task, list[Found]]:
    """Run all tasks in turn; a task of several groups runs once a round."""
    runs: dict[Task, list[Found]] = {task: [] for task in tasks}
    for number in range(rounds):
        for task, found in runs.items():
            found.append(
                run_in_process("harness.scaling_task", asdict(task), str(task))
            )
            note(f"round {number + 1}: {task}, {found[-1]}")
    return runs


def markdown(
    facts: dict[str, Any], options: argparse.Namespace, rows: list[Row]
) -> str:
    """Return a table for each group, and the explanation of the columns."""
    parts = []
    for heading, group in _grouped(rows).items():
        head = (group[0].group.replace("_", " "), *HEAD)
        body = [_cells(row) for row in group]
        parts.append(f"## {heading}\n\n{table(head, body)}\n")
    return (
        f"# How the cost grows\n\n{_about(options)} Medians of "
        f"{plural(options.rounds, 'round')}; points take turns. The usual point of "
        "each group has speed 1.00. Words: per CPU second; in the group of threads "
        "per wall second. Cores: CPU seconds / wall seconds; fewer than threads means "
        "that other programs used the machine. Speed: relative to the usual point. "
        "Operations: three products of 2 d for each score that is trained, d padded. "
        "Time / operation: seconds × threads / operations, relative to the usual "
        "point; 1.00 everywhere means that the cost grows as the arithmetic does. "
        f"Cliff: more than {CLIFF} times the value in the line above.\n\n"
        f"{''.join(parts)}{described(facts)}"
    )


def drawing(options: argparse.Namespace, rows: list[Row]) -> str:
    """Return the chart: bars show the speed; cliffs have their own colour."""
    groups = {
        heading: [_bar(row) for row in group]
        for heading, group in _grouped(rows).items()
    }
    title = "Words per second, relative to the usual point"
    return bar_chart(title, _about(options), groups)


def _about(options: argparse.Namespace) -> str:
    usual = Task(options.tokens)
    return (
        f"Words drawn in proportion to 1 / rank, {usual.tokens / 1e6:g} M for each "
        f"thread. Usual values: {usual.vocabulary:,} words of vocabulary, d = "
        f"{usual.vector_size}, window {usual.window}, {usual.negative} negatives, "
        f"{plural(usual.workers, 'thread')}."
    )


def _row(
    name: str,
    task: Task,
    usual: Task,
    runs: dict[Task, list[Found]],
    before: Row | None,
) -> Row:
    """Summarise the runs of a task; `before` is the point before it in the group."""
    clock = "wall" if name == "workers" else "cpu"
    speeds = [run["words"] / run[clock] for run in runs[task]]
    others = [run["words"] / run[clock] for run in runs[usual]]
    speed = statistics.median(a / b for a, b in zip(speeds, others, strict=True))
    operations = runs[task][0]["operations"]
    more = operations / runs[usual][0]["operations"]
    threads = task.workers if clock == "wall" else 1
    time = threads / (speed * more)
    return Row(
        *(task.architecture, name, getattr(task, name)),
        words_per_second=statistics.median(speeds),
        spread=spread(speeds),
        cores=statistics.median(run["cpu"] / run["wall"] for run in runs[task]),
        speed=speed,
        operations_per_word=operations,
        time_per_operation=time,
        cliff=before is not None and time > CLIFF * before.time_per_operation,
        runs=runs[task],
    )


def _grouped(rows: list[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        heading = f"{row.architecture}: {GROUPS[row.group]}"
        groups.setdefault(heading, []).append(row)
    return groups


def _cells(row: Row) -> list[str]:
    return [
        f"{row.value:,}",
        f"{row.words_per_second:,.0f}",
        f"{row.spread:.1%}",
        f"{row.cores:.2f}",
        f"{row.speed:.2f}",
        f"{row.operations_per_word / 1e3:.1f}",
        f"{row.time_per_operation:.2f}",
        "cliff" if row.cliff else "",
    ]


def _bar(row: Row) -> Bar:
    label = (
        f"{row.speed:.2f} · {row.words_per_second / 1e6:.2f} M/s · "
        f"time / operation {row.time_per_operation:.2f}"
    )
    label += " · cliff" if row.cliff else ""
    return Bar(f"{row.value:,}", row.speed, label, "cliff" if row.cliff else "usual")


def _parser() -> argparse.ArgumentParser:
    cores = threads.available()
    doubled = [2**n for n in range(cores.bit_length())]
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--architectures", nargs="+", choices=ARCHITECTURES, default=["skipgram"])
    add("--threads", nargs="*", type=int, default=sorted({*doubled, cores}))
    vocabularies = [10_000, 30_000, 100_000, 300_000, 1_000_000, 2_000_000]
    add("--vocabularies", nargs="*", type=int, default=vocabularies)
    dims = [50, 100, 200, 300, 400, 600]
    add("--dims", nargs="*", type=int, default=dims, help="vector sizes")
    add("--windows", nargs="*", type=int, default=[2, 5, 10, 15])
    add("--negatives", nargs="*", type=int, default=[2, 5, 10, 20])
    add("--tokens", type=int, default=4_000_000, help="words for each thread")
    add("--rounds", type=int, default=5)
    add_output(parser)
    return parser


if __name__ == "__main__":
    main()
