"""Print results as Markdown tables or JSON, and write them to files."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.conditions import conditions, described
from harness.options import without_paths

#: Stands in a table where a value is missing.
MISSING = "–"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; columns after the first are aligned right."""
    cells = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    cells.insert(1, rule)
    return "".join(f"| {_line(row, widths)} |\n" for row in cells)


def show(
    as_json: bool,
    head: Sequence[str],
    rows: Sequence[Any],
    cells: Callable[[Any], Sequence[str]],
    about: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """
    Print rows as JSON or as a table.

    Parameters
    ----------
    as_json : bool
    head : sequence of str
        Names of the table's columns.
    rows : sequence of dataclass instances
    cells : callable
        Returns the table's cells for a row.
    about : str, optional
        Text above the table.
    facts : mapping, optional
        Facts for the JSON in addition to `conditions()`.
    """
    known = conditions()
    if as_json:
        given = [asdict(row) for row in rows]
        found = {"conditions": known | dict(facts or {}), "rows": given}
        print(json.dumps(found, indent=1))
        return
    if about:
        print(about + "\n")
    print(table(head, map(cells, rows)))
    print(described(known))


def save(
    options: Namespace,
    name: str,
    markdown: str,
    facts: Mapping[str, Any],
    rows: Sequence[Any],
    drawing: str | None = None,
) -> None:
    """Write name.md, name.json and name.svg to the folder `options.output`."""
    given = [asdict(row) for row in rows]
    asked = without_paths(options)
    found = {"conditions": dict(facts), "options": asked, "rows": given}
    write_results(options.output, name, found, markdown, drawing)


def write_results(
    folder: str, name: str, found: dict[str, Any], text: str, drawing: str | None = None
) -> None:
    """Write name.json and name.md; write name.svg if there is a drawing."""
    texts = {"md": text, "json": json.dumps(found, indent=1) + "\n"}
    texts |= {} if drawing is None else {"svg": drawing}
    Path(folder).mkdir(parents=True, exist_ok=True)
    for ending, content in texts.items():
        (Path(folder) / f"{name}.{ending}").write_text(content, "utf-8")


def number(value: float | None, pattern: str) -> str:
    """Format a value that may be missing."""
    return MISSING if value is None else format(value, pattern)


def plural(count: int, noun: str) -> str:
    """Return "1 round" or "3 rounds"."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def note(text: str) -> None:
    """Print progress on standard error."""
    print(text, file=sys.stderr, flush=True)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    return " | ".join([first[0].ljust(first[1]), *(c.rjust(w) for c, w in others)])
