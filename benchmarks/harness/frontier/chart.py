"""The chart of the frontier: quality against CPU seconds (matplotlib)."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from harness.frontier.records import Point
from harness.frontier.report import axis_front
from w2vfast.training.parameters import ARCHITECTURES

#: Columns of the chart: attribute of `Point`, label.
AXES = (
    ("similarity", "mean of WS-353, SimLex, MEN (Spearman)"),
    ("analogy", "Google analogies (share)"),
)
COLOURS = {"w2vfast": "#1b6ca8", "gensim": "#c8553d"}
#: Line and marker of each vector size, in increasing order.
STYLES = (("-", "o"), ("--", "^"), (":", "s"))


def draw(given: Sequence[Point], corpus: str, path: Path) -> None:
    """Write an SVG file: a row for each architecture, a column for each of `AXES`."""
    matplotlib = import_module("matplotlib")
    matplotlib.use("svg")
    options = {"svg.hashsalt": "frontier", "svg.fonttype": "none", "font.size": 9}
    matplotlib.rcParams |= options
    plot = import_module("matplotlib.pyplot")
    there = {p.setting.architecture for p in given}
    rows = [name for name in ARCHITECTURES if name in there]
    size = (11, 1 + 4 * len(rows))
    figure, panels = plot.subplots(len(rows), len(AXES), figsize=size, squeeze=False)
    for architecture, line in zip(rows, panels, strict=True):
        of_row = [p for p in given if p.setting.architecture == architecture]
        for (axis, label), panel in zip(AXES, line, strict=True):
            _panel(panel, of_row, axis)
            panel.set(xscale="log", xlabel="CPU seconds of training", ylabel=label)
            panel.set_title(architecture)
            panel.grid(alpha=0.3)
    panels[0][0].legend(loc="lower right")
    figure.suptitle(f"Quality against CPU time, {corpus}, one thread; lines: fronts")
    figure.tight_layout()
    figure.savefig(path, format="svg", metadata={"Date": None})
    plot.close(figure)
    lines = path.read_text("utf-8").splitlines()  # with spaces at their ends
    path.write_text("".join(f"{line.rstrip()}\n" for line in lines), "utf-8")


def _panel(panel: Any, given: Sequence[Point], axis: str) -> None:
    """Draw all points, the front of each contender and d as a line."""
    sizes = sorted({p.setting.vector_size for p in given})
    for contender, colour in COLOURS.items():
        for d in sizes:
            group = [
                p
                for p in given
                if (p.setting.contender, p.setting.vector_size) == (contender, d)
                and getattr(p, axis) is not None
            ]
            if not group:
                continue
            line, marker = STYLES[sizes.index(d) % len(STYLES)]
            cost, quality = _coordinates(group, axis)
            panel.scatter(cost, quality, s=12, c=colour, marker=marker, alpha=0.35)
            cost, quality = _coordinates(axis_front(group, axis), axis)
            label = f"{contender}, d = {d}"
            panel.plot(cost, quality, line, color=colour, marker=marker, label=label)


def _coordinates(group: Sequence[Point], axis: str) -> tuple[list[float], list[float]]:
    return [p.cpu for p in group], [getattr(p, axis) for p in group]
