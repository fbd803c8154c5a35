"""
Time every build with every objective beside a matrix product.

One thread, the default parameters. GFLOP/s are those of useful operations, which are
counted from the chunks: for every score s = u·h 3 × 2 × d of them, d padded to a
multiple of 16; kernels_task.py says which scores there are. The product is
numpy.matmul of 1024 × 1024 float32 matrices, in the same process and in turn. Writes
kernels.md and kernels.json.
"""

from __future__ import annotations

import argparse
import os
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any

from apart import run_in_process
from kernels_task import SIDE, Task
from options import CORPUS, add_output
from report import conditions, described, note, save, spread, table

from w2vfast.kernels import usable
from w2vfast.kernels.arguments import padded_size
from w2vfast.training.parameters import ARCHITECTURES, LOSSES

HEAD = (
    *("loss", "architecture", "d", "build", "words / CPU s", "spread"),
    *("GFLOP / M words", "GFLOP/s", "sgemm GFLOP/s", "share"),
)


@dataclass(frozen=True)
class Row:
    """A build in one setting: medians; share: the median of the rounds'."""

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
    share: float
    cpu_seconds: list[float]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure as the command line says."""
    options = _parser().parse_args(arguments)
    if options.core_type:
        os.environ["OPENBLAS_CORETYPE"] = options.core_type
    facts = conditions() | {"corpus": Path(options.corpus or "made up").name}
    rows: list[Row] = []
    for setting in product(options.losses, options.architectures, options.dims):
        task = _task(options, *setting)
        name = f"{task.loss}, {task.architecture}, d={task.vector_size}"
        found = run_in_process("kernels_task.py", asdict(task), name)
        facts["blas"] = found["blas"]
        rows += _rows(task, found)
        note(f"{name}: {[f'{r.build} {r.gflops:.1f} GFLOP/s' for r in rows[-3:]]}")
        text = markdown(facts, options, rows)
        save(options, "kernels", text, facts, rows)
    print(text)


def markdown(
    facts: dict[str, Any], options: argparse.Namespace, rows: list[Row]
) -> str:
    """Return the table with what it means."""
    rounded = ", ".join(f"{d} to {padded_size(d)}" for d in options.dims)
    blas = facts["blas"] or "a BLAS that only threadpoolctl, if installed, can name"
    return (
        f"# The kernels beside a matrix product\n\nCorpus: {facts['corpus']}. One "
        f"thread, medians of {options.rounds} rounds in turn. Words: those of the "
        "vocabulary, before subsampling. GFLOP: useful operations, three products of 2 "
        f"d for each score that is trained, d padded ({rounded}); by CPU "
        f"seconds of all that training does. sgemm: numpy.matmul of {SIDE} × {SIDE} "
        f"by {SIDE} × {SIDE} in the same run, with {blas}. Share: GFLOP/s by "
        f"sgemm's; above 100 % if the BLAS chose kernels that leave instructions of "
        "this CPU unused (--core-type chooses others).\n\n"
        f"{table(HEAD, map(_cells, rows))}\n{described(facts)}"
    )


def _rows(task: Task, found: dict[str, Any]) -> list[Row]:
    sgemm = found["sgemm_gflops"]
    rows = []
    for build, seconds in found["cpu_seconds"].items():
        rates = [found["gflop"] / cpu for cpu in seconds]
        rows.append(
            Row(
                *(task.loss, task.architecture, task.vector_size, build),
                vocabulary=found["vocabulary"],
                words=found["words"],
                words_per_cpu_second=found["words"] / statistics.median(seconds),
                spread=spread(seconds),
                gflop=found["gflop"],
                gflops=statistics.median(rates),
                sgemm_gflops=statistics.median(sgemm),
                share=statistics.median(
                    a / b for a, b in zip(rates, sgemm, strict=True)
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


def _parser() -> argparse.ArgumentParser:
    builds = [name for name in usable() if name != "reference"]
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--corpus", help=f"{CORPUS}; default: words drawn in proportion to 1 / rank")
    add("--builds", nargs="+", choices=builds, default=builds)
    add("--losses", nargs="+", choices=LOSSES, default=LOSSES)
    add("--architectures", nargs="+", choices=ARCHITECTURES, default=ARCHITECTURES)
    add("--dims", nargs="+", type=int, default=[100, 300])
    add("--words", type=int, default=1_000_000, help="of the corpus, from its start")
    add("--vocabulary", type=int, default=30_000, help="the most frequent words")
    add("--softmax-words", type=int, default=20_000, help="--words of softmax")
    add("--softmax-vocabulary", type=int, default=10_000, help="and its --vocabulary")
    add("--rounds", type=int, default=5)
    add("--gflop", type=float, default=80, help="work of a round of matrix products")
    add("--core-type", help="kernels of OpenBLAS, SkylakeX; default: what it chooses")
    add_output(parser)
    return parser


if __name__ == "__main__":
    main()
