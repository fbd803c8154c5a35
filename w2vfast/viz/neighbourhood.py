"""Draw a word, its nearest words, and the nearest words of these as a graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from w2vfast.viz.captions import captions
from w2vfast.viz.colours import GROUPS, LINES
from w2vfast.viz.labels import add_labels
from w2vfast.viz.packages import load

#: The nearest words, with cosines, of each word that is expanded.
Neighbours = Mapping[str, list[tuple[str, float]]]


def neighbourhood_graph(word: str, neighbours: Neighbours) -> Any:
    """
    Return a graph of words; an edge joins a word and one of its nearest words.

    Parameters
    ----------
    word : str
        The middle of the graph.
    neighbours : mapping of str to list of (str, float)
        The nearest words of `word`, and of each of these.

    Returns
    -------
    networkx.Graph
        Nodes are words, with the attribute "steps": 0 for `word`, 1 for its nearest
        words, 2 for theirs. Edges have the attribute "cosine".
    """
    graph = load("networkx", "a neighbourhood graph").Graph()
    graph.add_node(word, steps=0)
    for near, _ in neighbours[word]:
        graph.add_node(near, steps=1)
    for start, found in neighbours.items():
        for end, cosine in found:
            if end not in graph:
                graph.add_node(end, steps=2)
            graph.add_edge(start, end, cosine=cosine)
    return graph


def draw_neighbourhood(
    graph: Any, rows: Mapping[str, int], ax: Any = None, seed: int = 1
) -> Any:
    """
    Draw a graph of `neighbourhood_graph`.

    Parameters
    ----------
    graph : networkx.Graph
    rows : mapping of str to int
        The row of each word.
    ax : matplotlib Axes, optional
        By default a new figure of 8 by 8 inches.
    seed : int, default 1
        Of the layout.

    Returns
    -------
    matplotlib Axes
    """
    if ax is None:
        plt = load("matplotlib.pyplot", "a plot")
        ax = plt.subplots(figsize=(8.0, 8.0), layout="constrained")[1]
    words, steps = list(graph), np.array([graph.nodes[w]["steps"] for w in graph])
    places = _layout(graph, seed)
    low, high = places.min(axis=0), places.max(axis=0)
    margin = 0.1 * np.maximum(high - low, 1e-9)
    ax.set_xlim(low[0] - margin[0], high[0] + margin[0])
    ax.set_ylim(low[1] - margin[1], high[1] + margin[1])
    place = dict(zip(words, places, strict=True))
    for a, b, cosine in graph.edges(data="cosine"):
        ax.plot(
            *np.array([place[a], place[b]]).T, color=LINES, zorder=1, alpha=0.7,
            linewidth=0.4 + 2.2 * max(0.0, cosine) ** 2,
        )  # fmt: skip
    shades = np.array([GROUPS[1], GROUPS[0], GROUPS[4]])
    sizes = np.array([90, 40, 18])
    ax.scatter(*places.T, s=sizes[steps], color=shades[steps], linewidths=0, zorder=2)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
    written = captions(words, [rows[each] for each in words])
    texts = add_labels(ax, places, written.labels, written.families)
    texts[0].set_fontweight("bold")
    return ax


def _layout(graph: Any, seed: int) -> Any:
    """Return the place of each word, shape (n, 2): near if their cosine is large."""
    networkx = load("networkx", "a neighbourhood graph")
    places = networkx.spring_layout(
        graph, weight="cosine", seed=seed, iterations=200, k=1.8 / len(graph) ** 0.5
    )
    return np.array([places[word] for word in graph])
