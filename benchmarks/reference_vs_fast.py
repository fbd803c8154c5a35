"""
Check every build against the NumPy reference, then time each of them.

Both are done for every objective and architecture; builds that disagree with the
reference are not timed: the script ends with status 1.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from corpora import part
from options import add_json
from report import note, show, timed

from w2vfast import Corpus, Word2Vec
from w2vfast.kernels import usable
from w2vfast.training.parameters import ARCHITECTURES, LOSSES

#: Largest difference allowed, as a share of the largest value in the table. The
#: reference sums in float64, the builds in float32; the steps of an epoch add up.
TOLERANCE = 1e-3
REFERENCE = "reference"
HEAD = ("objective", "architecture", "build", "largest error", "words / CPU s", "times")

Setting = tuple[str, str]


@dataclass(frozen=True)
class Row:
    """A build in one setting; times: its speed by the reference's."""

    loss: str
    architecture: str
    build: str
    error: float
    words_per_cpu_second: float
    times: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Check and time as the command line says."""
    options = _parser().parse_args(arguments)
    whole = Corpus(options.corpus or _bundled(), progress=False)
    errors = check(part(whole, 0, options.check_words), options.dim)
    wrong = [key for key, error in errors.items() if not error <= TOLERANCE]
    if wrong:
        raise SystemExit(f"these differ from the reference: {wrong}, errors: {errors}")
    corpus = part(whole, 0, options.words)
    rows = time_all(corpus, options.dim, options.repeats, errors)
    show(options.json, HEAD, rows, _cells)


def check(corpus: Corpus, d: int) -> dict[tuple[str, str, str], float]:
    """Return each build's largest error after an epoch, per setting."""
    errors = {}
    for loss, architecture in settings():
        wanted = model(corpus, d, (loss, architecture), REFERENCE).train()
        for build in usable():
            found = model(corpus, d, (loss, architecture), build).train()
            errors[loss, architecture, build] = difference(found, wanted)
        note(f"{loss}, {architecture}: compared on {len(corpus.ids):,} words")
    return errors


def difference(a: Word2Vec, b: Word2Vec) -> float:
    """Return the largest relative difference of tables and loss."""
    pairs = [
        (a.wv.vectors, b.wv.vectors),
        (a.outside_vectors, b.outside_vectors),
        (np.array(a.loss_history), np.array(b.loss_history)),
    ]
    return max(float(np.abs(x - y).max() / np.abs(y).max()) for x, y in pairs)


def time_all(
    corpus: Corpus, d: int, repeats: int, errors: dict[tuple[str, str, str], float]
) -> list[Row]:
    """Time the builds in turn, the reference once."""
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
    """Return a model to be trained for one epoch on one thread."""
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
    import w2vfast

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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--corpus", help="text; default: the corpus that w2vfast brings along")
    add("--dim", type=int, default=100)
    add("--check-words", type=int, default=20_000, help="length of the check")
    add("--words", type=int, default=200_000, help="length of the timing")
    add("--repeats", type=int, default=5, help="of the builds; the reference runs once")
    add_json(parser)
    return parser


if __name__ == "__main__":
    main()
