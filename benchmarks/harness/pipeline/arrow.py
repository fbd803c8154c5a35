"""Compare the CPU time of reading columns of Arrow as lists of Python and directly."""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from harness.measure import spread, timed
from harness.options import add_corpus, add_json
from harness.plain_text import plain_text
from harness.report import note, show
from w2vfast import Corpus

HEAD = ("column", "lists, CPU s", "direct, CPU s", "spread", "ratio")
Call = Callable[[], Corpus]


@dataclass(frozen=True)
class Row:
    """A type of column: medians; ratio: CPU time by lists / CPU time directly."""

    column: str
    lists: float
    direct: float
    spread: float
    ratio: float


def main(options: argparse.Namespace) -> None:
    """Time all types of columns."""
    with (
        plain_text(options.corpus) as path,
        tempfile.TemporaryDirectory() as folder,
    ):
        columns = make_columns(path, options.words)
        pairs = dict(calls(columns, Path(folder)))
        pairs = {n: pair for n, pair in pairs.items() if options.columns in n}
        rows = [measure(name, *pair, options.repeats) for name, pair in pairs.items()]
    show(options.json, HEAD, rows, _cells)


def make_columns(path: Path, words: int) -> dict[str, Any]:
    """Return columns of the same tokens, `words` in each row."""
    pa = import_module("pyarrow")
    tokens = path.read_text("utf-8").split()
    rows = [tokens[i : i + words] for i in range(0, len(tokens), words)]
    lists = pa.array(rows)
    codes = lists.values.dictionary_encode()
    ids = codes.indices.cast(pa.int64())
    return {
        "string": pa.array([" ".join(row) for row in rows]),
        "list<string>": lists,
        "list<dictionary>": pa.ListArray.from_arrays(lists.offsets, codes),
        "list<int64>": pa.ListArray.from_arrays(lists.offsets, ids),
    }


def calls(
    columns: dict[str, Any], folder: Path
) -> Iterator[tuple[str, tuple[Call, Call]]]:
    """Yield names with two calls: by lists, and directly. One thread reads."""
    pa, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    for name, column in columns.items():
        yield name, (lambda c=column: _by_lists(c), lambda c=column: Corpus(c, 1))  # type: ignore[misc]
    for name in ("string", "list<string>"):
        path = folder / f"{name[:4]}.parquet"
        table = pa.table({"id": np.arange(len(columns[name])), "text": columns[name]})
        parquet.write_table(table, path)

        def lists(path: Path = path) -> Corpus:
            return _by_lists(parquet.read_table(path, columns=["text"])["text"])

        def direct(path: Path = path) -> Corpus:
            return Corpus(path, 1, field="text", progress=False)

        yield f"Parquet, {name}", (lists, direct)


def _by_lists(column: Any) -> Corpus:
    rows = column.to_pylist()
    if isinstance(rows[0], str):
        rows = [row.split() for row in rows]
    return Corpus(rows, 1, progress=False)


def measure(name: str, lists: Call, direct: Call, repeats: int) -> Row:
    """Time both ways in turn, and check that they give the same corpus."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        found = []
        for call, spent in zip((lists, direct), seconds, strict=True):
            corpus, time = timed(call)
            found.append(corpus)
            spent.append(time.cpu)
        check(*found)
    slow, fast = map(statistics.median, seconds)
    note(f"{name}: {slow:.3f} s by lists, {fast:.3f} s directly")
    return Row(name, slow, fast, spread(seconds[1]), slow / fast)


def check(one: Corpus, two: Corpus) -> None:
    """Exit if two corpora differ."""
    same = np.array_equal(one.ids, two.ids) and np.array_equal(one.offsets, two.offsets)
    if not same or one.words() != two.words():
        raise SystemExit("the corpora differ")


def _cells(row: Row) -> list[str]:
    return [
        row.column,
        f"{row.lists:.3f}",
        f"{row.direct:.3f}",
        f"{row.spread:.0%}",
        f"{row.ratio:.0f}×",
    ]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    add = parser.add_argument
    add_corpus(parser)
    add("--words", type=int, default=20, help="words of a row")
    about = "time only types whose names have this text, such as Parquet"
    add("--columns", default="", help=about)
    add("--repeats", type=int, default=5, help="runs of each way")
    add_json(parser)
