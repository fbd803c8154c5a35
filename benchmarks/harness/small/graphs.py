"""Walks on graphs with known communities: planted partitions and the karate club."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from harness.small.sample import Sample, Scores, Sentences, own_group, unit_rows
from w2vfast import KeyedVectors

#: Expected neighbours of a node within its group, and outside of it.
INSIDE, OUTSIDE = 10.0, 10.0
NEIGHBOURS = 10
#: Walks from each node of the karate club, and nodes in a walk: 13,600 tokens.
KARATE_WALKS, KARATE_LENGTH = 10, 40
#: Share of the karate club's edges that are held out for link prediction.
HELD_OUT = 0.2
Edges = NDArray[np.int64]


def planted_walks(
    nodes: int, groups: int, tokens: int, length: int
) -> Callable[[int], Sample]:
    """Return a function that draws walks on a planted-partition graph."""

    def draw(seed: int) -> Sample:
        rng = np.random.default_rng(seed)
        group = np.arange(nodes) * groups // nodes
        edges = planted_edges(group, rng)
        neighbours = neighbour_lists(nodes, edges)
        starts = rng.permutation(np.resize(np.arange(nodes), tokens // length))
        names = {str(node): int(group[node]) for node in range(nodes)}
        return Sample(
            walks(neighbours, starts, length, rng),
            lambda wv: {"own group": own_group(wv, names, NEIGHBOURS)},
        )

    return draw


def planted_edges(group: NDArray[np.int64], rng: np.random.Generator) -> Edges:
    """Return the edges of a random graph with more edges within groups."""
    nodes = len(group)
    size = nodes / len(np.unique(group))
    same = group[:, None] == group
    chance = np.where(same, INSIDE / (size - 1), OUTSIDE / (nodes - size))
    drawn = np.triu(rng.random((nodes, nodes)) < chance, 1)
    return np.argwhere(drawn)


def neighbour_lists(nodes: int, edges: Edges) -> list[list[int]]:
    """Return the neighbours of each node; a node without any is its own."""
    found: list[list[int]] = [[] for _ in range(nodes)]
    for a, b in edges.tolist():
        found[a].append(b)
        found[b].append(a)
    return [near or [node] for node, near in enumerate(found)]


def walks(
    neighbours: Sequence[Sequence[int]],
    starts: NDArray[np.int64],
    length: int,
    rng: np.random.Generator,
) -> Sentences:
    """Return a walk of `length` nodes from each start, every edge equally likely."""
    found = []
    for start, draws in zip(starts, rng.random((len(starts), length)), strict=True):
        node, walk = int(start), [str(start)]
        for draw in draws[1:]:
            near = neighbours[node]
            node = near[int(draw * len(near))]
            walk.append(str(node))
        found.append(walk)
    return found


def karate_walks(seed: int) -> Sample:
    """Draw walks on Zachary's karate club with one edge in five held out."""
    rng = np.random.default_rng(seed)
    edges, factions = karate_club()
    kept, held_out = split(edges, rng)
    neighbours = neighbour_lists(len(factions), kept)
    starts = np.repeat(np.arange(len(factions)), KARATE_WALKS)
    sentences = walks(neighbours, rng.permutation(starts), KARATE_LENGTH, rng)
    names = {str(node): int(faction) for node, faction in enumerate(factions)}

    def scores(wv: KeyedVectors) -> Scores:
        unit = unit_rows([wv[str(node)] for node in range(len(factions))])
        return {
            "own faction": own_group(wv, names, 5),
            "NMI": mutual_information(two_means(unit), factions),
            "link AUC": link_auc(unit @ unit.T, edges, held_out),
        }

    return Sample(sentences, scores)


def karate_club() -> tuple[Edges, NDArray[np.int64]]:
    """Return the 78 edges and the faction of each of the 34 members (networkx)."""
    graph = import_module("networkx").karate_club_graph()
    factions = [int(graph.nodes[n]["club"] != "Mr. Hi") for n in range(len(graph))]
    return np.array([*graph.edges()]), np.array(factions)


def split(edges: Edges, rng: np.random.Generator) -> tuple[Edges, Edges]:
    """Hold out edges at random, none of them the last edge of a node."""
    left = np.bincount(edges.ravel())
    held: list[int] = []
    for number in rng.permutation(len(edges)):
        if len(held) < HELD_OUT * len(edges) and left[edges[number]].min() > 1:
            left[edges[number]] -= 1
            held.append(int(number))
    return np.delete(edges, held, 0), edges[held]


def link_auc(scores: NDArray[np.float64], edges: Edges, held_out: Edges) -> float:
    """Return how often a held-out edge has a larger score than a pair without edge."""
    absent = ~np.eye(len(scores), dtype=bool)
    absent[edges[:, 0], edges[:, 1]] = absent[edges[:, 1], edges[:, 0]] = False
    others = scores[np.triu(absent)]
    given = scores[held_out[:, 0], held_out[:, 1]][:, None]
    return float(((given > others) + 0.5 * (given == others)).mean())


def two_means(unit: NDArray[np.float64], rounds: int = 50) -> NDArray[np.int64]:
    """
    Split rows into two clusters (k-means).

    It starts from each row and the row farthest from it. The best split is returned.
    """
    best, best_error = np.zeros(len(unit), np.int64), np.inf
    for first in range(len(unit)):
        second = int(np.argmin(unit @ unit[first]))
        centres = unit[[first, second]]
        for _ in range(rounds):
            distance = ((unit[:, None] - centres) ** 2).sum(2)
            labels = distance.argmin(1)
            if len(np.unique(labels)) < 2:
                break
            centres = np.array([unit[labels == k].mean(0) for k in (0, 1)])
        error = float(distance.min(1).sum())
        if error < best_error:
            best, best_error = labels, error
    return best


def mutual_information(a: NDArray[np.int64], b: NDArray[np.int64]) -> float:
    """Return the normalised mutual information of two labellings, 0 to 1."""
    joint = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(joint, (a, b), 1 / len(a))
    rows, columns = joint.sum(1), joint.sum(0)
    there = joint > 0
    ratio = joint[there] / np.outer(rows, columns)[there]
    shared = (joint[there] * np.log(ratio)).sum()
    mean = (_entropy(rows) + _entropy(columns)) / 2
    return float(shared / mean) if mean > 0 else 0.0


def _entropy(shares: NDArray[np.float64]) -> float:
    given = shares[shares > 0]
    return float(-(given * np.log(given)).sum())
