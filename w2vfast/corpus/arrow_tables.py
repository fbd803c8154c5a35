"""Sources of Arrow columns: tables in memory, readers, data sets and files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from w2vfast.corpus.arrow_columns import choose_column
from w2vfast.corpus.pandas_columns import is_column_of_text
from w2vfast.corpus.ray_datasets import NAME as RAY_NAME
from w2vfast.corpus.ray_datasets import is_ray_dataset, ray_schema, read_blocks
from w2vfast.files.arrow_checks import arrow, arrow_errors
from w2vfast.wording import with_article

_HF_ROWS = 10_000  # of a data set of Hugging Face, read at a time


@dataclass
class ArrowTable:
    """
    A table whose columns are read one at a time.

    Attributes
    ----------
    name : str
        For messages.
    schema : pyarrow.Schema or None
        None: a single array.
    read : callable
        Takes the position of a column, and returns an iterator of its arrays, each with
        the bytes or the rows that it stands for.
    total : int or None
        Sum of these units, if it is known.
    is_file : bool
    is_read_once : bool
        Whether `read` returns all arrays the first time only.
    """

    name: str
    schema: Any
    read: Callable[[int], Iterator[tuple[Any, int]]]
    total: int | None = None
    is_file: bool = False
    is_read_once: bool = False

    def column_name(self, index: int) -> str | None:
        """Return the name of a column, None for that of a single array."""
        return None if self.schema is None else self.schema.names[index]

    def arrays(self, index: int) -> Iterator[tuple[Any, int]]:
        """Yield the arrays of a column, with errors that name the table."""
        arrays = self.read(index)
        while True:
            with arrow_errors(self.name):
                found = next(arrays, None)
            if found is None:
                return
            yield found


@dataclass
class ArrowTables:
    """
    Tables that form one corpus, in this order.

    Attributes
    ----------
    tables : list of ArrowTable
    field : str or None
        Name of the column to read. None: the only one that has sentences.
    check_unchanged : callable
        Raises OSError if a file has changed.
    """

    tables: list[ArrowTable]
    field: str | None
    check_unchanged: Callable[[], None] = lambda: None

    @property
    def total(self) -> int | None:
        """Sum of the units of all tables; None if it is unknown."""
        totals = [table.total for table in self.tables]
        return None if None in totals else sum(totals)  # type: ignore[arg-type]

    @property
    def unit(self) -> str:
        """Name of a unit of progress."""
        return "B" if self.tables[0].is_file else "sentences"

    def columns(self) -> list[tuple[ArrowTable, int]]:
        """Return each table with the position of its column."""
        found, field = [], self.field
        for table in self.tables:
            if table.schema is None:
                found.append((table, 0))
                continue
            with arrow_errors(table.name):  # names of columns may be no UTF-8
                index = choose_column(table.schema, field, table.name)
                field = table.schema.names[index]
            found.append((table, index))
        return found


def is_arrow(source: object) -> bool:
    """Return whether an object in memory is read by its columns."""
    if type(source).__module__.partition(".")[0] == "pandas":
        return is_column_of_text(source)
    if hasattr(source, "__arrow_c_stream__") or hasattr(source, "__arrow_c_array__"):
        return True
    is_data_set = hasattr(source, "scanner") and hasattr(source, "schema")
    is_scanner = hasattr(source, "to_reader") and hasattr(source, "projected_schema")
    is_other = is_hugging_face(source) or is_ray_dataset(source)
    return is_data_set or is_scanner or is_other


def is_hugging_face(source: object) -> bool:
    """Return whether an object is a data set of Hugging Face, or several."""
    return type(source).__module__.partition(".")[0] == "datasets" and (
        hasattr(source, "with_format") or hasattr(source, "column_name")
    )


def has_pyarrow() -> bool:
    """Return whether pyarrow is loaded, or can be."""
    from importlib.util import find_spec

    return sys.modules.get("pyarrow") is not None or find_spec("pyarrow") is not None


def table_in_memory(source: Any) -> ArrowTable:
    """
    Return an object as a table.

    Raises
    ------
    ImportError
        If pyarrow is not installed.
    TypeError
        If the object is a group of data sets.
    """
    pyarrow = arrow("pyarrow")
    name = type(source).__name__
    with arrow_errors(name):
        if is_hugging_face(source):
            return _hugging_face(source)
        if is_ray_dataset(source):
            return _ray(source)
        if isinstance(source, (pyarrow.Array, pyarrow.ChunkedArray)):
            return _array(source, name)
        if isinstance(source, pyarrow.RecordBatch):
            return _batches(source.schema, [source], name, is_read_once=False)
        if isinstance(source, pyarrow.Table):
            return _table(source, name)
        if isinstance(source, pyarrow.RecordBatchReader):
            return _batches(source.schema, source, name)
        if hasattr(source, "scanner"):  # pyarrow.dataset and Lance
            return _data_set(source, name)
        if hasattr(source, "to_reader"):
            return _batches(source.projected_schema, source.to_reader(), name)
        return _capsule(source, name)


def _capsule(source: Any, name: str) -> ArrowTable:
    """Return an object that has Arrow's C interface."""
    pyarrow = arrow("pyarrow")
    if not hasattr(source, "__arrow_c_stream__"):
        found = pyarrow.array(source)
        if pyarrow.types.is_struct(found.type):
            batch = pyarrow.RecordBatch.from_struct_array(found)
            return _batches(batch.schema, [batch], name, is_read_once=False)
        return _array(found, name)
    try:
        reader = pyarrow.RecordBatchReader.from_stream(source)
    except pyarrow.ArrowInvalid as error:
        if "non-struct" not in str(error):
            raise
        return _array(pyarrow.chunked_array(source), name)
    if type(source).__module__.partition(".")[0] != "polars":
        return _batches(reader.schema, reader, name)
    again = _Again(lambda: pyarrow.RecordBatchReader.from_stream(source))
    return _batches(reader.schema, again, name, is_read_once=False)


class _Again(Iterable[Any]):
    """Makes a new reader whenever its batches are iterated."""

    def __init__(self, reader: Callable[[], Iterable[Any]]) -> None:
        self._reader = reader

    def __iter__(self) -> Iterator[Any]:
        return iter(self._reader())


def _array(array: Any, name: str) -> ArrowTable:
    chunks = getattr(array, "chunks", [array])
    return ArrowTable(
        name, None, lambda _: ((chunk, len(chunk)) for chunk in chunks), len(array)
    )


def _table(table: Any, name: str) -> ArrowTable:
    def read(index: int) -> Iterator[tuple[Any, int]]:
        return ((chunk, len(chunk)) for chunk in table.column(index).chunks)

    return ArrowTable(name, table.schema, read, table.num_rows)


def _batches(
    schema: Any, batches: Iterable[Any], name: str, *, is_read_once: bool = True
) -> ArrowTable:
    """Return record batches, or tables."""

    def read(index: int) -> Iterator[tuple[Any, int]]:
        for batch in batches:
            column = batch.column(index)
            for array in getattr(column, "chunks", [column]):
                yield array, len(array)

    return ArrowTable(name, schema, read, is_read_once=is_read_once)


def _data_set(source: Any, name: str) -> ArrowTable:
    """Return a data set of Arrow or Lance; only the column is read."""

    def read(index: int) -> Iterator[tuple[Any, int]]:
        reader = source.scanner(columns=[source.schema.names[index]]).to_reader()
        return ((batch.column(0), batch.num_rows) for batch in reader)

    return ArrowTable(name, source.schema, read, source.count_rows())


def _ray(source: Any) -> ArrowTable:
    """Return a data set of Ray; its number of rows is unknown until it is computed."""
    schema = ray_schema(source)

    def read(index: int) -> Iterator[tuple[Any, int]]:
        blocks = read_blocks(source, schema.names[index])
        return ((block, len(block)) for block in blocks)

    return ArrowTable(RAY_NAME, schema, read)


def _hugging_face(source: Any) -> ArrowTable:
    """Return a data set of Hugging Face, in memory, mapped or streamed."""
    if isinstance(source, Mapping):
        splits = list(source)
        raise TypeError(
            f"the corpus is {with_article(source)} with the splits "
            f"{', '.join(map(repr, splits))}: pass one, such as dataset[{splits[0]!r}]"
        )
    if not hasattr(source, "with_format"):  # a column: dataset["text"]
        source = source.source.select_columns([source.column_name])
    name = type(source).__name__
    batches: Iterator[Any] = source.with_format("arrow").iter(batch_size=_HF_ROWS)
    if source.features is not None:
        schema, total = source.features.arrow_schema, getattr(source, "num_rows", None)
    else:
        head = next(batches, None)
        if head is None:
            raise ValueError(f"the corpus is empty: the {name} has no rows")
        schema, total, batches = head.schema, None, chain([head], batches)

    def read(index: int) -> Iterator[tuple[Any, int]]:
        column, rest = schema.names[index], batches
        if total is not None:
            selected = source.select_columns([column]).with_format("arrow")
            rest = selected.iter(batch_size=_HF_ROWS)
        for table in rest:
            for array in table.column(column).chunks:
                yield array, len(array)

    return ArrowTable(name, schema, read, total, is_read_once=total is None)
