"""
Time how fast vectors are saved and loaded, and how fast their bytes are copied.

Writes formats.md and formats.json.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np

from harness.conditions import conditions, described
from harness.measure import Seconds, spread, timed
from harness.options import add_output
from harness.peers.registry import installed
from harness.random_vectors import random_vectors
from harness.report import note, save, table
from w2vfast import KeyedVectors

HEAD = ("", "wall s", "spread", "CPU s", "GB / s", "GB / CPU s")


@dataclass(frozen=True)
class Row:
    """One way to save or load: medians."""

    name: str
    wall: float
    spread: float
    cpu: float
    gb_per_second: float
    gb_per_cpu_second: float


def main(options: argparse.Namespace) -> None:
    """Save and load in all ways."""
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        rows = measure(options, Path(folder))
    facts = conditions() | {"words": options.words, "vector_size": options.dim}
    facts["rounds"] = options.rounds
    text = f"{options.words:,} words of {options.dim} dimensions.\n\n"
    text += table(HEAD, map(_cells, rows)) + "\n" + described(facts)
    save(options, "formats", text, facts, rows)
    print(text)


def measure(options: argparse.Namespace, folder: Path) -> list[Row]:
    """Time all ways in turn; gensim runs once, because it takes long."""
    wv = random_vectors(options.words, options.dim)
    seconds: dict[str, list[Seconds]] = {}
    for number in range(options.rounds):
        for name, call in calls(wv, folder):
            if number and name.startswith("gensim"):
                continue
            result, spent = timed(call)
            check(wv, result)
            del result
            seconds.setdefault(name, []).append(spent)
            note(f"{name}: {spent.wall:.3f} s")
    return [_row(name, wv.vectors.nbytes, found) for name, found in seconds.items()]


def calls(wv: KeyedVectors, folder: Path) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield names and calls to time; each load reads the file of the save before it."""
    plain = folder / "plain"
    yield "plain write and fsync", lambda: _plain_write(plain, wv.vectors.data)
    yield "plain read", lambda: _plain_read(plain)
    for suffix in ("bin", "w2v"):
        path = folder / f"v.{suffix}"
        yield f"w2vfast save .{suffix}", lambda path=path: wv.save(path)
        yield f"w2vfast load .{suffix}", lambda path=path: KeyedVectors.load(path)
    if installed("gensim"):
        theirs = import_module("gensim.models").KeyedVectors
        peer, path = theirs(wv.vector_size), str(folder / "gensim.bin")
        peer.add_vectors(wv.index_to_key, wv.vectors)
        yield "gensim save .bin", lambda: peer.save_word2vec_format(path, binary=True)
        yield "gensim load .bin", lambda: theirs.load_word2vec_format(path, binary=True)


def check(wv: KeyedVectors, loaded: object) -> None:
    """Exit if loaded vectors differ from the saved ones."""
    if loaded is None or isinstance(loaded, np.ndarray):
        return
    same = loaded.index_to_key == wv.index_to_key  # type: ignore[attr-defined]
    if not (same and np.array_equal(loaded.vectors, wv.vectors)):  # type: ignore[attr-defined]
        raise SystemExit("the loaded vectors differ from the saved vectors")


def _plain_write(path: Path, data: memoryview) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _plain_read(path: Path) -> np.ndarray:
    data = np.empty(path.stat().st_size, np.uint8)
    with path.open("rb", buffering=0) as file:
        view = data.data
        while len(view) and (count := file.readinto(view)):
            view = view[count:]
    return data


def _row(name: str, size: int, found: list[Seconds]) -> Row:
    walls = [seconds.wall for seconds in found]
    wall = statistics.median(walls)
    cpu = statistics.median(seconds.cpu for seconds in found)
    return Row(name, wall, spread(walls), cpu, size / wall / 1e9, size / cpu / 1e9)


def _cells(row: Row) -> list[str]:
    return [
        row.name,
        f"{row.wall:.3f}",
        f"{row.spread:.0%}",
        f"{row.cpu:.3f}",
        f"{row.gb_per_second:.2f}",
        f"{row.gb_per_cpu_second:.2f}",
    ]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    add = parser.add_argument
    add("--words", type=int, default=400_000)
    add("--dim", type=int, default=300, help="vector size")
    add("--rounds", type=int, default=5, help="gensim runs once")
    about = "where to write the files, which are removed; default: a temporary folder"
    add("--folder", help=about)
    add_output(parser)
