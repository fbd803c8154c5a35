"""Interactive maps for notebooks, as Altair charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from w2vfast.vectors.nearest import Float64Array
from w2vfast.viz.captions import readable
from w2vfast.viz.colours import GROUPS, OTHERS, TEXT
from w2vfast.viz.packages import load
from w2vfast.viz.selection import Selection

_SIDE = 620  # pixels
_SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross")
_NO_GROUP = "(no group)"


def map_chart(
    selection: Selection,
    places: Float64Array,
    neighbours: Sequence[Sequence[str]],
    labels: int,
) -> Any:
    """
    Return a chart: zoom and pan; a word under the pointer shows its neighbours.

    Parameters
    ----------
    selection : Selection
    places : float64 array, shape (n, 2)
    neighbours : sequence of n lists of str
        The nearest words of each word.
    labels : int
        How many words get labels, the first ones.

    Returns
    -------
    altair.LayerChart
        A notebook shows it by itself. ``chart.save("map.html")`` writes a page.
    """
    alt = load("altair", "an interactive plot")
    data = alt.Data(values=_records(selection, places, neighbours, labels))
    x = alt.X("x:Q", axis=None, scale=alt.Scale(zero=False, padding=20))
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(zero=False, padding=20))
    colour: dict[str, Any] = {"color": alt.value(GROUPS[0])}
    if selection.group_names:
        names = [*map(_harmless, selection.group_names)]
        names += [_NO_GROUP] if (selection.groups < 0).any() else []
        scale = _scale(alt, names, GROUPS, OTHERS)
        shapes = _scale(alt, names, _SHAPES, _SHAPES[0])
        colour = {
            "color": alt.Color("group:N", title=None, scale=scale),
            "shape": alt.Shape("group:N", title=None, scale=shapes),
        }
    tooltip = [alt.Tooltip("word:N"), alt.Tooltip("nearest:N")]
    points = alt.Chart(data).mark_point(filled=True, size=45, opacity=0.9)
    points = points.encode(x=x, y=y, tooltip=tooltip, **colour)
    texts = alt.Chart(data).mark_text(align="left", dx=6, fontSize=11, color=TEXT)
    texts = texts.encode(x=x, y=y, text="label:N", tooltip=tooltip)
    layers = [points, texts]
    if selection.pairs:
        layers.insert(0, _lines(alt, selection, places, x, y))
    chart = alt.layer(*layers).properties(width=_SIDE, height=_SIDE)
    return chart.configure_view(stroke="#CCCCCC").interactive()


def _records(
    selection: Selection,
    places: Float64Array,
    neighbours: Sequence[Sequence[str]],
    labels: int,
) -> list[dict[str, Any]]:
    """Return one record for each word."""
    names = [*map(_harmless, selection.group_names), _NO_GROUP]
    return [
        {
            "word": _harmless(word),
            "label": _harmless(word) if i < labels else "",
            "group": names[group],
            "nearest": ", ".join(map(_harmless, near)),
            "x": float(place[0]),
            "y": float(place[1]),
        }
        for i, (word, group, near, place) in enumerate(
            zip(selection.words, selection.groups, neighbours, places, strict=True)
        )
    ]


def _harmless(text: str) -> str:
    """
    Return a readable text that cannot end the script element of a page.

    Altair writes words into a script as they are. An invisible space after "<" keeps
    a browser from reading a word as markup.
    """
    return readable(text).replace("<", "<\u200b")


def _scale(alt: Any, names: list[str], values: Sequence[str], last: str) -> Any:
    """Return a scale that gives each group a value, in turns."""
    cycle = [values[i % len(values)] for i in range(len(names))]
    if names[-1] == _NO_GROUP:
        cycle[-1] = last
    return alt.Scale(domain=names, range=cycle)


def _lines(alt: Any, selection: Selection, places: Float64Array, x: Any, y: Any) -> Any:
    """Return the lines from the first to the second word of each pair."""
    records = [
        {"x": float(places[i, 0]), "y": float(places[i, 1]), "pair": pair, "end": end}
        for pair, ends in enumerate(selection.pairs)
        for end, i in enumerate(ends)
    ]
    chart = alt.Chart(alt.Data(values=records)).mark_line(color=OTHERS, strokeWidth=1)
    return chart.encode(x=x, y=y, detail="pair:N", order="end:Q")
