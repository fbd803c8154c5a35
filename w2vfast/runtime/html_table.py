"""Small HTML tables for notebooks, in which all text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def html_table(
    caption: str, rows: Iterable[Sequence[str]], head: Sequence[str] = ()
) -> str:
    """
    Return a paragraph and a table.

    Parameters
    ----------
    caption : str
        Text of the paragraph.
    rows : iterable of sequences of str
        The cells of each row. Without `head` the first cell is a heading.
    head : sequence of str, optional
        Headings of the columns.

    Examples
    --------
    >>> html_table("<A>", [("words", "<b>")])
    '<p>&lt;A&gt;</p><table><tr><th>words</th><td>&lt;b&gt;</td></tr></table>'
    """
    lines = [_row(["th"] * len(head), head)] if head else []
    first = "td" if head else "th"
    for row in rows:
        lines.append(_row([first, *["td"] * (len(row) - 1)], row))
    return f"<p>{_escaped(caption)}</p><table>{''.join(lines)}</table>"


def _row(tags: Sequence[str], cells: Sequence[str]) -> str:
    pairs = zip(tags, cells, strict=True)
    inner = "".join(f"<{tag}>{_escaped(cell)}</{tag}>" for tag, cell in pairs)
    return f"<tr>{inner}</tr>"


def _escaped(text: str) -> str:
    """Escape markup; a surrogate, which no page can hold, becomes a question mark."""
    from html import escape  # imports tables of 2,000 names

    return escape(text.encode(errors="replace").decode())
