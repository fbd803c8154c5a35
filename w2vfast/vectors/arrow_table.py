"""Words, counts and vectors as a table of Arrow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from w2vfast.runtime.optional_packages import load

if TYPE_CHECKING:
    import pyarrow

#: Names of the columns.
WORD, COUNT, VECTOR = "word", "count", "vector"


def arrow_table(
    keys: Sequence[str], vectors: npt.NDArray[Any], counts: npt.NDArray[Any] | None
) -> pyarrow.Table:
    """
    Return a table with the columns "word", "count" (if known) and "vector".

    Parameters
    ----------
    keys : sequence of str, length V
    vectors : float array, shape (V, d), C-contiguous
        The column shares its memory.
    counts : int array, shape (V,), or None

    Raises
    ------
    ImportError
        If pyarrow is not installed.
    ValueError
        If a word is not valid Unicode.
    """
    arrow = load("pyarrow", "a table of Arrow", "arrow")
    check_unicode(keys)
    columns = {WORD: arrow.array(keys, arrow.string())}
    if counts is not None:
        columns[COUNT] = arrow.array(counts)
    columns[VECTOR] = arrow.FixedSizeListArray.from_arrays(
        arrow.array(vectors.reshape(-1)), vectors.shape[1]
    )
    table: pyarrow.Table = arrow.table(columns)
    return table


def check_unicode(keys: Sequence[str]) -> None:
    """Raise ValueError if a word contains a surrogate."""
    try:
        "".join(keys).encode()
    except UnicodeEncodeError:
        bad = next(word for word in keys if not _is_unicode(word))
        raise ValueError(
            f"the word {bad!r} is not valid Unicode; expected words without "
            "surrogates; use to_dataframe, or rename the word"
        ) from None


def _is_unicode(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True
