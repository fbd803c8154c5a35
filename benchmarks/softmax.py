"""
Compare training with softmax over the vocabulary with numpy.matmul and PyTorch.

The corpus is synthetic: all words in random order, repeated. No batch has a word twice,
so every centre is one hidden row and the useful work is known: three products with the
outside vectors, 6 × words × vector_size operations for each centre.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from itertools import product
from typing import Any

from harness.conditions import conditions, described
from harness.measure import spread
from harness.options import add_json
from harness.report import note, number, plural, table
from harness.softmax.task import BY_CENTRE, BY_PAIR, MATMUL, OURS, Task
from harness.softmax.training import MATMUL_ROWS
from harness.subprocess_runs import run_in_process
from w2vfast.training.parameters import ARCHITECTURES

SETTING = ("words, d", "batch")
HEAD = (
    *SETTING,
    *("words / CPU s", "GFLOP/s", "spread", "matmul GFLOP/s", "spread", "ratio"),
)
TORCH_HEAD = (
    *SETTING,
    *("contender", "words / CPU s", "spread", "slowdown", "loss"),
    *("MB before", "peak MB"),
)


@dataclass(frozen=True)
class Row:
    """Training and numpy.matmul: medians of the rounds."""

    words: int
    vector_size: int
    #: Centres in a batch.
    chunk: int
    tokens: int
    kernels: str
    words_per_cpu_second: float
    gflops: float
    spread: float
    matmul_gflops: float
    matmul_spread: float
    #: Median over the rounds of gflops / matmul_gflops.
    ratio: float


@dataclass(frozen=True)
class PeerRow:
    """One contender in the comparison with PyTorch."""

    words: int
    vector_size: int
    #: Centres in a batch.
    chunk: int
    tokens: int
    contender: str
    words_per_cpu_second: float
    spread: float
    #: Median over the rounds of its CPU time / the CPU time of w2vfast.
    times: float
    loss: float
    mb_before: float | None
    peak_mb: float | None


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, measure, and print the results."""
    options = _parser().parse_args(arguments)
    if options.torch and find_spec("torch") is None:
        raise SystemExit(
            "--torch: PyTorch is not installed. Only this benchmark needs it: "
            "pip install torch"
        )
    tasks = [
        Task(OURS, words, d, **{name: getattr(options, name) for name in _SHARED})
        for words, d in product(options.vocabularies, options.dims)
    ]
    rows = [compare_with_matmul(task) for task in tasks]
    peers = [row for task in tasks if options.torch for row in compare_with_torch(task)]
    if options.json:
        lists = {"rows": [asdict(row) for row in rows], "torch": [*map(asdict, peers)]}
        print(json.dumps({"conditions": conditions(), **lists}, indent=1))
        return
    print(_about(options) + "\n")
    print(table(HEAD, map(_cells, rows)))
    if peers:
        print(table(TORCH_HEAD, map(_peer_cells, peers)))
    print(described(conditions()))


def compare_with_matmul(task: Task) -> Row:
    """Measure a setting in one process, training and product in turn."""
    note(f"{task.words} words, d={task.vector_size}: {task.tokens:,} centres a round")
    found = _run(task, MATMUL, task.rounds)
    seconds, matmul = found["train_cpu_seconds"], found["matmul_gflops"]
    ours = [task.tokens * task.flop / cpu / 1e9 for cpu in seconds]
    return Row(
        *(task.words, task.vector_size, task.batch_size, task.tokens),
        kernels=found["kernels"],
        words_per_cpu_second=task.tokens / statistics.median(seconds),
        gflops=statistics.median(ours),
        spread=spread(ours),
        matmul_gflops=statistics.median(matmul),
        matmul_spread=spread(matmul),
        ratio=statistics.median(a / b for a, b in zip(ours, matmul, strict=True)),
    )


def compare_with_torch(task: Task) -> list[PeerRow]:
    """Train the same pairs with each contender, each run in a new process."""
    names = (OURS, BY_CENTRE, BY_PAIR)
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for _ in range(task.rounds):
        for name, found in runs.items():
            found.append(_run(task, name, 1))
            note(f"{task.words} words, d={task.vector_size}, {name}: {found[-1]}")
    return [_peer_row(task, name, runs) for name in runs]


def _run(task: Task, contender: str, rounds: int) -> dict[str, Any]:
    work = asdict(task) | {"contender": contender, "rounds": rounds}
    found: dict[str, Any] = run_in_process("harness.softmax.training", work, contender)
    return found


def _peer_row(task: Task, name: str, runs: dict[str, list[dict[str, Any]]]) -> PeerRow:
    speeds = [task.tokens / run["cpu_seconds"] for run in runs[name]]
    pairs = zip(runs[name], runs[OURS], strict=True)
    return PeerRow(
        *(task.words, task.vector_size, task.batch_size, task.tokens, name),
        words_per_cpu_second=statistics.median(speeds),
        spread=spread(speeds),
        times=statistics.median(a["cpu_seconds"] / b["cpu_seconds"] for a, b in pairs),
        loss=runs[name][-1]["loss"],
        mb_before=_largest(runs[name], "mb_before"),
        peak_mb=_largest(runs[name], "peak_mb"),
    )


def _largest(runs: list[dict[str, Any]], name: str) -> float | None:
    return max((run[name] for run in runs if run[name] is not None), default=None)


def _about(options: argparse.Namespace) -> str:
    text = (
        f"Training with softmax ({options.architecture}, window {options.window}, one "
        f"thread) and numpy.matmul of {MATMUL_ROWS} × d and d × words, float32. "
        f"Medians of {plural(options.rounds, 'round')}; training and product take "
        "turns. GFLOP/s: 6 × words × d for each centre, d not padded, per CPU second "
        "of the whole training."
    )
    if options.torch:
        text += (
            "\n\ntorch trains the same pairs in the same batches, with SGD and one "
            "thread. By centre: one row of scores for each centre. By pair: one row "
            "for each pair. Slowdown: CPU time / CPU time of w2vfast. MB before: "
            "memory after imports and initialisation. Peak: after training."
        )
    return text


def _setting(row: Row | PeerRow) -> list[str]:
    return [f"{row.words:,}, {row.vector_size}", str(row.chunk)]


def _cells(row: Row) -> list[str]:
    return [
        *_setting(row),
        f"{row.words_per_cpu_second:,.0f}",
        f"{row.gflops:.1f}",
        f"{row.spread:.1%}",
        f"{row.matmul_gflops:.1f}",
        f"{row.matmul_spread:.1%}",
        f"{row.ratio:.2f}",
    ]


def _peer_cells(row: PeerRow) -> list[str]:
    return [
        *_setting(row),
        row.contender,
        f"{row.words_per_cpu_second:,.0f}",
        f"{row.spread:.1%}",
        f"{row.times:.2f}×",
        f"{row.loss:.4f}",
        number(row.mb_before, ".0f"),
        number(row.peak_mb, ".0f"),
    ]


_SHARED = (
    *("gflop", "rounds", "architecture", "window", "alpha"),
    *("chunk_size", "kernels"),
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--vocabularies", nargs="+", type=int, default=[10_000, 30_000])
    add("--dims", nargs="+", type=int, default=[100, 300], help="vector sizes")
    add("--architecture", choices=ARCHITECTURES, default="skipgram")
    add("--window", type=int, default=5, help="every centre has a window of this size")
    add("--alpha", type=float, default=0.025)
    add("--chunk-size", type=int, help="default: the default of w2vfast")
    add("--kernels", default="auto", help="build of w2vfast")
    add("--gflop", type=float, default=100, help="useful work of a round")
    add("--rounds", type=int, default=5)
    add("--torch", action="store_true", help="compare with PyTorch as well")
    add_json(parser)
    return parser


if __name__ == "__main__":
    main()
