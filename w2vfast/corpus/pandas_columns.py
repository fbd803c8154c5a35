"""Tables of pandas: one column is read, and only text takes the way of Arrow."""

from __future__ import annotations

from typing import Any

from w2vfast.corpus.token_lists import short

#: Types of columns that pandas stores as Arrow does, or converts to it quickly.
_TYPES = ("StringDtype", "ArrowDtype", "CategoricalDtype")


def is_column_of_text(source: Any) -> bool:
    """Return whether a column of pandas has one of these types, not objects."""
    return type(getattr(source, "dtype", None)).__name__ in _TYPES


def is_frame(source: object) -> bool:
    """Return whether a source is a table of pandas."""
    is_pandas = type(source).__module__.partition(".")[0] == "pandas"
    return is_pandas and hasattr(source, "columns")


def pandas_column(frame: Any, field: str | None) -> Any:
    """
    Return the column of a table to read.

    Parameters
    ----------
    frame : pandas.DataFrame
    field : str or None
        Name of the column. None: the only one with text or lists.

    Raises
    ------
    ValueError
        If there is no such column, or several.
    """
    names = list(frame.columns)
    listed = ", ".join(map(short, names[:20])) or "(none)"
    if field is None:
        found = [i for i in range(len(names)) if _has_sentences(frame.iloc[:, i])]
        problem = f"{len(found)} columns have text or lists"
    else:
        found = [i for i, name in enumerate(names) if name == field]
        problem = f"{len(found) or 'no'} column{'s' * (len(found) > 1)} {field!r}"
    if len(found) == 1:
        return frame.iloc[:, found[0]]
    fix = "" if field is not None else ": name one of them, such as field='text'"
    raise ValueError(f"DataFrame: {problem}{fix}: the columns are {listed}")


def _has_sentences(column: Any) -> bool:
    """Return whether the first value of a column is text or a list."""
    if is_column_of_text(column):
        return True
    if not len(column):
        return False
    value = column.iloc[0]
    return isinstance(value, (str, list, tuple)) or getattr(value, "ndim", 0) == 1
