"""
Measure operations per second of every build and objective, next to a matrix product.

Training uses one thread and the default parameters. Only useful operations are counted,
see harness/operations.py. The product is numpy.matmul of 1024 × 1024 float32 matrices,
in the same process; training and product take turns. Writes kernels.md and
kernels.json.
"""

from __future__ import annotations

import argparse
import os
import statistics
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any

from harness.conditions import conditions, described
from harness.kernel_arguments import padded_size
from harness.kernels.throughput_task import SIDE, Task
from harness.measure import spread
from harness.options import CORPUS, add_output
from harness.report import note, plural, save, table
from harness.subprocess_runs import run_in_process
from w2vfast.kernels import usable
from w2vfast.training.parameters import ARCHITECTURES, LOSSES

HEAD = (
    *("loss", "architecture", "d", "build", "words / CPU s", "spread"),
    *("GFLOP / M words", "GFLOP/s", "sgemm GFLOP/s", "share"),
)


@dataclass(frozen=True)
class Row:
    """A build in one setting: medians of the rounds."""

    loss: str
    architecture: str
    vector_size: int
    build: str
    vocabulary: int
    words: int
    words_per_cpu_second: float
    spread: float
    #: Useful work of one run.
    gflop: float
    gflops: float
    sgemm_gflops: float
    #: Median over the rounds of gflops / sgemm_gflops.
    share: float
    cpu_seconds: list[float]


def main(options: argparse.Namespace) -> None:
    """Measure all settings."""
    if options.core_type:
        os.environ["OPENBLAS_CORETYPE"] = options.core_type
    facts = conditions() | {"corpus": Path(options.corpus or "synthetic").name}
    rows: list[Row] = []
    for setting in product(options.losses, options.architectures, options.dims):
        task = _task(options, *setting)
        name = f"{task.loss}, {task.architecture}, d={task.vector_size}"
        found = run_in_process("harness.kernels.throughput_task", asdict(task), name)
        facts["blas"] = found["blas"]
        new = _rows(task, found)
        rows += new
        note(f"{name}: {[f'{row.build} {row.gflops:.1f} GFLOP/s' for row in new]}")
        text = markdown(facts, options, rows)
        save(options, "kernels", text, facts, rows)
    print(text)


def markdown(
    facts: dict[str, Any], options: argparse.Namespace, rows: list[Row]
) -> str:
    """Return the table and the explanation of its columns."""
    rounded = ", ".join(f"{d} to {padded_size(d)}" for d in options.dims)
    blas = facts["blas"] or "an unknown BLAS (pip install threadpoolctl to name it)"
    return (
        f"# The kernels and a matrix product\n\nCorpus: {facts['corpus']}. One "
        f"thread, medians of {plural(options.rounds, 'round')}; builds and product "
        "take turns. Words: words of the vocabulary, before subsampling. GFLOP: useful "
        "operations, three products of 2 d for each score that is trained, d padded "
        f"({rounded}). GFLOP/s: per CPU second of the whole training. sgemm: "
        f"numpy.matmul of {SIDE} × {SIDE} by {SIDE} × {SIDE} in the same run, with "
        f"{blas}. Share: GFLOP/s / GFLOP/s of sgemm. A share above 100 % means that "
        "the BLAS chose kernels that leave instructions of this CPU unused; "
        "--core-type chooses others.\n\n"
        f"{table(HEAD, map(_cells, rows))}\n{described(facts)}"
    )


def _rows(task: Task, found: dict[str, Any]) -> list[Row]:
    sgemm = found["sgemm_gflops"]
    rows = []
    for build, seconds in found["cpu_seconds"].items():
        gflops = [found["gflop"] / cpu for cpu in seconds]
        rows.append(
            Row(
                *(task.loss, task.architecture, task.vector_size, build),
                vocabulary=found["vocabulary"],
                words=found["words"],
                words_per_cpu_second=found["words"] / statistics.median(seconds),
                spread=spread(seconds),
                gflop=found["gflop"],
                gflops=statistics.median(gflops),
                sgemm_gflops=statistics.median(sgemm),
                share=statistics.median(
                    a / b for a, b in zip(gflops, sgemm, strict=True)
                ),
                cpu_seconds=seconds,
            )
        )
    return rows


def _cells(row: Row) -> list[str]:
    return [
        *(row.loss, row.architecture, str(row.vector_size), row.build),
        f"{row.words_per_cpu_second:,.0f}",
        f"{row.spread:.1%}",
        f"{row.gflop / row.words * 1e6:.1f}",
        f"{row.gflops:.1f}",
        f"{row.sgemm_gflops:.1f}",
        f"{row.share:.1%}",
    ]


def _task(
    options: argparse.Namespace, loss: str, architecture: str, vector_size: int
) -> Task:
    kind = "softmax_" if loss == "softmax" else ""
    return Task(
        options.builds,
        *(loss, architecture, vector_size),
        words=getattr(options, f"{kind}words"),
        vocabulary=getattr(options, f"{kind}vocabulary"),
        corpus=options.corpus,
        rounds=options.rounds,
        gflop=options.gflop,
    )


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    builds = [name for name in usable() if name != "reference"]
    add = parser.add_argument
    add("--corpus", help=f"{CORPUS}; default: words drawn in proportion to 1 / rank")
    add("--builds", nargs="+", choices=builds, default=builds)
    add("--losses", nargs="+", choices=LOSSES, default=LOSSES)
    add("--architectures", nargs="+", choices=ARCHITECTURES, default=ARCHITECTURES)
    add("--dims", nargs="+", type=int, default=[100, 300], help="vector sizes")
    add("--words", type=int, default=1_000_000, help="train the first words, this many")
    add("--vocabulary", type=int, default=30_000, help="keep the most frequent words")
    add("--softmax-words", type=int, default=20_000, help="--words for softmax")
    about = "--vocabulary for softmax"
    add("--softmax-vocabulary", type=int, default=10_000, help=about)
    add("--rounds", type=int, default=5)
    about = "work of the matrix products in a round"
    add("--gflop", type=float, default=80, help=about)
    about = "kernels of OpenBLAS, such as SkylakeX; default: OpenBLAS chooses"
    add("--core-type", help=about)
    add_output(parser)
