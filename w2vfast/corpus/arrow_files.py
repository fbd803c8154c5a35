"""Parquet files, Arrow files and Arrow streams, read by column in bounded memory."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from w2vfast.corpus.arrow_tables import ArrowTable, ArrowTables
from w2vfast.corpus.content import NotTextError
from w2vfast.corpus.streams import Source, is_regular
from w2vfast.corpus.unchanged import check_states, file_states
from w2vfast.files.arrow_checks import ArrowDataError, arrow, arrow_errors

#: Names that only these formats have.
SUFFIXES = (".parquet", ".arrow", ".feather", ".ipc", ".arrows")
_PARQUET = b"PAR1"
_FILE = b"ARROW1\0\0"
_STREAM = b"\xff\xff\xff\xff"
_HEAD_BYTES = 8
_BATCH_BYTES = 8 << 20  # of a column, decoded at a time
_LEAST_ROWS, _MAX_ROWS = 1 << 8, 1 << 16
_BUFFER_BYTES = 1 << 20  # read from a Parquet file at a time


def find_tables(
    sources: list[Source], field: str | None, is_folder: bool
) -> ArrowTables | None:
    """
    Return the tables of files, or None if all files are to be read as text.

    Parameters
    ----------
    sources : list of Path or OpenFile
    field : str or None
        Name of the column to read.
    is_folder : bool
        Whether the files are the content of folders. Files such as ``_SUCCESS`` are
        skipped then, as other programs skip them.

    Raises
    ------
    ArrowDataError
        If a file is empty or damaged.
    NotTextError
        If other files are among Arrow or Parquet files.
    """
    kinds = {source: file_kind(source) for source in sources}
    if not any(kinds.values()):
        return None
    if is_folder:
        sources = _without_notes(sources, kinds)
    odd = next((source for source in sources if not kinds[source]), None)
    if odd is not None:
        table = next(source for source in sources if kinds[source])
        raise NotTextError(
            f"{odd}: no Arrow or Parquet file, but {table} is one: a corpus is either "
            "text or tables; give a list of the files to read"
        )
    paths = [source for source in sources if isinstance(source, Path)]
    states = file_states(paths)
    opened = {path: open_table(path, str(kinds[path])) for path in dict.fromkeys(paths)}
    return ArrowTables(
        [opened[path] for path in paths], field, partial(check_states, states)
    )


def _without_notes(
    sources: list[Source], kinds: dict[Source, str | None]
) -> list[Source]:
    """Return the files of a folder without ``_metadata``, ``_delta_log`` and so on."""
    paths = [source for source in sources if isinstance(source, Path)]
    root = os.path.commonpath([path.parent for path in paths])
    found: list[Source] = [
        path
        for path in paths
        if not any(part.startswith("_") for part in path.relative_to(root).parts)
    ]
    return found if any(kinds[source] for source in found) else sources


def file_kind(source: Source) -> str | None:
    """Return "parquet", "file" or "stream" (Arrow's formats), or None for other files.

    Raises
    ------
    ArrowDataError
        If the name is that of a table, but the content is not.
    """
    if not isinstance(source, Path) or not is_regular(source):
        return None
    with source.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(_PARQUET) and (
        source.suffix.lower() in SUFFIXES or _has_footer(source)
    ):
        return "parquet"
    if head.startswith(_FILE):
        return "file"
    if head.startswith(_STREAM) and head[7:] == b"\0":  # a length below 16 MiB
        return "stream"
    if source.suffix.lower() not in SUFFIXES:
        return None
    if not head:
        raise ArrowDataError(
            f"{source}: the file is empty (0 bytes): remove it, or write it again"
        )
    raise ArrowDataError(
        f"{source}: the name ends in {source.suffix}, but the content, which begins "
        f"with {head!r}, is neither Parquet nor Arrow: it is damaged, or wrongly named"
    )


def _has_footer(path: Path) -> bool:
    """Return whether a file ends as Parquet does; no text does, as it has no NUL."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 8))
        end = file.read()
    return end[4:] == _PARQUET and end[3:4] == b"\0"  # a length below 16 MiB


def open_table(path: Path, kind: str) -> ArrowTable:
    """Return the table in a file, after reading its schema."""
    with arrow_errors(path):
        if kind == "parquet":
            return _parquet(path)
        reader, source = _open_ipc(path, kind)
        with source:
            schema = reader.schema
    return ArrowTable(
        str(path), schema, partial(_read_ipc, path, kind), path.stat().st_size, True
    )


def _parquet(path: Path) -> ArrowTable:
    with _open_parquet(path) as file:
        schema = file.schema_arrow
    return ArrowTable(
        str(path), schema, partial(_read_parquet, path), path.stat().st_size, True
    )


def _open_parquet(path: Path, dictionary: Sequence[str] = ()) -> Any:
    """Open a Parquet file; keep the dictionaries of some columns, given by path."""
    # Without pre_buffer: it would hold all row groups in memory.
    return arrow("pyarrow.parquet").ParquetFile(
        path,
        pre_buffer=False,
        buffer_size=_BUFFER_BYTES,
        page_checksum_verification=True,
        read_dictionary=list(dictionary),
    )


def _read_parquet(path: Path, index: int) -> Iterator[tuple[Any, int]]:
    """Yield a column by row groups, and in parts of a row group."""
    with _open_parquet(path) as file:
        name, kind = file.schema_arrow.names[index], file.schema_arrow.types[index]
        paths = [file.schema.column(i).path for i in range(len(file.schema))]
    # Words in lists are mostly in a dictionary already; their codes are read faster.
    is_words = str(kind).startswith("list<") and str(kind).endswith(": string>")
    words = [found for found in paths if is_words and found.startswith(f"{name}.")]
    with _open_parquet(path, words) as file:
        size = path.stat().st_size / max(1, file.metadata.num_rows)
        for group in range(file.num_row_groups):
            rows = _rows_at_a_time(file.metadata.row_group(group))
            batches = file.iter_batches(
                rows, row_groups=[group], columns=[name], use_threads=False
            )
            for batch in batches:
                if batch.num_columns != 1:
                    raise ArrowDataError(
                        f"{path}: {batch.num_columns} columns {name!r}, expected one"
                    )
                yield batch.column(0), int(batch.num_rows * size)


def _rows_at_a_time(group: Any) -> int:
    """Return how many rows take about `_BATCH_BYTES`, by the size of all columns.

    Sizes of single columns are not read: in damaged files this may end the process.
    """
    rows = _BATCH_BYTES * group.num_rows // max(1, group.total_byte_size)
    return int(min(max(rows, _LEAST_ROWS), _MAX_ROWS))


def _open_ipc(path: Path, kind: str, index: int | None = None) -> tuple[Any, Any]:
    """Return a reader of one column, or of all, and the open file."""
    pyarrow, ipc = arrow("pyarrow"), arrow("pyarrow.ipc")
    chosen = None if index is None else [index]
    options = ipc.IpcReadOptions(included_fields=chosen, use_threads=False)
    # Not mapped: a file that became shorter would end the process.
    source = pyarrow.OSFile(str(path), "rb")
    opened = ipc.open_file if kind == "file" else ipc.open_stream
    try:
        return opened(source, options=options), source
    except BaseException:
        source.close()
        raise


def _read_ipc(path: Path, kind: str, index: int) -> Iterator[tuple[Any, int]]:
    """Yield a column by record batches."""
    reader, source = _open_ipc(path, kind, index)
    with source:
        if kind == "stream":
            position = 0
            for batch in reader:
                units, position = source.tell() - position, source.tell()
                yield batch.column(0), units
            return
        n = reader.num_record_batches
        for number in range(n):
            yield reader.get_batch(number).column(0), path.stat().st_size // n
