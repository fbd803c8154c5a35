"""Arrow columns as chunks of words that threads scan, and as ids."""

from __future__ import annotations

import threading
from array import array as python_array
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from w2vfast.corpus._scanner import WordTable
from w2vfast.corpus.arrow_columns import check_type, meaning
from w2vfast.corpus.arrow_pieces import Piece, text_pieces, word_pieces
from w2vfast.corpus.arrow_tables import ArrowTable, ArrowTables
from w2vfast.corpus.content import NotTextError
from w2vfast.corpus.growable import Int32s, Int64s
from w2vfast.corpus.scan_space import ScanSpace
from w2vfast.corpus.text_options import TextOptions
from w2vfast.corpus.token_lists import TokenIds, TokenLists
from w2vfast.files.arrow_checks import (
    ArrayChecks,
    ArrowDataError,
    list_offsets,
    list_values,
)
from w2vfast.runtime.threads import StopFlag

_NO_TEXT = (
    "is a missing value (null), not text: leave such rows out, with drop_null() of "
    "pyarrow, drop_nulls() of Polars or dropna() of pandas"
)
_ROWS = 1 << 16  # validated at a time, so that a large array takes little memory


@dataclass(frozen=True)
class Column:
    """One column of a table; its rows are numbered from 0 over all its arrays."""

    table: ArrowTable
    index: int
    accept_ids: bool

    @property
    def place(self) -> str:
        """Name of the source and of the column, for messages."""
        name = self.table.column_name(self.index)
        column = "" if name is None else f": column {name!r}"
        return self.table.name + column

    def arrays(self) -> Iterator[tuple[int, str, Any, int]]:
        """Yield first row, meaning, a valid array without nulls, and units of progress.

        Raises
        ------
        ArrowDataError
            If the data are damaged.
        TypeError, NotTextError
            If a row or a token is missing, or the type has no sentences.
        """
        checks, row = ArrayChecks(self.table.name), 0
        for whole, units in self.table.arrays(self.index):
            parts = range(0, max(1, len(whole)), _ROWS)
            for start in parts:
                part = whole.slice(start, _ROWS)
                if hasattr(part, "storage"):  # an extension type, by its storage
                    part = part.storage
                self._reject_other_types(part, row)
                kind = check_type(part.type, self.place)
                checks.check(part)
                self._reject_nulls(part, row)
                if kind == "ids" and not self.accept_ids:
                    self._reject_ids(part, row)
                yield row, kind, part, units // len(parts)
                row += len(part)

    def reject(self, part: Any, index: int, row: int) -> NoReturn:
        """Raise the error of a missing text, or that the row would be as a list."""
        value = part[index].as_py()
        if value is None and meaning(part.type) == "text":
            error = NotTextError if self.table.is_file else TypeError
            raise error(f"{self.place}: row {row}, counted from 0, {_NO_TEXT}")
        try:
            known = TokenIds(self.accept_ids)
            if row and isinstance(value, list):  # the first token decides: words or ids
                known.append(python_array("i"), 0, _example(part.type))
            for sentence in TokenLists([value], first=row):
                known.append(python_array("i"), row, sentence)
        except TypeError as error:
            if self.table.is_file:
                raise NotTextError(f"{self.place}: {error}") from None
            raise
        raise ArrowDataError(
            f"{self.place}: the data are damaged (the number of missing values is "
            f"wrong at row {row}): copy or write them again"
        )

    def _reject_other_types(self, part: Any, row: int) -> None:
        if str(part.type) == "null" and len(part):
            self.reject(part, 0, row)

    def _reject_nulls(self, part: Any, row: int) -> None:
        """Raise an error for the first row that is missing or has a missing token."""
        index = _first_null(part)
        if index is None and hasattr(part, "values"):
            offsets = list_offsets(part)
            token = _first_null(list_values(part, offsets))
            if token is not None:
                token += int(offsets[0])
                index = int(np.searchsorted(offsets, token, "right")) - 1
        if index is not None:
            self.reject(part, index, row + index)

    def _reject_ids(self, part: Any, row: int) -> None:
        filled = np.flatnonzero(np.diff(list_offsets(part)))
        if len(filled):
            self.reject(part, int(filled[0]), row + int(filled[0]))


def _first_null(part: Any) -> int | None:
    """Return the first missing value of a valid array, or None."""
    if part.null_count:
        return int(part.is_null().to_numpy(zero_copy_only=False).argmax())
    if hasattr(part, "dictionary") and part.dictionary.null_count:
        missing = part.dictionary.is_null().to_numpy(zero_copy_only=False)
        found = missing[part.indices.to_numpy(zero_copy_only=False)]
        return int(found.argmax()) if found.any() else None
    return None


def _example(kind: Any) -> list[Any]:
    """Return a sentence with a token of the type of a list's values."""
    return [0] if meaning(kind) == "ids" else ["word"]


@dataclass(frozen=True)
class ArrowChunk:
    """
    A piece of a column.

    Attributes
    ----------
    number : int
        Position of the chunk in the corpus, from 0.
    row : int
        Its first row in the column.
    size_on_disk : int
        Bytes of a file, or rows, that the chunk accounts for.
    """

    number: int
    column: Column
    row: int
    piece: Piece
    size_on_disk: int

    def scan(
        self, table: WordTable, space: ScanSpace, options: TextOptions
    ) -> tuple[Int32s, Int32s | Int64s]:
        """Count the words; return their ids, and where sentences end."""
        return self.piece.scan(table, space)

    def check(self, options: TextOptions) -> None:
        """Raise the error of the first row that is no text."""
        self.piece.check(self.column.place, self.row)


class ArrowChunks:
    """
    The chunks of tables in order, as `reader.FileChunks` has those of files.

    Parameters
    ----------
    tables : ArrowTables
    size : int
        Bytes of a chunk, about.
    accept_ids : bool
        Whether tokens may be integers.
    """

    def __init__(self, tables: ArrowTables, size: int, accept_ids: bool = True) -> None:
        self.size = size
        self.options: TextOptions = TextOptions()
        self.total: int | None = tables.total
        self._tables = tables
        self._accept_ids = accept_ids
        self._columns = [
            Column(table, index, accept_ids) for table, index in tables.columns()
        ]
        self._arrays = self._all_arrays()
        self._first = next(self._arrays, None)
        self._chunks = self._split()
        self._lock = threading.Lock()

    @property
    def are_ids(self) -> bool:
        """Whether the tokens are integers."""
        return self._first is not None and self._first[2] == "ids"

    def take(self, stop: StopFlag | None = None) -> ArrowChunk | None:
        """Return the next chunk, or None after the last one."""
        with self._lock:
            return next(self._chunks, None)

    def again(self) -> ArrowChunks:
        """Return the same chunks, to read them once more from the first one on."""
        return ArrowChunks(self._tables, self.size, self._accept_ids)

    def check_unchanged(self) -> None:
        """Raise OSError if a file has changed since this object was made."""
        self._tables.check_unchanged()

    def close(self) -> None:
        """Close the file that is being read."""
        with self._lock:
            self._chunks.close()
            self._arrays.close()

    def ids(self) -> Iterator[tuple[npt.NDArray[Any], Int64s, int]]:
        """Yield ids, where sentences end in them, and units of progress."""
        for column, row, _, part, units in self._same_kind("ids"):
            offsets = list_offsets(part)
            values = list_values(part, offsets).to_numpy(zero_copy_only=False)
            if len(values) and values.min() < 0:
                token = int((values < 0).argmax()) + int(offsets[0])
                index = int(np.searchsorted(offsets, token, "right")) - 1
                column.reject(part, index, row + index)
            yield values, offsets[1:] - offsets[0], units

    def _split(self) -> Generator[ArrowChunk, None, None]:
        number = 0
        for column, row, kind, part, units in self._same_kind("words"):
            cut = text_pieces if kind == "text" else word_pieces
            for first, piece in cut(part, self.size):
                yield ArrowChunk(number, column, row + first, piece, units)
                number, units = number + 1, 0

    def _same_kind(self, kind: str) -> Iterator[tuple[Column, int, str, Any, int]]:
        """Yield all arrays; raise ArrowDataError if words and ids are mixed."""
        first, self._first = self._first, None
        for found in [first] if first is not None else []:
            yield found
        for found in self._arrays:
            if (found[2] == "ids") != (kind == "ids"):
                raise ArrowDataError(
                    f"{found[0].place} has {'words' if kind == 'ids' else 'ids'}, but "
                    "the columns before have not: a corpus has either words or ids"
                )
            yield found

    def _all_arrays(self) -> Generator[tuple[Column, int, str, Any, int], None, None]:
        for column in self._columns:
            for row, kind, part, units in column.arrays():
                yield column, row, kind, part, units
