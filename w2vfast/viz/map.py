"""Draw words as points, with labels, groups and arrows."""

from __future__ import annotations

from typing import Any

import numpy as np

from w2vfast.vectors.nearest import Float64Array
from w2vfast.viz.captions import captions
from w2vfast.viz.colours import LINES, group_colour, group_marker
from w2vfast.viz.labels import add_labels, add_labels_3d
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
    sizes = 22 if len(places) <= 500 else 6
    for group in sorted({*selection.groups.tolist()}):
        chosen = selection.groups == group
        ax.scatter(
            *places[chosen].T, s=sizes, linewidths=0, zorder=2 + (group >= 0),
            marker=group_marker(group),
            color=group_colour(group if selection.group_names else 0),
        )  # fmt: skip
    _draw_arrows(ax, places, selection.pairs)
    _hide_axes(ax)
    _draw_legend(ax, selection.group_names)
    _draw_labels(ax, selection, places, labels)
    return ax


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


def _draw_legend(ax: Any, names: list[str]) -> None:
    """Draw a legend with text set later: names with _ and $ stay as they are."""
    if not names:
        return
    lines = load("matplotlib.lines", "a plot")
    written = captions(names)
    handles = [
        lines.Line2D([], [], linestyle="", marker=group_marker(i), color=group_colour(i))
        for i in range(len(names))
    ]
    legend = ax.legend(
        handles, [f"group {i}" for i in range(len(names))], loc="best", fontsize=9,
        framealpha=0.9, edgecolor="#CCCCCC", prop={"family": written.families},
    )  # fmt: skip
    for text, label in zip(legend.get_texts(), written.labels, strict=True):
        text.set_parse_math(False)
        text.set_text(label)


def _draw_labels(
    ax: Any, selection: Selection, places: Float64Array, labels: int
) -> None:
    """Label the first words and those of pairs."""
    arrows = {i for pair in selection.pairs for i in pair} if labels else set()
    chosen = sorted({*range(min(labels, len(places))), *arrows})
    rest = sorted({*range(len(places))} - {*chosen})
    written = captions(
        [selection.words[i] for i in chosen], selection.rows[chosen].tolist()
    )
    ordered = places[chosen + rest]
    if places.shape[1] == 3:
        add_labels_3d(ax, ordered, written.labels, written.families)
    else:
        add_labels(ax, ordered, written.labels, written.families)
