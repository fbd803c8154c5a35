"""Colours that people with colour blindness can tell apart."""

from __future__ import annotations

#: Okabe and Ito's palette, without yellow (too pale on white) and black.
GROUPS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
#: Shapes that tell groups apart as well, also in print.
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
#: Points without a group, when there are groups; lines that only connect.
OTHERS, LINES, TEXT = "#7F7F7F", "#9A9A9A", "#222222"


def group_colour(group: int) -> str:
    """Return the colour of a group; -1 is a word without a group."""
    return OTHERS if group < 0 else GROUPS[group % len(GROUPS)]


def group_marker(group: int) -> str:
    """
    Return the marker of a group.

    6 colours and 7 markers give 42 different combinations.
    """
    return MARKERS[0] if group < 0 else MARKERS[group % len(MARKERS)]
