"""Measure speed and quality by batch size, shared negatives and learning rate."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from harness.measure import spread, timed
from harness.options import TRAINING, add_corpus, add_eval, add_json, add_training
from harness.report import note, number, show
from harness.scores import NAMES, Scores, cells, keyed, means, scores
from w2vfast import Corpus, DivergedError, Word2Vec
from w2vfast.training.parameters import ARCHITECTURES

#: Parameters of w2vfast that the grid varies.
GRID = ("chunk_size", "shared_negatives", "alpha")
HEAD = (*GRID, "words / CPU s", "spread", "loss", *NAMES)

Point = tuple[int, int, float]


@dataclass(frozen=True)
class Run:
    """One training run: words per CPU second, loss of the last epoch, quality."""

    speed: float
    loss: float
    scores: Scores


@dataclass(frozen=True)
class Row:
    """A point of the grid over all rounds; without values if one round diverged."""

    point: dict[str, float]
    words_per_cpu_second: float | None = None
    spread: float | None = None
    loss: float | None = None
    scores: Scores | None = None


def main(options: argparse.Namespace) -> None:
    """Measure the grid."""
    corpus = Corpus(options.corpus, progress=False)
    grid = list(product(options.chunk_sizes, options.shared_negatives, options.alphas))
    runs: dict[Point, list[Run | None]] = {point: [] for point in grid}
    for seed in range(1, options.rounds + 1):
        for point in grid:
            runs[point].append(run(corpus, point, seed, options))
            note(f"{dict(zip(GRID, point, strict=True))}, {runs[point][-1]}")
    rows = [_row(point, found) for point, found in runs.items()]
    show(options.json, HEAD, rows, _cells)


def run(
    corpus: Corpus, point: Point, seed: int, options: argparse.Namespace
) -> Run | None:
    """Train and score one model; return None if it diverged."""
    parameters: dict[str, Any] = dict(zip(GRID, point, strict=True))
    parameters |= {name: getattr(options, name) for name in _SHARED}
    model = Word2Vec(corpus, seed=seed, progress=False, **parameters)
    try:
        _, seconds = timed(model.train)
    except DivergedError:
        return None
    counts = model.vocabulary.counts
    wv = keyed(model.wv.index_to_key, counts, model.wv.vectors)
    words = int(counts.sum()) * options.epochs
    return Run(words / seconds.cpu, model.loss_history[-1], scores(wv, options.eval))


def _row(point: Point, runs: Sequence[Run | None]) -> Row:
    named = dict(zip(GRID, point, strict=True))
    whole = [run for run in runs if run is not None]
    if len(whole) < len(runs):
        return Row(named)
    speeds = [run.speed for run in whole]
    return Row(
        named,
        statistics.median(speeds),
        spread(speeds),
        statistics.mean(run.loss for run in whole),
        means(run.scores for run in whole),
    )


def _cells(row: Row) -> list[str]:
    return [
        *(f"{value:g}" for value in row.point.values()),
        number(row.words_per_cpu_second, ",.0f"),
        number(row.spread, ".1%"),
        "diverged" if row.loss is None else f"{row.loss:.4f}",
        *cells(row.scores or {}),
    ]


_SHARED = (*TRAINING, "architecture", "vector_size", "negative", "kernels")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    add = parser.add_argument
    add_corpus(parser)
    add_eval(parser)
    sizes = [32, 64, 128, 256, 512]
    about = "batch sizes (the parameter chunk_size)"
    add("--chunk-sizes", nargs="+", type=int, default=sizes, help=about)
    add("--shared-negatives", nargs="+", type=int, default=[16, 32, 64])
    add("--alphas", nargs="+", type=float, default=[0.025, 0.05])
    add("--architecture", choices=ARCHITECTURES, default="skipgram")
    add("--dim", dest="vector_size", type=int, default=100, help="vector size")
    add_training(parser)
    add("--rounds", type=int, default=1, help="round n has seed n")
    add("--negative", type=int, default=5)
    add("--kernels", default="auto", help="build of w2vfast")
    add_json(parser)
