"""Time training of a real corpus by number of threads, ordinary and deterministic."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from harness.measure import Seconds, timed
from harness.operations import distinct_rows, operations
from harness.options import add_corpus, add_json
from harness.plain_text import plain_text
from harness.report import note, show
from harness.scaling_task import counted_arguments
from w2vfast import Corpus, Word2Vec

HEAD = ("training", "threads", "words / s", "cores", "words / CPU s", "CPU ratio")


@dataclass(frozen=True)
class Row:
    """
    Medians of the rounds.

    cpu_ratio: CPU seconds / CPU seconds of ordinary training with one thread, in the
    same round.
    """

    training: str
    threads: int
    words_per_second: float
    cores: float
    words_per_cpu_second: float
    cpu_ratio: float


def main(options: argparse.Namespace) -> None:
    """Train one epoch with every number of threads, in turns."""
    with plain_text(options.corpus) as path:
        corpus = Corpus(path, progress=False)
    cases = [(kind, n) for kind in (False, True) for n in options.workers]
    seconds: dict[tuple[bool, int], list[Seconds]] = {case: [] for case in cases}
    for _ in range(options.rounds):
        for case, found in seconds.items():
            found.append(train(corpus, *case, options.vector_size))
            note(f"deterministic {case[0]}, {case[1]} threads: {found[-1]}")
    rows = [_row(case, seconds, cases[0], len(corpus.ids)) for case in cases]
    show(options.json, HEAD, rows, _cells, about(corpus, options))


def about(corpus: Corpus, options: argparse.Namespace) -> str:
    """Return the work for a word of the corpus: operations, and bytes of rows."""
    size = options.vector_size
    model = Word2Vec(corpus, vector_size=size, workers=1, progress=False)
    arguments, kept = counted_arguments(model)
    row = arguments.centre.strides[0]
    cached = options.cache * 1_000_000 // (2 * row)
    rows = [kept * distinct_rows(arguments, first) for first in (0, cached)]
    return (
        f"{len(model.vocabulary):,} words, d = {size}; subsampling keeps {kept:.0%} of "
        f"their tokens. For a token: {kept * operations(arguments):,.0f} operations, "
        f"{rows[0] * row:,.0f} bytes of rows read and as many written; "
        f"{rows[1] * row:,.0f} of these for rows outside a cache of {options.cache} MB "
        "that holds the most frequent words."
    )


def train(
    corpus: Corpus, deterministic: bool, workers: int, vector_size: int
) -> Seconds:
    """Train one epoch of a new model; return its cost."""
    model = Word2Vec(
        corpus,
        vector_size=vector_size,
        epochs=1,
        workers=workers,
        deterministic=deterministic,
        progress=False,
    )
    return timed(model.train)[1]


def _row(
    case: tuple[bool, int],
    seconds: dict[tuple[bool, int], list[Seconds]],
    usual: tuple[bool, int],
    words: int,
) -> Row:
    found, others = seconds[case], seconds[usual]
    return Row(
        "deterministic" if case[0] else "ordinary",
        case[1],
        statistics.median(words / one.wall for one in found),
        statistics.median(one.cpu / one.wall for one in found),
        statistics.median(words / one.cpu for one in found),
        statistics.median(
            one.cpu / other.cpu for one, other in zip(found, others, strict=True)
        ),
    )


def _cells(row: Row) -> Sequence[str]:
    return [
        row.training,
        str(row.threads),
        f"{row.words_per_second:,.0f}",
        f"{row.cores:.2f}",
        f"{row.words_per_cpu_second:,.0f}",
        f"{row.cpu_ratio:.2f}",
    ]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    add = parser.add_argument
    add_corpus(parser)
    add("--workers", nargs="+", type=int, default=[1, 2])
    add("--vector-size", type=int, default=100)
    about = "MB of rows that a cache shared by all threads holds"
    add("--cache", type=int, default=32, help=about)
    add("--rounds", type=int, default=3)
    add_json(parser)
