"""The files of a corpus: paths, folders and URLs, with their sizes."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from w2vfast.corpus import inputs
from w2vfast.corpus.decompression import SUFFIXES
from w2vfast.distributed.pieces import file_system
from w2vfast.io.open import is_url

_EXPECTED = (
    "expected a path, a folder, a URL such as 's3://bucket/corpus.txt', or a list of "
    "these; other machines cannot read text in the memory of this process, so write "
    "it to a file first"
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
    """

    url: str
    size: int | None
    is_compressed: bool


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
    if not isinstance(sources, Iterable) or isinstance(sources, (bytes, dict)):
        raise TypeError(f"the corpus is a {type(sources).__name__}: {_EXPECTED}")
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
    if not isinstance(resolved, inputs.Files):
        raise ValueError(
            f"{source}: several machines read files of text, JSON Lines or CSV only; "
            "write the column as text, one sentence a line"
        )
    files = []
    for path in resolved.paths:
        assert isinstance(path, Path)
        if not path.is_file():
            raise ValueError(
                f"{path} is no regular file: other machines cannot read a pipe; save "
                "its text in a file"
            )
        url = str(path.absolute())  # links stay: they may lead elsewhere on a node
        files.append(SourceFile(url, path.stat().st_size, _is_compressed(url)))
    return files


def _remote(url: str) -> list[SourceFile]:
    system, path = file_system(url)
    try:
        info = system.info(path)  # isdir of HTTP would download the file
    except FileNotFoundError as error:
        raise FileNotFoundError(f"no such file: {url}") from error
    if info.get("type") != "directory":
        return [_remote_file(url, info)]
    found = system.find(path, detail=True)
    names = sorted(name for name in found if not _is_hidden(name, path))
    if not names:
        raise ValueError(f"the folder {url} has no files to read")
    return [_remote_file(system.unstrip_protocol(n), found[n]) for n in names]


def _remote_file(url: str, info: dict[str, Any]) -> SourceFile:
    size = info.get("size")
    known = isinstance(size, int) and size >= 0  # HTTP servers may not say
    return SourceFile(url, size if known else None, _is_compressed(url))


def _is_hidden(path: str, folder: str) -> bool:
    parts = path.removeprefix(folder).split("/")
    return any(part.startswith(".") for part in parts)


def _is_compressed(url: str) -> bool:
    return Path(url).suffix.lower() in SUFFIXES
