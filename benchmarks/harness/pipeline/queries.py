"""
Time queries, and the matrix product or memory traffic that they contain.

Writes queries.md and queries.json.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from harness.conditions import conditions, described
from harness.measure import Seconds, spread, timed
from harness.options import add_output
from harness.peers.registry import installed
from harness.random_vectors import random_vectors
from harness.report import note, number, save, table
from w2vfast import KeyedVectors

HEAD = ("", "queries", "ms / query", "spread", "GB / s", "GFLOP / s", "ratio")
#: Tiles of the product: queries × vectors.
TILES = ((256, 2048), (1000, 16384), (1000, 65536))
#: The number of queries that gensim answers, one by one.
PEER_QUERIES = 20

#: By name: the number of queries, and the call that answers them.
Calls = dict[str, tuple[int, Callable[[], Any]]]


@dataclass(frozen=True)
class Row:
    """
    One way to answer queries: medians.

    Attributes
    ----------
    name : str
    queries : int
    ms_per_query : float
        Wall time.
    spread : float
    gb_per_second : float or None
        Memory that must be read. None for a batch, which reads a vector less than
        once a query.
    gflops : float
        Operations of the product, 2 × words × vector size for a query.
    ratio : float
        Time of the fastest NumPy row / its time.
    """

    name: str
    queries: int
    ms_per_query: float
    spread: float
    gb_per_second: float | None
    gflops: float
    ratio: float


def main(options: argparse.Namespace) -> None:
    """Time single queries and batches of queries."""
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


def single(wv: KeyedVectors, topn: int) -> Calls:
    """Return the ways to answer one query; the first query is not timed."""
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
    """Return the ways to answer many queries; NumPy only multiplies, in tiles."""
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
        peer, some = _gensim(wv), words[:PEER_QUERIES]
        name = "gensim most_similar, one by one"
        calls[name] = (
            len(some),
            lambda: [peer.most_similar(w, topn=topn) for w in some],
        )
    return calls


def check(wv: KeyedVectors, peer: Any, topn: int) -> None:
    """Exit if the answers differ from gensim's."""
    word = wv.index_to_key[7]
    ours = [one for one, _ in wv.most_similar(word, topn=topn)]
    [batch] = wv.most_similar_batch([word], topn)
    theirs = [one for one, _ in peer.most_similar(word, topn=topn)]
    if not ours == theirs == [one for one, _ in batch]:
        raise SystemExit(f"w2vfast answers {ours}, gensim {theirs}")


def measure(calls: Calls, wv: KeyedVectors, rounds: int) -> list[Row]:
    """Time the calls in turn."""
    seconds: dict[str, list[Seconds]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, (queries, call) in calls.items():
            spent = timed(call)[1]
            seconds[name].append(spent)
            note(f"{name}: {1e3 * spent.wall / queries:.2f} ms a query")
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


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    add = parser.add_argument
    add("--words", type=int, default=1_000_000)
    add("--dim", type=int, default=100, help="vector size")
    add("--queries", type=int, default=1000, help="queries in a batch")
    add("--topn", type=int, default=10, help="neighbours of each query")
    add("--rounds", type=int, default=5)
    add_output(parser)
