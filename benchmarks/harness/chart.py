"""Draw bar charts as SVG, without a plotting library."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from textwrap import wrap

#: Colours of the kinds of bars, in order of appearance; repeated if there are more.
COLOURS = ("#1b6ca8", "#5fa8d3", "#c8553d", "#e9a23b", "#6b705c", "#9d4edd")
#: Widths in pixels: names, longest bar, labels.
LEFT, WIDTH, RIGHT = 150, 400, 310
#: Heights in pixels: a bar, the gap between groups, the title, a line of text.
BAR, GAP, TOP, LINE = 20, 16, 48, 18
#: Letters that fit on a line under the title; a wide font takes 8 pixels for each.
LETTERS = (LEFT + WIDTH + RIGHT - 20) // 8


@dataclass(frozen=True)
class Bar:
    """
    One bar.

    Attributes
    ----------
    name : str
        Text on its left.
    value : float
        Its length is proportional to the value.
    label : str
        Text at its right end.
    kind : str, optional
        Bars of the same kind have the same colour. Default: the name.
    """

    name: str
    value: float
    label: str
    kind: str | None = None


def bar_chart(title: str, subtitle: str, groups: dict[str, list[Bar]]) -> str:
    """
    Return an SVG document with groups of horizontal bars.

    Parameters
    ----------
    title : str
    subtitle : str
        Wrapped if it is too long for a line.
    groups : dict of str to list of Bar
        Headings and bars. All groups have the same scale.
    """
    bars = [bar for group in groups.values() for bar in group]
    scale = WIDTH / max(bar.value for bar in bars)
    kinds = list(dict.fromkeys(bar.kind or bar.name for bar in bars))
    parts, y = [_text(10, 26, title, "t")], TOP
    for line in wrap(subtitle, LETTERS):
        parts.append(_text(10, y, line, "s"))
        y += LINE
    y += GAP // 2
    for heading, group in groups.items():
        parts.append(_text(10, y + 14, heading, "h"))
        y += BAR + 2
        for bar in group:
            colour = COLOURS[kinds.index(bar.kind or bar.name) % len(COLOURS)]
            parts += _bar(y, bar, bar.value * scale, colour)
            y += BAR + 4
        y += GAP
    return _document(y, parts)


def _bar(y: int, bar: Bar, length: float, colour: str) -> list[str]:
    box = f'x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR}"'
    return [
        _text(LEFT - 8, y + 15, bar.name, "n"),
        f'<rect {box} fill="{colour}"/>',
        _text(LEFT + length + 6, y + 15, bar.label, "l"),
    ]


def _text(x: float, y: int, words: str, kind: str) -> str:
    return f'<text x="{x:.1f}" y="{y}" class="{kind}">{escape(words)}</text>'


def _document(height: int, parts: list[str]) -> str:
    width = LEFT + WIDTH + RIGHT
    style = (
        "text{font:13px sans-serif;fill:#222}.t{font-size:17px;font-weight:bold}"
        ".h{font-weight:bold}.n{text-anchor:end}.s,.l{fill:#555}"
    )
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">\n<style>{style}</style>\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n'
    )
