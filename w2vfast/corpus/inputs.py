"""The source of a corpus: files, Arrow tables, token lists, or an array of ids."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.corpus.arrow_files import find_tables
from w2vfast.corpus.arrow_tables import (
    ArrowTables,
    has_pyarrow,
    is_arrow,
    table_in_memory,
)
from w2vfast.corpus.missing_files import (
    existing,
    exists,
    link_note,
    reject_missing,
)
from w2vfast.corpus.streams import OpenFile, Source, is_regular
from w2vfast.corpus.token_lists import EXPECTED, TokenLists, short
from w2vfast.wording import with_article


@dataclass(frozen=True)
class Files:
    """Text to read, in this order."""

    paths: list[Source]


@dataclass(frozen=True)
class Walks:
    """Ids, one sentence a row: integers, (sentences, tokens)."""

    ids: npt.NDArray[Any]


Resolved = Files | ArrowTables | TokenLists | Walks


def resolve(source: Any, field: str | None = None) -> Resolved:
    """
    Return what to read: files or tables, token lists, or ids.

    Parameters
    ----------
    source : path, list of paths, binary file, Arrow data, token lists, or array
        A directory stands for all files in it, except hidden ones.
    field : str, optional
        Column of a table to read.

    Raises
    ------
    FileNotFoundError
        If a file does not exist.
    TypeError
        If `source` is of another kind.
    ValueError
        If `source` is empty.
    """
    if isinstance(source, (str, os.PathLike)):
        return _files([existing(source)], field)
    if is_arrow(source) and (has_pyarrow() or hasattr(source, "columns")):
        return ArrowTables([table_in_memory(source)], field)
    if hasattr(source, "read"):
        return Files([_open_file(source)])
    _reject_other_kinds(source)
    if getattr(source, "ndim", 1) != 1 and hasattr(source, "__array__"):
        return _array(np.asarray(source))
    if not isinstance(source, (list, tuple)):
        return TokenLists(source)
    if not source:
        raise ValueError(f"the corpus is empty ({source!r}): {EXPECTED}")
    are_paths = [
        isinstance(item, (str, os.PathLike, OpenFile)) or hasattr(item, "read")
        for item in source
    ]
    if not any(are_paths):
        return TokenLists(source)
    if not all(are_paths):
        odd = are_paths.index(False)
        kind = with_article(source[odd])
        raise TypeError(f"item {odd} is {kind}, another a path or text: {EXPECTED}")
    return _files(_all_existing(source), field)


def _files(sources: list[Source], field: str | None) -> Files | ArrowTables:
    """Return files of text, or the tables in files."""
    paths = _expand(sources)
    is_folder = any(isinstance(s, Path) and s.is_dir() for s in sources)
    return find_tables(paths, field, is_folder) or Files(paths)


def _array(array: npt.NDArray[Any]) -> TokenLists | Walks:
    """Return an array that does not have one dimension as ids or words."""
    if array.ndim == 2 and array.dtype.kind in "iu":
        return Walks(array)
    if array.ndim == 2 and array.dtype.kind in "OUT":
        return TokenLists(array)
    fix = "array.reshape(-1, array.shape[-1])"
    if array.ndim == 2:
        fix = "array.astype(int)" if array.dtype.kind == "f" else "array.astype(str)"
    raise TypeError(
        f"an array of shape {array.shape} and type {array.dtype}: expected two "
        f"dimensions of integers, one sentence a row: pass {fix}"
    )


def _open_file(file: Any) -> OpenFile:
    """Return an open binary file; raise TypeError for an open text file."""
    if isinstance(file, OpenFile):
        return file
    name = getattr(file, "name", None)
    shown = name if isinstance(name, str) else f"<{type(file).__name__}>"
    if getattr(file, "encoding", None) is not None or hasattr(file, "newlines"):
        raise TypeError(
            f"an open text file ({type(file).__name__} {shown}): give its path "
            "instead, or open it as binary: open(path, 'rb')"
        )
    if getattr(file, "closed", False):
        raise ValueError(f"the file {shown} is closed: open it again, or give its path")
    _check_position(file, shown)
    return OpenFile(file, shown)


def _check_position(file: Any, shown: str) -> None:
    """Raise ValueError for a file that was read to its end."""
    try:
        position = file.tell() if file.seekable() else 0
        if position:
            is_at_end = not file.read(1)
            file.seek(position)
    except (AttributeError, OSError):  # a pipe, or an object with `read` alone
        return
    if position and is_at_end:
        raise ValueError(
            f"the file {shown} is at its end, byte {position:,}, so nothing is left to "
            "read: call seek(0) on it first"
        )


def _all_existing(items: Iterable[Any]) -> list[Source]:
    """Return paths and open files; explain a list that is no list of files."""
    items = list(items)
    missing = [
        item
        for item in items
        if isinstance(item, (str, os.PathLike)) and not exists(item)
    ]
    if missing:
        reject_missing(missing, items)
    return [
        Path(item) if isinstance(item, (str, os.PathLike)) else _open_file(item)
        for item in items
    ]


def _expand(sources: list[Source]) -> list[Source]:
    """Replace each directory by the files in it; a pipe can be read only once."""
    files: list[Source] = []
    once: set[Any] = set()
    for source in sources:
        is_folder = isinstance(source, Path) and source.is_dir()
        found = _walk(source) if is_folder else [source]  # type: ignore[arg-type]
        if not found:
            raise ValueError(f"the directory {source} has no files to read")
        if not is_folder and not is_regular(source):
            key = source.file if isinstance(source, OpenFile) else source.resolve()
            if key in once:
                raise ValueError(
                    f"{source} is in the list twice, but a pipe can be read only once: "
                    "save its text in a file"
                )
            once.add(key)
        files += found
    return files


def _walk(directory: Path) -> list[Source]:
    """Return all files below a directory, sorted, without hidden ones.

    Links to files are read. Links to directories are not followed, so there are no
    loops.
    """

    def fail(error: OSError) -> None:
        raise error

    found: list[Path] = []
    for folder, folders, names in os.walk(directory, onerror=fail):
        folders[:] = [name for name in folders if not name.startswith(".")]
        visible = [Path(folder, name) for name in names if not name.startswith(".")]
        for path in visible:
            if path.is_file():
                found.append(path)
            elif path.is_symlink():
                raise FileNotFoundError(
                    f"no such file: {short(str(path))}{link_note(path)}; remove the "
                    "link"
                )
    return sorted(found)  # type: ignore[return-value]


def _reject_other_kinds(source: object) -> None:
    """Raise TypeError unless `source` may be an iterable of token lists."""
    kind = type(source).__name__
    if hasattr(source, "collect_schema"):
        raise TypeError(f"a query ({kind}): run it, and pass its table: x.collect()")
    if hasattr(source, "columns"):
        names = [short(name) for name in list(source.columns)[:5]]
        raise TypeError(
            f"a table ({kind} with the columns {', '.join(names)}): give one column, "
            "of token lists: table['tokens'], or of text: table['text'].str.split()"
        )
    if isinstance(source, (bytes, bytearray, memoryview)):
        raise TypeError(
            f"the corpus is {with_article(source)}: decode and split it: "
            "[line.split() for line in bytes(data).decode().split('\\n')]"
        )
    if isinstance(source, Mapping):
        raise TypeError(
            f"the corpus is {with_article(source)}: if its values are token lists, "
            "pass corpus.values(); word counts make a Vocabulary, not a corpus"
        )
    if isinstance(source, (set, frozenset)):
        raise TypeError(
            f"the corpus is {with_article(source)}, which has no order: {EXPECTED}"
        )
    if isinstance(source, np.ndarray) and source.ndim < 2 and source.dtype.kind in "iu":
        raise TypeError(
            f"an array of ids of shape {source.shape}: use Corpus.from_ids(ids, "
            "offsets), or pass two dimensions, one sentence a row"
        )
    try:
        iter(source)  # type: ignore[call-overload]
    except TypeError:
        raise TypeError(
            f"the corpus is {with_article(source)} ({short(source)}): {EXPECTED}"
        ) from None
