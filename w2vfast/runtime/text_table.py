r"""Tables of text: aligned for a terminal, or with tabs for other programs.

Words come from files that nobody has checked. Control characters in them could move the
cursor or end a cell, so they are written as Python's escapes, such as ``\x1b``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

Table = Sequence[Sequence[str]]

#: Characters that no printed cell contains: controls, line ends, changes of direction.
_ESCAPED = {*range(32), *range(127, 160), 0x2028, 0x2029}
_ESCAPED |= {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_ESCAPES = {code: repr(chr(code))[1:-1] for code in _ESCAPED}
_WIDE = {"W", "F"}
_WITHOUT_WIDTH = {"Mn", "Me", "Cf"}


def printable(text: str) -> str:
    """Return text with escapes instead of control characters."""
    return text.translate(_ESCAPES)


def width(text: str) -> int:
    """Return the columns of a terminal that text takes."""
    return sum(
        0
        if unicodedata.category(character) in _WITHOUT_WIDTH
        else 1 + (unicodedata.east_asian_width(character) in _WIDE)
        for character in text
    )


def tab_separated(table: Table) -> str:
    """Return a line for each row, with a tab between two cells."""
    return "\n".join("\t".join(map(printable, row)) for row in table)


def aligned(table: Table, n_names: int = 0) -> str:
    """
    Return lines whose columns are aligned.

    Parameters
    ----------
    table : sequence of rows
        Each row is a sequence of cells.
    n_names : int, default 0
        Align so many columns to the left, and the others, numbers, to the right.
    """
    rows = [[printable(cell) for cell in row] for row in table]
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = []
        for number, (cell, size) in enumerate(zip(row, widths, strict=True)):
            space = " " * (size - width(cell))
            cells.append(cell + space if number < n_names else space + cell)
        lines.append("  ".join(cells).rstrip(" "))
    return "\n".join(lines)
