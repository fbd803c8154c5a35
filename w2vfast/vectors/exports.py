"""Words and vectors as tables of other libraries and as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from w2vfast.runtime.html_table import html_table
from w2vfast.runtime.optional_packages import load
from w2vfast.vectors.arrow_table import arrow_table, check_unicode
from w2vfast.vectors.lookup import KeyedRows

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

SHOWN_WORDS = 10
SHOWN_NUMBERS = 5


class Exports(KeyedRows):
    """Methods of `KeyedVectors` that convert words and vectors to tables."""

    def to_dataframe(self) -> pandas.DataFrame:
        """
        Return a pandas DataFrame: one row for each word, one column per dimension.

        Returns
        -------
        pandas.DataFrame, shape (V, d) or (V, d + 1)
            The index "word" holds the words. The column "count" comes first if these
            vectors have counts. Columns 0 to d - 1 hold a copy of the vectors.

        Raises
        ------
        ImportError
            If pandas is not installed: ``pip install 'w2vfast[pandas]'``.
        """
        library = load("pandas", "to_pandas", "pandas")
        index = library.Index(self.index_to_key, name="word")
        frame: pandas.DataFrame = library.DataFrame(
            self.vectors, index=index, copy=True
        )
        if self.counts is not None:
            frame.insert(0, "count", self.counts)
        return frame

    def to_arrow(self) -> pyarrow.Table:
        """
        Return a pyarrow Table with the columns "word", "count" and "vector".

        Returns
        -------
        pyarrow.Table, V rows
            "vector" has the type fixed_size_list of d floats and shares the memory of
            the vectors. "count" is missing if these vectors have no counts.

        Raises
        ------
        ImportError
            If pyarrow is not installed: ``pip install 'w2vfast[arrow]'``.
        ValueError
            If a word is not valid Unicode.
        """
        return arrow_table(self.index_to_key, self.vectors, self.counts)

    def to_polars(self) -> polars.DataFrame:
        """
        Return a Polars DataFrame with the columns "word", "count" and "vector".

        Returns
        -------
        polars.DataFrame, V rows
            "vector" has the type Array of d float32 numbers. "count" is missing if
            these vectors have no counts.

        Raises
        ------
        ImportError
            If Polars is not installed: ``pip install 'w2vfast[polars]'``.
        ValueError
            If a word is not valid Unicode.
        """
        library = load("polars", "to_polars", "polars")
        check_unicode(self.index_to_key)
        columns: dict[str, Any] = {"word": self.index_to_key}
        if self.counts is not None:
            columns["count"] = self.counts
        columns["vector"] = self.vectors.astype(np.float32, copy=False)
        frame: polars.DataFrame = library.DataFrame(columns)
        return frame

    def _repr_html_(self) -> str:
        """Return an HTML table of the first words, for notebooks."""
        has_more = self.vector_size > SHOWN_NUMBERS
        head = ["word", *(["count"] if self.counts is not None else []), "vector"]
        rows = []
        for row, word in enumerate(self.index_to_key[:SHOWN_WORDS]):
            numbers = self.vectors[row, :SHOWN_NUMBERS].tolist()
            cells = [word]
            if self.counts is not None:
                cells.append(str(self.counts[row]))
            cells.append(" ".join(f"{x:.3g}" for x in numbers) + " …" * has_more)
            rows.append(cells)
        if len(self) > SHOWN_WORDS:
            rows.append(["…"] * len(head))
        return html_table(repr(self), rows, head)
