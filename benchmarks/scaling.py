"""
How the cost grows with threads, vocabulary, dimensions, window and negatives.

Each group varies one of them, all else as usual. The corpus is made up: words drawn in
proportion to 1 / rank. Every run has a fresh process; points take turns. Beside the
speed stands the time per useful operation: where that leaps, there is a cliff that
arithmetic doesn't explain. Writes scaling.md, scaling.json and scaling.svg.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from apart import run_in_process
from chart import Bar, bar_chart
from options import add_output
from report import conditions, described, note, save, spread, table
from scaling_task import Task

from w2vfast.runtime import threads
from w2vfast.training.parameters import ARCHITECTURES

#: What the groups vary, and the options with their points.
GROUPS = {
    "workers": "threads",
    "vocabulary": "vocabularies",
    "vector_size": "dims",
    "window": "windows",
    "negative": "negatives",
}
#: A cliff: the time per operation grows by more than this from one point to the next.
CLIFF = 1.5
HEAD = (
    *("words / s", "spread", "cores", "speed"),
    *("GFLOP / M words", "time / operation", "cliff"),
)

Found = dict[str, float]


@dataclass(frozen=True)
class Row:
    """A point beside the usual one: medians of rounds, shares medians of ratios."""

    architecture: str
    group: str
    value: int
    words_per_second: float
    spread: float
    #: CPU seconds by seconds on the clock.
    cores: float
    #: Words per second by those of the usual point.
    speed: float
    operations_per_word: float
    #: Seconds, of all threads, for an operation, by those of the usual point.
    time_per_operation: float
    cliff: bool
    runs: list[Found]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure as the command line says."""
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
    """Return the tasks of a group in order, the usual one among them."""
    if not values:
        return []
    every = sorted({*values, getattr(usual, name)})
    return [replace(usual, **{name: value}) for value in every]


def measure(tasks: Sequence[Task], rounds: int) -> dict[Task, list[Found]]:
    """Run all tasks in turn, one that several groups have once a round."""
    runs: dict[Task, list[Found]] = {task: [] for task in tasks}
    for number in range(rounds):
        for task, found in runs.items():
            found.append(run_in_process("scaling_task.py", asdict(task), str(task)))
            note(f"round {number + 1}: {task}, {found[-1]}")
    return runs


def markdown(
    facts: dict[str, Any], options: argparse.Namespace, rows: list[Row]
) -> str:
    """Return a table for each group, with what it means."""
    parts = []
    for heading, group in _grouped(rows).items():
        head = (group[0].group.replace("_", " "), *HEAD)
        body = [_cells(row) for row in group]
        parts.append(f"## {heading}\n\n{table(head, body)}\n")
    return (
        f"# How the cost grows\n\n{_about(options)} Medians of {options.rounds} "
        "rounds, points in turn. Words: by CPU seconds, with threads by the clock. "
        "Cores: CPU seconds by the clock; below the number of threads, something else "
        "had the machine. Speed, time / operation: by those of the usual point, the "
        "one with 1.00. Operations: three products of 2 d, d padded, for each score "
        "that is trained. Time / operation: seconds, times threads, by operations; "
        "1.00 everywhere would mean that the cost grows as the arithmetic does. A "
        f"cliff: more than {CLIFF} times that of the line above.\n\n"
        f"{''.join(parts)}{described(facts)}"
    )


def drawing(options: argparse.Namespace, rows: list[Row]) -> str:
    """Return the chart: bars of speed; cliffs have a colour of their own."""
    groups = {
        heading: [_bar(row) for row in group]
        for heading, group in _grouped(rows).items()
    }
    return bar_chart("Words per second, beside the usual", _about(options), groups)


def _about(options: argparse.Namespace) -> str:
    usual = Task(options.tokens)
    return (
        f"Words drawn in proportion to 1 / rank, {usual.tokens / 1e6:g} M for each "
        f"thread; where nothing else is said {usual.vocabulary:,} words of "
        f"vocabulary, d = {usual.vector_size}, window {usual.window}, "
        f"{usual.negative} negatives, {usual.workers} thread."
    )


def _row(
    name: str,
    task: Task,
    usual: Task,
    runs: dict[Task, list[Found]],
    before: Row | None,
) -> Row:
    """Sum up a task's runs; `before` is the point before it in the group."""
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
    add("--dims", nargs="*", type=int, default=[50, 100, 200, 300, 400, 600])
    add("--windows", nargs="*", type=int, default=[2, 5, 10, 15])
    add("--negatives", nargs="*", type=int, default=[2, 5, 10, 20])
    add("--tokens", type=int, default=4_000_000, help="words for each thread")
    add("--rounds", type=int, default=5)
    add_output(parser)
    return parser


if __name__ == "__main__":
    main()
