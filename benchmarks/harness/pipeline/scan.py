"""Time how fast a text becomes token ids, with one thread and with several."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from harness.measure import Seconds, spread, timed
from harness.options import add_corpus, add_json
from harness.peers.registry import installed
from harness.plain_text import plain_text
from harness.report import note, show
from w2vfast import Corpus

HEAD = ("scanner", "wall s", "spread", "CPU s", "MB / s", "MB / CPU s", "wall ratio")


@dataclass(frozen=True)
class Row:
    """A scanner: medians; ratio: wall time of the first scanner / its wall time."""

    scanner: str
    wall: float
    spread: float
    cpu: float
    mb_per_second: float
    mb_per_cpu_second: float
    ratio: float


def main(options: argparse.Namespace) -> None:
    """Time all scanners."""
    with plain_text(options.corpus) as path:
        rows = measure(scanners(path, options.workers), path, options.repeats)
    show(options.json, HEAD, rows, _cells)


def scanners(path: Path, workers: Sequence[int]) -> dict[str, Callable[[], object]]:
    """Return the calls to time, by name."""

    def scan(threads: int) -> Callable[[], object]:
        return lambda: Corpus(path, threads, progress=False)

    found = {f"w2vfast, {n} workers": scan(n) for n in workers}
    if installed("gensim"):
        word2vec = import_module("gensim.models.word2vec")  # the import is not timed

        def build_vocab() -> object:
            # Vectors of size 1: the scan should not include their initialisation.
            model = word2vec.Word2Vec(vector_size=1)
            return model.build_vocab(corpus_file=str(path))

        found["gensim build_vocab"] = build_vocab
    return found


def measure(
    calls: dict[str, Callable[[], object]], path: Path, repeats: int
) -> list[Row]:
    """Time the scanners in turn; gensim runs once, because it takes long."""
    seconds: dict[str, list[Seconds]] = {name: [] for name in calls}
    path.read_bytes()  # puts the file into the system's cache
    for number in range(repeats):
        for name, call in calls.items():
            if number == 0 or not name.startswith("gensim"):
                seconds[name].append(timed(call)[1])
                note(f"{name}: {seconds[name][-1].wall:.3f} s")
    size = path.stat().st_size / 1e6
    first = statistics.median(s.wall for s in next(iter(seconds.values())))
    return [_row(name, found, size, first) for name, found in seconds.items()]


def _row(name: str, found: list[Seconds], size: float, first: float) -> Row:
    walls = [seconds.wall for seconds in found]
    wall = statistics.median(walls)
    cpu = statistics.median(seconds.cpu for seconds in found)
    return Row(name, wall, spread(walls), cpu, size / wall, size / cpu, first / wall)


def _cells(row: Row) -> list[str]:
    return [
        row.scanner,
        f"{row.wall:.3f}",
        f"{row.spread:.0%}",
        f"{row.cpu:.3f}",
        f"{row.mb_per_second:.0f}",
        f"{row.mb_per_cpu_second:.0f}",
        f"{row.ratio:.2f}×",
    ]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    add = parser.add_argument
    add_corpus(parser)
    add("--workers", nargs="+", type=int, default=[1, 2])
    about = "runs of each w2vfast scanner; gensim scans once"
    add("--repeats", type=int, default=5, help=about)
    add_json(parser)
