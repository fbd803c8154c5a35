"""Words, counts and vectors in Parquet and Arrow files, and in tables in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from w2vfast.files.arrow_checks import arrow, arrow_errors
from w2vfast.io.arrow_rows import ColumnNames, Rows, collect
from w2vfast.io.input import Input
from w2vfast.io.native_vectors import Counts, to_storage
from w2vfast.io.open import Target, open_output
from w2vfast.io.options import ReadOptions
from w2vfast.io.spooled import seekable
from w2vfast.vectors.arrow_table import arrow_table
from w2vfast.vectors.validation import Float32Array, VectorArray
from w2vfast.wording import with_article

_ROWS = 1 << 14  # written and read at a time


def write(
    path: Target,
    keys: Sequence[str],
    vectors: VectorArray,
    counts: Counts | None,
    datatype: str,
    format: str,
) -> None:
    """
    Write a Parquet file or an Arrow file with the columns word, count and vector.

    Parameters
    ----------
    format : {"parquet", "arrow"}

    Raises
    ------
    ImportError
        If pyarrow is not installed.
    ValueError
        If a word is not valid Unicode, or pyarrow cannot store `datatype`.
    """
    stored = np.ascontiguousarray(to_storage(vectors, datatype))
    table = arrow_table(keys, stored, counts)
    with open_output(path) as file, arrow_errors("pyarrow"):
        sink = arrow("pyarrow").PythonFile(_Sink(file), mode="w")
        if format == "arrow":
            with arrow("pyarrow.ipc").new_file(sink, table.schema) as writer:
                writer.write_table(table, max_chunksize=_ROWS)
        else:  # words are distinct, and so are numbers: dictionaries would not help
            arrow("pyarrow.parquet").write_table(
                table,
                sink,
                row_group_size=4 * _ROWS,
                use_dictionary=False,
                write_page_checksum=True,
            )


class _Sink:
    """A file that pyarrow writes to; compressed files don't say where they are."""

    closed = False

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._position = 0

    def write(self, data: Any) -> int:
        """Write all bytes."""
        self._file.write(data)
        self._position += len(data)
        return len(data)

    def tell(self) -> int:
        """Return the number of bytes written."""
        return self._position

    def flush(self) -> None:
        """Do nothing: closing the file flushes it."""

    def close(self) -> None:
        """Do nothing: the file belongs to the caller."""


def read(
    file: Input, format: str, options: ReadOptions
) -> tuple[list[str], Float32Array, Counts | None]:
    """
    Read the columns word, vector and, if it is there, count; no others.

    Raises
    ------
    ValueError
        If a column is missing, has another type, or the file is damaged.
    """
    name = file.path or "the table"
    with seekable(file) as source, arrow_errors(name):
        reader = _parquet_rows if format == "parquet" else _arrow_rows
        return collect(reader(source, str(name)), options.end)


def _parquet_rows(source: Path | BinaryIO, name: str) -> Iterator[Rows]:
    parquet = arrow("pyarrow.parquet")
    with parquet.ParquetFile(
        source, pre_buffer=False, buffer_size=1 << 20, page_checksum_verification=True
    ) as file:
        columns = ColumnNames().find(file.schema_arrow, name)
        wanted = [column for column in columns if column is not None]
        for batch in file.iter_batches(_ROWS, columns=wanted, use_threads=False):
            yield Rows.of(batch, columns, name)


def _arrow_rows(source: Path | BinaryIO, name: str) -> Iterator[Rows]:
    pyarrow, ipc = arrow("pyarrow"), arrow("pyarrow.ipc")
    is_path = isinstance(source, Path)
    make = pyarrow.OSFile if is_path else pyarrow.PythonFile
    with make(str(source) if is_path else source, "rb" if is_path else "r") as file:
        is_stream = file.read(4) == b"\xff\xff\xff\xff"
        file.seek(0)
        opened = ipc.open_stream if is_stream else ipc.open_file
        schema = opened(file).schema
        columns = ColumnNames().find(schema, name)
        wanted = [i for i, column in enumerate(schema.names) if column in columns]
        file.seek(0)
        chosen = ipc.IpcReadOptions(included_fields=wanted, use_threads=False)
        reader = opened(file, options=chosen)
        numbers = () if is_stream else range(reader.num_record_batches)
        for batch in reader if is_stream else map(reader.get_batch, numbers):
            yield Rows.of(batch, columns, name)


def from_arrow(
    source: Any, names: ColumnNames
) -> tuple[list[str], Float32Array, npt.NDArray[np.int64] | None]:
    """
    Read the columns of a table in memory.

    Raises
    ------
    TypeError
        If `source` is no table.
    ValueError
        If a column is missing, has another type, or the data are damaged.
    """
    name = type(source).__name__
    with arrow_errors(name):
        table = _table(source, names)
        columns = names.find(table.schema, name)
        batches = table.to_batches(max_chunksize=_ROWS)
        return collect((Rows.of(batch, columns, name) for batch in batches), np.inf)


def _table(source: Any, names: ColumnNames) -> Any:
    """Return a table of Arrow; of data sets only the columns are read."""
    pyarrow = arrow("pyarrow")
    if isinstance(source, pyarrow.Table):
        return source
    if isinstance(source, pyarrow.RecordBatch):
        return pyarrow.Table.from_batches([source])
    if isinstance(source, pyarrow.RecordBatchReader):
        return source.read_all()
    if hasattr(source, "to_table") and hasattr(source, "schema"):  # Lance and others
        found = names.find(source.schema, type(source).__name__)
        return source.to_table(columns=[column for column in found if column])
    if hasattr(source, "with_format") and hasattr(source, "column_names"):
        return source.with_format("arrow")[:]
    if hasattr(source, "__arrow_c_stream__"):
        return pyarrow.RecordBatchReader.from_stream(source).read_all()
    raise TypeError(
        f"the table is {with_article(source)}: expected a pyarrow.Table, or a table "
        "of Polars, pandas, DuckDB, Lance or Hugging Face"
    )
