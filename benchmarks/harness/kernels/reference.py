"""
Compare every build with the NumPy reference, then time each build.

Both steps cover every objective and architecture. If a build differs from the
reference, nothing is timed and the exit status is 1.
"""

from __future__ import annotations

import argparse
import statistics
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

import w2vfast
from harness.corpora import part
from harness.measure import timed
from harness.options import add_json
from harness.report import note, show
from w2vfast import Corpus, Word2Vec
from w2vfast.kernels import usable
from w2vfast.training.parameters import ARCHITECTURES, LOSSES

#: Largest difference allowed, relative to the largest value in the matrix. The
#: reference adds in float64, the builds in float32; the differences of an epoch add up.
TOLERANCE = 1e-3
REFERENCE = "reference"
HEAD = (
    *("objective", "architecture", "build", "largest error"),
    *("words / CPU s", "speed-up"),
)

Setting = tuple[str, str]


@dataclass(frozen=True)
class Row:
    """A build in one setting; times: its speed / the reference's speed."""

    loss: str
    architecture: str
    build: str
    error: float
    words_per_cpu_second: float
    times: float


def main(options: argparse.Namespace) -> None:
    """Compare all builds, then time them."""
    whole = Corpus(options.corpus or _bundled(), progress=False)
    errors = check(part(whole, 0, options.check_words), options.dim)
    wrong = [key for key, error in errors.items() if not error <= TOLERANCE]
    if wrong:
        raise SystemExit(
            f"these builds differ from the reference by more than {TOLERANCE:g}: "
            f"{wrong}; all errors: {errors}"
        )
    corpus = part(whole, 0, options.words)
    rows = time_all(corpus, options.dim, options.repeats, errors)
    show(options.json, HEAD, rows, _cells)


def check(corpus: Corpus, d: int) -> dict[tuple[str, str, str], float]:
    """Return the largest error of each build after an epoch, for each setting."""
    errors = {}
    for loss, architecture in settings():
        wanted = model(corpus, d, (loss, architecture), REFERENCE).train()
        for build in usable():
            found = model(corpus, d, (loss, architecture), build).train()
            errors[loss, architecture, build] = difference(found, wanted)
        note(f"{loss}, {architecture}: compared on {len(corpus.ids):,} words")
    return errors


def difference(a: Word2Vec, b: Word2Vec) -> float:
    """Return the largest relative difference of vectors and loss."""
    pairs = [
        (a.wv.vectors, b.wv.vectors),
        (a.outside_vectors, b.outside_vectors),
        (np.array(a.loss_history), np.array(b.loss_history)),
    ]
    return max(float(np.abs(x - y).max() / np.abs(y).max()) for x, y in pairs)


def time_all(
    corpus: Corpus, d: int, repeats: int, errors: dict[tuple[str, str, str], float]
) -> list[Row]:
    """Time the builds in turn; the slow reference runs once."""
    rows = []
    for setting in settings():
        seconds: dict[str, list[float]] = {build: [] for build in usable()}
        for number in range(repeats):
            for build in usable() if number == 0 else usable()[1:]:
                note(f"{', '.join(setting)}, {build}: round {number + 1}")
                task = model(corpus, d, setting, build)
                seconds[build].append(timed(task.train)[1].cpu)
        words = int(task.vocabulary.counts.sum())
        medians = {build: statistics.median(found) for build, found in seconds.items()}
        for build, cpu in medians.items():
            times = medians[REFERENCE] / cpu
            rows.append(
                Row(*setting, build, errors[*setting, build], words / cpu, times)
            )
    return rows


def model(corpus: Corpus, d: int, setting: Setting, build: str) -> Word2Vec:
    """Return a model for one epoch on one thread."""
    return Word2Vec(
        corpus,
        vector_size=d,
        loss=setting[0],
        architecture=setting[1],
        epochs=1,
        workers=1,
        kernels=build,
        progress=False,
    )


def settings() -> list[Setting]:
    """Return every objective with every architecture."""
    return list(product(LOSSES, ARCHITECTURES))


def _bundled() -> Path:
    return Path(w2vfast.__file__).parent / "data" / "kjv.txt.xz"


def _cells(row: Row) -> list[str]:
    return [
        row.loss,
        row.architecture,
        row.build,
        f"{row.error:.1e}",
        f"{row.words_per_cpu_second:,.0f}",
        f"{row.times:.1f}×",
    ]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    add = parser.add_argument
    add("--corpus", help="a text file; default: the text that is part of w2vfast")
    add("--dim", type=int, default=100, help="vector size")
    about = "how many words to compare on"
    add("--check-words", type=int, default=20_000, help=about)
    add("--words", type=int, default=200_000, help="how many words to time")
    about = "runs of each build; the reference runs once"
    add("--repeats", type=int, default=5, help=about)
    add_json(parser)
