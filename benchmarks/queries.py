"""Time queries beside the memory traffic, or the product, that they must cost."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from contenders import installed
from options import add_output
from random_vectors import random_vectors
from report import (
    Seconds,
    conditions,
    described,
    note,
    number,
    save,
    spread,
    table,
    timed,
)

from w2vfast import KeyedVectors

HEAD = ("", "queries", "ms / query", "spread", "GB / s", "GFLOP / s", "ratio")
TILES = ((256, 2048), (1000, 16384), (1000, 65536))  # queries × rows of a product
PEERS = 20  # queries that gensim answers, one by one


@dataclass(frozen=True)
class Row:
    """
    Medians of one way to answer; rates count what must be read or multiplied.

    A batch reads the vectors less than once a query: no GB/s. `ratio` is the time of
    the fastest row of NumPy by this one's.
    """

    name: str
    queries: int
    ms_per_query: float
    spread: float
    gb_per_second: float | None
    gflops: float
    ratio: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask as the command line says."""
    options = _parser().parse_args(arguments)
    wv = random_vectors(options.words, options.dim)
    rows = [
        *measure(single(wv, options.topn), wv, options.rounds),
        *measure(batches(wv, options.queries, options.topn), wv, options.rounds),
    ]
    facts = conditions() | {"words": options.words, "vector_size": options.dim}
    facts |= {"topn": options.topn, "rounds": options.rounds}
    text = f"{options.words:,} words of {options.dim} dimensions, "
    text += f"topn {options.topn}.\n\n" + table(HEAD, map(_cells, rows))
    text += "\n" + described(facts)
    save(options, "queries", text, facts, rows)
    print(text)


#: By name: how many queries are answered, and by what.
Calls = dict[str, tuple[int, Callable[[], Any]]]


def single(wv: KeyedVectors, topn: int) -> Calls:
    """Return ways to answer one query, after one that sets everything up."""
    word = wv.index_to_key[7]
    query = wv.vectors[7].copy()
    calls: Calls = {
        "numpy vectors @ query": (1, lambda: wv.vectors @ query),
        "w2vfast most_similar": (1, lambda: wv.most_similar(word, topn=topn)),
    }
    if installed("gensim"):
        peer = _gensim(wv)
        check(wv, peer, topn)
        name = "gensim most_similar"
        calls[name] = (1, lambda: peer.most_similar(word, topn=topn))
    wv.most_similar(word)
    return calls


def batches(wv: KeyedVectors, queries: int, topn: int) -> Calls:
    """Return ways to answer many queries; NumPy only multiplies, in tiles."""
    rows = np.linspace(0, len(wv) - 1, queries).astype(int)
    words = [wv.index_to_key[row] for row in rows]
    matrix = wv.vectors[rows]
    calls: Calls = {}
    for tile in TILES:
        name = "numpy.matmul, tiles of {} × {}".format(*tile)
        calls[name] = (queries, lambda tile=tile: _product(matrix, wv.vectors, *tile))
    name = "w2vfast most_similar_batch"
    calls[name] = (queries, lambda: wv.most_similar_batch(words, topn))
    if installed("gensim"):
        peer, some = _gensim(wv), words[:PEERS]
        name = "gensim most_similar, one by one"
        calls[name] = (
            len(some),
            lambda: [peer.most_similar(w, topn=topn) for w in some],
        )
    return calls


def check(wv: KeyedVectors, peer: Any, topn: int) -> None:
    """Stop if the answers differ from gensim's."""
    word = wv.index_to_key[7]
    ours = [one for one, _ in wv.most_similar(word, topn=topn)]
    [batch] = wv.most_similar_batch([word], topn)
    theirs = [one for one, _ in peer.most_similar(word, topn=topn)]
    if not ours == theirs == [one for one, _ in batch]:
        raise SystemExit(f"w2vfast answers {ours}, gensim {theirs}")


def measure(calls: Calls, wv: KeyedVectors, rounds: int) -> list[Row]:
    """Time the ways in turn."""
    seconds: dict[str, list[Seconds]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, (asked, call) in calls.items():
            spent = timed(call)[1]
            seconds[name].append(spent)
            note(f"{name}: {1e3 * spent.wall / asked:.2f} ms a query")
    each = {
        name: [spent.wall / calls[name][0] for spent in found]
        for name, found in seconds.items()
    }
    best = min(statistics.median(each[name]) for name in each if "numpy" in name)
    return [_row(name, calls[name][0], each[name], wv, best) for name in each]


def _row(
    name: str, queries: int, found: list[float], wv: KeyedVectors, best: float
) -> Row:
    wall = statistics.median(found)
    size = wv.vectors.nbytes
    return Row(
        name,
        queries,
        1e3 * wall,
        spread(found),
        size / wall / 1e9 if queries == 1 else None,
        2 * wv.vectors.size / wall / 1e9,
        best / wall,
    )


def _product(queries: np.ndarray, vectors: np.ndarray, wide: int, high: int) -> None:
    space = np.empty(min(wide, len(queries)) * min(high, len(vectors)), np.float32)
    for start in range(0, len(queries), wide):
        some = queries[start : start + wide]
        for row in range(0, len(vectors), high):
            block = vectors[row : row + high]
            shape = len(some), len(block)
            np.matmul(some, block.T, out=space[: shape[0] * shape[1]].reshape(shape))


def _gensim(wv: KeyedVectors) -> Any:
    peer = import_module("gensim.models").KeyedVectors(wv.vector_size)
    peer.add_vectors(wv.index_to_key, wv.vectors)
    peer.fill_norms()
    return peer


def _cells(row: Row) -> list[str]:
    return [
        row.name,
        f"{row.queries:,}",
        f"{row.ms_per_query:.2f}",
        f"{row.spread:.0%}",
        number(row.gb_per_second, ".1f"),
        f"{row.gflops:.0f}",
        f"{row.ratio:.2f}",
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--words", type=int, default=1_000_000)
    add("--dim", type=int, default=100)
    add("--queries", type=int, default=1000, help="of the batch")
    add("--topn", type=int, default=10)
    add("--rounds", type=int, default=5)
    add_output(parser)
    return parser


if __name__ == "__main__":
    main()
