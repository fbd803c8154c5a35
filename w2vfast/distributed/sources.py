"""The files of a corpus: paths, folders and URLs, with their sizes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from w2vfast.corpus import inputs
from w2vfast.corpus.arrow_files import SUFFIXES as TABLE_SUFFIXES
from w2vfast.corpus.arrow_tables import ArrowTables
from w2vfast.corpus.content import table_as_text
from w2vfast.distributed.files import file_system, version_of
from w2vfast.files.decompression import SUFFIXES
from w2vfast.files.names import is_url
from w2vfast.io.url_errors import url_errors
from w2vfast.wording import with_article

_EXPECTED = (
    "expected a path, a folder, a URL such as 's3://bucket/corpus.txt', a list of "
    "these, or a Dataset of Ray; other machines cannot read text in the memory of "
    "this process, so write it to a file first"
)


class SourceFile(NamedTuple):
    """
    A file of the corpus.

    Attributes
    ----------
    url : str
        An absolute path, or a URL.
    size : int or None
        Bytes; None if the server does not say.
    is_compressed : bool
    version : str
        As in `Piece`.
    """

    url: str
    size: int | None
    is_compressed: bool
    version: str = ""


def find_files(sources: Any) -> list[SourceFile]:
    """
    Return the files that `sources` name, in the order of one process.

    Parameters
    ----------
    sources : path, URL, or list of these
        A folder stands for all files in it, recursively, sorted, without hidden ones.

    Raises
    ------
    FileNotFoundError
        If a file does not exist.
    TypeError, ValueError
        If `sources` is of another kind, empty, or a pipe.
    """
    if isinstance(sources, (str, os.PathLike)):
        sources = [sources]
    is_list = isinstance(sources, Iterable) and not isinstance(sources, (bytes, dict))
    if not is_list or hasattr(sources, "read"):
        raise TypeError(f"the corpus is {with_article(sources)}: {_EXPECTED}")
    sources = list(sources)
    if not sources:
        raise ValueError(f"the corpus is empty: {_EXPECTED}")
    files: list[SourceFile] = []
    for source in sources:
        if not isinstance(source, (str, os.PathLike)):
            raise TypeError(
                f"the corpus has an item of type {type(source).__name__}: {_EXPECTED}"
            )
        files += _remote(source) if is_url(source) else _local(source)
    return files


def _local(source: Any) -> list[SourceFile]:
    resolved = inputs.resolve(source)
    if isinstance(resolved, ArrowTables):
        raise _no_table(resolved.tables[0].name)
    assert isinstance(resolved, inputs.Files)
    files = []
    for path in resolved.paths:
        assert isinstance(path, Path)
        if not path.is_file():
            raise ValueError(
                f"{path} is no regular file: other machines cannot read a pipe; save "
                "its text in a file"
            )
        url = str(path.absolute())  # links stay: they may lead elsewhere on a node
        state = path.stat()
        version = f"{state.st_size} {state.st_mtime_ns}"
        files.append(SourceFile(url, state.st_size, _is_compressed(url), version))
    return files


def _remote(url: str) -> list[SourceFile]:
    with url_errors(url):
        system, path = file_system(url)
        system.invalidate_cache()
        info = system.info(path)  # isdir of HTTP would download the file
        if info.get("type") != "directory":
            return [_remote_file(url, info)]
        found = system.find(path, detail=True)
    names = sorted(name for name in found if not _is_hidden(name, path))
    if not names:
        raise ValueError(f"the folder {url} has no files to read")
    return [_remote_file(system.unstrip_protocol(n), found[n]) for n in names]


def _remote_file(url: str, info: dict[str, Any]) -> SourceFile:
    if Path(_name(url)).suffix.lower() in TABLE_SUFFIXES:
        raise _no_table(url)
    size = info.get("size")
    known = isinstance(size, int) and size >= 0  # HTTP servers may not say
    return SourceFile(
        url, size if known else None, _is_compressed(url), version_of(info)
    )


def _no_table(name: str) -> ValueError:
    """Return the error of a table among the files."""
    is_parquet = Path(_name(name)).suffix.lower() not in TABLE_SUFFIXES[1:]
    return ValueError(
        f"{name} is a table, but several machines read files of text, JSON Lines or "
        f"CSV only: {table_as_text(name, 'parquet' if is_parquet else 'feather')}"
    )


def _name(url: str) -> str:
    """Return a path, or a URL without its query."""
    return re.split(r"[?#]", url)[0] if is_url(url) else url


def _is_hidden(path: str, folder: str) -> bool:
    parts = path.removeprefix(folder).split("/")
    return any(part.startswith(".") for part in parts)


def _is_compressed(url: str) -> bool:
    return Path(_name(url)).suffix.lower() in SUFFIXES
