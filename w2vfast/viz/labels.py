"""Place labels beside points so that they do not overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from w2vfast.vectors.nearest import Float64Array
from w2vfast.viz.colours import LINES, TEXT
from w2vfast.viz.packages import load

_STEPS = 150  # of adjustText: a limit of time would differ between machines
_SIZE = 9  # points


def add_labels(
    ax: Any,
    places: Float64Array,
    labels: Sequence[str],
    families: list[str],
    colours: Sequence[str] | None = None,
) -> list[Any]:
    """
    Write labels on two-dimensional axes and move them apart.

    A thin line leads from a label that was moved to its point.

    Parameters
    ----------
    ax : matplotlib Axes
        Its limits must be final: they decide what overlaps.
    places : float64 array, shape (m, 2)
        Of all points; labels avoid them.
    labels : sequence of n str
        Of the first n points.
    families : list of str
    colours : sequence of n str, optional

    Returns
    -------
    list of n matplotlib Text
    """
    colours = colours or [TEXT] * len(labels)
    texts = [
        ax.text(
            *place, label, color=colour, fontfamily=families, fontsize=_SIZE,
            parse_math=False,
        )  # words such as $5 are no formulas
        for place, label, colour in zip(places, labels, colours, strict=False)
    ]  # fmt: skip
    if texts:
        load("adjustText", "a plot with labels").adjust_text(
            texts,
            target_x=places[: len(texts), 0],
            target_y=places[: len(texts), 1],
            x=places[:, 0],
            y=places[:, 1],
            ax=ax,
            iter_lim=_STEPS,
            expand=(1.08, 1.25),
            arrowprops={"arrowstyle": "-", "color": LINES, "linewidth": 0.6},
        )
    return texts


def add_labels_3d(
    ax: Any, places: Float64Array, labels: Sequence[str], families: list[str]
) -> list[Any]:
    """
    Write labels on three-dimensional axes.

    A label is hidden if it overlaps one of a point before it, as seen from the angle
    of the axes at this moment.
    """
    texts = [
        ax.text(*place, f" {label}", color=TEXT, fontfamily=families, fontsize=_SIZE,
                parse_math=False)
        for place, label in zip(places, labels, strict=False)
    ]  # fmt: skip
    ax.figure.canvas.draw()  # sets where each text is seen
    shown = np.empty((0, 4))
    for text in texts:
        box = np.asarray(text.get_window_extent().extents)
        apart = (shown[:, :2] >= box[2:]).any(axis=1) | (shown[:, 2:] <= box[:2]).any(
            axis=1
        )
        text.set_visible(bool(apart.all()))
        if apart.all():
            shown = np.vstack([shown, box])
    return texts
