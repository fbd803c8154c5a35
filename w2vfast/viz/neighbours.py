"""Draw the nearest words of a word as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from w2vfast.viz.captions import captions
from w2vfast.viz.colours import GROUPS, TEXT
from w2vfast.viz.packages import load


def draw_neighbours(
    word: str,
    neighbours: Sequence[tuple[str, float]],
    rows: Mapping[str, int],
    ax: Any = None,
) -> Any:
    """
    Draw bars whose lengths are cosines, the largest on top.

    Parameters
    ----------
    word : str
    neighbours : sequence of (str, float)
        Words with their cosines, as `most_similar` returns them.
    rows : mapping of str to int
        The row of each word.
    ax : matplotlib Axes, optional
        By default a new figure.

    Returns
    -------
    matplotlib Axes
    """
    if ax is None:
        height = 1.0 + 0.28 * max(3, len(neighbours))
        plt = load("matplotlib.pyplot", "a plot")
        ax = plt.subplots(figsize=(6.0, height), layout="constrained")[1]
    words = [word, *(neighbour for neighbour, _ in neighbours)]
    written = captions(words, [rows[each] for each in words])
    cosines = [cosine for _, cosine in neighbours]
    bars = ax.barh(range(len(cosines)), cosines, color=GROUPS[0], height=0.72)
    ax.bar_label(bars, [f"{c:.2f}" for c in cosines], padding=3, fontsize=9, color=TEXT)
    ax.invert_yaxis()
    ax.set_yticks(range(len(cosines)))
    ax.set_yticklabels(written.labels[1:], fontfamily=written.families)
    for tick in ax.get_yticklabels():
        tick.set_parse_math(False)
    ax.set_xlim(min(0.0, *cosines), max(1.0, *cosines) * 1.08)
    ax.tick_params(axis="y", length=0)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.set_xlabel("cosine")
    title = ax.set_title(
        f"nearest to {written.labels[0]}", fontfamily=written.families, fontsize=11,
        loc="left", color=TEXT,
    )  # fmt: skip
    title.set_parse_math(False)
    return ax
