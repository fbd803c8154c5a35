"""Place labels beside points so that they do not overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from w2vfast.vectors.nearest import Float64Array
from w2vfast.viz.colours import LINES, TEXT
from w2vfast.viz.packages import load

_SIZE = 9  # points


def add_labels(
    ax: Any,
    places: Float64Array,
    labels: Sequence[str],
    families: list[str],
    lines: Sequence[Float64Array] = (),
) -> list[Any]:
    """
    Write labels where they overlap neither each other nor points.

    A thin line leads from a label to its point if it does not stand beside it. Axes of
    three dimensions are labelled as they are seen at this moment.

    Parameters
    ----------
    ax : matplotlib Axes
        Its limits must be final: they decide what overlaps.
    places : float64 array, shape (m, 2) or (m, 3)
        Of all points; labels avoid them.
    labels : sequence of n str
        Of the first n points.
    families : list of str
        Names of fonts.
    lines : sequence of float64 arrays, shape (2, 2) or (2, 3)
        Ends of lines that labels avoid, where there is room.

    Returns
    -------
    list of n matplotlib Text, in the order of `labels`
    """
    if not labels:
        return []
    ax.figure.draw_without_rendering()  # the layout decides the size of the axes
    axes = "xyz"[: places.shape[1]]
    named: dict[str, Any] = {
        f"{axis}_scatter": places[:, i] for i, axis in enumerate(axes)
    }
    if len(lines):
        named |= {
            f"{axis}_lines": [line[:, i] for line in lines]
            for i, axis in enumerate(axes)
        }
    own = {axis: places[: len(labels), i] for i, axis in enumerate(axes)}
    _, _, texts, _ = load("textalloc", "a plot with labels").allocate(
        ax, text_list=list(labels), **own, **named, textsize=_SIZE, textcolor=TEXT,
        linecolor=LINES, linewidth=0.6, margin=0.004, min_distance=0.008,
        max_distance=0.15, nbr_candidates=300, avoid_label_lines_overlap=True,
        fontfamily=families, parse_math=False,  # words such as $5 are no formulas
    )  # fmt: skip
    effects = load("matplotlib.patheffects", "a plot")
    for text in texts:
        text.set_in_layout(False)  # or the axes would shrink for labels at their edge
        text.set_path_effects([effects.withStroke(linewidth=2, foreground="white")])
    return list(texts)


def pair_lines(
    places: Float64Array, pairs: Sequence[tuple[int, int]]
) -> list[Float64Array]:
    """Return the ends of the line of each pair."""
    return [np.asarray(places[[start, end]]) for start, end in pairs]
