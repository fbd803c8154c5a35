"""Time how fast a corpus becomes ids, with one thread and with two."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from contenders import installed
from options import add_corpus, add_json
from plain_text import plain_text
from report import Seconds, note, show, spread, timed

from w2vfast import Corpus

HEAD = ("scanner", "wall s", "spread", "CPU s", "MB / s", "MB / CPU s", "wall ratio")


@dataclass(frozen=True)
class Row:
    """Medians of one scanner; ratio: the first one's time on the clock by its own."""

    scanner: str
    wall: float
    spread: float
    cpu: float
    mb_per_second: float
    mb_per_cpu_second: float
    ratio: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Scan as the command line says."""
    options = _parser().parse_args(arguments)
    with plain_text(options.corpus) as path:
        rows = measure(scanners(path, options.workers), path, options.repeats)
    show(options.json, HEAD, rows, _cells)


def scanners(path: Path, workers: Sequence[int]) -> dict[str, Callable[[], object]]:
    """Return what is to be timed, by name."""

    def scan(threads: int) -> Callable[[], object]:
        return lambda: Corpus(path, threads, progress=False)

    found = {f"w2vfast, {n} workers": scan(n) for n in workers}
    if installed("gensim"):
        found["gensim build_vocab"] = lambda: _gensim(path)
    return found


def _gensim(path: Path) -> object:
    # Vectors of size 1: setting up the tables is no part of the scan.
    model = import_module("gensim.models.word2vec").Word2Vec(vector_size=1)
    return model.build_vocab(corpus_file=str(path))


def measure(
    calls: dict[str, Callable[[], object]], path: Path, repeats: int
) -> list[Row]:
    """Time the scanners in turn, gensim once."""
    seconds: dict[str, list[Seconds]] = {name: [] for name in calls}
    path.read_bytes()  # all of them find the file in the system's cache
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add_corpus(parser)
    add("--workers", nargs="+", type=int, default=[1, 2])
    add("--repeats", type=int, default=5, help="of w2vfast; gensim scans once")
    add_json(parser)
    return parser


if __name__ == "__main__":
    main()
