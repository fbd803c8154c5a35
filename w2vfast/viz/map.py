"""Draw words as points, with labels, groups and arrows."""

from __future__ import annotations

from typing import Any

import numpy as np

from w2vfast.vectors.nearest import Float64Array
from w2vfast.viz.captions import captions
from w2vfast.viz.colours import LINES, group_colour, group_marker
from w2vfast.viz.labels import add_labels, pair_lines
from w2vfast.viz.packages import load
from w2vfast.viz.selection import Selection

#: Words that get labels by default: more do not fit a page.
DEFAULT_LABELS = 150
_SIDE = 8.0  # inches of a new figure
_MARGIN = 0.08  # of the range of the places


def check_options(
    labels: Any, ax: Any, dimensions: Any, interactive: bool, words: int
) -> int:
    """
    Return how many words get labels.

    Raises
    ------
    TypeError, ValueError
        If arguments of `plot` have another form, or exclude each other.
    """
    if interactive and (ax is not None or dimensions != 2):
        raise ValueError(
            f"interactive=True with {'ax' if ax is not None else f'{dimensions=}'}: an "
            "Altair chart has two dimensions and no Matplotlib axes; leave it out"
        )
    if isinstance(labels, bool):
        return words if labels else 0
    if not hasattr(labels, "__index__"):
        raise TypeError(f"labels={labels!r}: expected a number of words, or a bool")
    if labels < 0:
        raise ValueError(f"labels={labels}: expected 0 or more")
    return min(int(labels), words)


def draw_map(
    selection: Selection,
    places: Float64Array,
    ax: Any = None,
    labels: int = DEFAULT_LABELS,
) -> Any:
    """
    Draw the words of a selection at their places.

    Parameters
    ----------
    selection : Selection
    places : float64 array, shape (n, 2) or (n, 3)
    ax : matplotlib Axes, optional
        By default a new figure of 8 by 8 inches.
    labels : int, default 150
        How many words get labels, the first ones. Words of pairs get them, too.

    Returns
    -------
    matplotlib Axes
    """
    ax = _axes(ax, places.shape[1])
    _set_limits(ax, places)
    chosen = _labelled(selection, labels)
    _draw_points(ax, selection, places, chosen)
    _draw_arrows(ax, places, selection.pairs)
    _hide_axes(ax)
    names = selection.group_names
    words = [selection.words[i] for i in chosen]
    written = captions([*words, *names], selection.rows[chosen].tolist())
    if names:
        _draw_legend(ax, written.labels[len(words) :], written.families)
    add_labels(
        ax, places[chosen], written.labels[: len(words)], written.families,
        pair_lines(places, selection.pairs),
    )  # fmt: skip
    return ax


def _labelled(selection: Selection, labels: int) -> list[int]:
    """Return the positions of the first words, and of those of pairs."""
    ends = {i for pair in selection.pairs for i in pair} if labels else set()
    return sorted({*range(min(labels, len(selection.words))), *ends})


def _draw_points(
    ax: Any, selection: Selection, places: Float64Array, labelled: list[int]
) -> None:
    """Draw the points; those without labels are pale and small."""
    has_label = np.isin(np.arange(len(places)), labelled)
    is_mixed = 0 < len(labelled) < len(places)
    for group in sorted({*selection.groups.tolist()}):
        for labels in (False, True):
            chosen = (selection.groups == group) & (has_label == labels)
            pale = is_mixed and not labels
            ax.scatter(
                *places[chosen].T, s=8 if pale else 22, alpha=0.3 if pale else 1.0,
                linewidths=0, zorder=2 + labels, marker=group_marker(group),
                color=group_colour(group if selection.group_names else 0),
            )  # fmt: skip


def _axes(ax: Any, dimensions: int) -> Any:
    """Return axes of so many dimensions: those given, or new ones."""
    if ax is None:
        plt = load("matplotlib.pyplot", "a plot")
        kind = {"projection": "3d"} if dimensions == 3 else None
        figure = plt.figure(figsize=(_SIDE, _SIDE), layout="constrained")
        return figure.add_subplot(**(kind or {}))
    is_3d = getattr(ax, "name", "") == "3d"
    if is_3d != (dimensions == 3):
        raise ValueError(
            f"axes with projection {getattr(ax, 'name', ax)!r} for a plot in "
            f"{dimensions} dimensions: expected "
            + ("axes made with projection='3d'" if dimensions == 3 else "plain axes")
            + ", or leave out ax"
        )
    return ax


def _set_limits(ax: Any, places: Float64Array) -> None:
    low, high = places.min(axis=0), places.max(axis=0)
    margin = _MARGIN * np.maximum(high - low, 1e-9)
    for axis, a, b in zip("xyz", low - margin, high + margin, strict=False):
        getattr(ax, f"set_{axis}lim")(a, b)


def _hide_axes(ax: Any) -> None:
    """Hide ticks: numbers of a map mean nothing by themselves."""
    for axis in "xyz" if ax.name == "3d" else "xy":
        getattr(ax, f"set_{axis}ticks")([])
    if ax.name != "3d":
        for spine in ax.spines.values():
            spine.set_color("#CCCCCC")


def _draw_arrows(ax: Any, places: Float64Array, pairs: list[tuple[int, int]]) -> None:
    for start, end in pairs:
        if places.shape[1] == 3:
            ax.plot(*places[[start, end]].T, color=LINES, linewidth=0.9, zorder=1)
            continue
        ax.annotate(
            "", xy=places[end], xytext=places[start], zorder=1,
            arrowprops={"arrowstyle": "-|>", "color": LINES, "linewidth": 0.9,
                        "shrinkA": 3, "shrinkB": 3},
        )  # fmt: skip


def _draw_legend(ax: Any, names: list[str], families: list[str]) -> None:
    """Draw a legend with text set later: names with _ and $ stay as they are."""
    lines = load("matplotlib.lines", "a plot")
    handles = [
        lines.Line2D(
            [], [], linestyle="", marker=group_marker(i), color=group_colour(i)
        )
        for i in range(len(names))
    ]
    legend = ax.legend(
        handles, [f"group {i}" for i in range(len(names))], loc="best",
        framealpha=0.9, edgecolor="#CCCCCC", prop={"family": families, "size": 9},
    )  # fmt: skip
    for text, label in zip(legend.get_texts(), names, strict=True):
        text.set_parse_math(False)
        text.set_text(label)
