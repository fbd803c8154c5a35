"""Open paths, URLs and open files; compress and decompress as the name says."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TypeGuard

from w2vfast.files.decompression import SIGNATURE_BYTES, decompressed
from w2vfast.files.missing import open_file
from w2vfast.files.names import is_url, path_text
from w2vfast.io.atomic import StrPath, atomic_write
from w2vfast.io.compression import (
    compressed,
    find_compression,
    split_suffix,
)
from w2vfast.io.errors import error_context
from w2vfast.io.input import COPY_BYTES, Input
from w2vfast.io.url_errors import extra_for, protocol_errors, url_errors
from w2vfast.io.whole_writes import whole_writes
from w2vfast.runtime.optional_packages import load

#: A path, a URL that fsspec opens, or an open binary file.
Source = StrPath | BinaryIO
Target = StrPath | BinaryIO

DECOMPRESSED_BLOCK = 1 << 20
EXPECTED = "a path, such as 'vectors.bin', a URL, or an open binary file"


def is_open_file(source: object) -> TypeGuard[BinaryIO]:
    """Return whether `source` is an open file instead of a path."""
    return hasattr(source, "read") or hasattr(source, "write")


def source_name(source: Source) -> str | None:
    """Return the path or the URL, or None for an open file, for suffixes."""
    return None if is_open_file(source) else path_text(source, EXPECTED)


def display_name(source: Source) -> str:
    """Return a name of the source for messages."""
    name = source_name(source)
    if name is None:
        name = getattr(source, "name", None)
        return name if isinstance(name, str) else "the open file"
    return name


@contextmanager
def open_input(source: Source) -> Iterator[Input]:
    """
    Open a file for reading and decompress it if it is compressed.

    Parameters
    ----------
    source : path-like, URL or binary file
        An open file is read from its position on and stays open. Without a name, its
        first bytes alone select the decompression.

    Yields
    ------
    Input
        Reads the decompressed bytes.

    Raises
    ------
    ValueError
        If the suffix and the content name different compressions. The message
        begins with the name of the source. So do the messages of ValueErrors that
        are raised in the block.
    ImportError
        If a package for the URL or for the compression is missing.
    TypeError
        If an open file gives text instead of bytes.
    OSError
        If the file cannot be opened, or its compressed data are damaged.
    """
    with _open_raw(source) as file, error_context(display_name(source)):
        head = _read_head(file)
        suffix = find_compression(head, source_name(source))
        if not suffix:
            size, path = _local_file(source, file)
            yield Input(file, size=size, path=path, head=head)
            return
        name = source_name(source) or f"{display_name(source)} ({suffix})"
        stream = _Prefixed(head, file)
        path = Path(name if split_suffix(name)[1] else "stream" + suffix)
        with closing(decompressed(stream, path, DECOMPRESSED_BLOCK)) as blocks:  # type: ignore[arg-type]
            yield Input(blocks=blocks)


@contextmanager
def open_output(
    target: Target, before_rename: Callable[[Path], object] | None = None
) -> Iterator[BinaryIO]:
    """
    Open a file for writing; its suffix selects the compression.

    Parameters
    ----------
    target : path-like, URL or binary file
        A local file is replaced atomically. A URL is written after the block ends
        without error. An open file is written to directly, never compressed, and
        stays open.
    before_rename : callable, optional
        For local files, as in `atomic_write`.

    Yields
    ------
    file : binary file

    Raises
    ------
    ImportError
        If a package for the URL or for the compression is missing.
    OSError
        If the file cannot be written.
    """
    if is_open_file(target):
        _check_binary(target)
        yield whole_writes(target)
        return
    name = path_text(target, EXPECTED)
    suffix = split_suffix(name)[1]
    if not is_url(name):
        with (
            atomic_write(name, before_rename) as file,
            compressed(file, suffix) as output,
        ):
            yield output
        return
    import tempfile

    opened = _fsspec_open(name, "wb")
    with tempfile.TemporaryFile() as local:
        with compressed(local, suffix) as output:
            yield output
        local.seek(0)
        with _writable(name), opened as remote:
            while block := local.read(COPY_BYTES):
                remote.write(block)


def _check_binary(target: BinaryIO) -> None:
    """Raise TypeError for an open text file."""
    if isinstance(target, io.TextIOBase):
        raise TypeError(
            "the open file takes text; expected bytes; open it with mode 'wb'"
        )


@contextmanager
def _writable(url: str) -> Iterator[None]:
    """Raise OSError if the protocol of a URL cannot write, as that of http."""
    try:
        yield
    except NotImplementedError as error:
        raise OSError(
            f"{url}: this protocol can't write files; write to a local path and upload "
            "the file"
        ) from error


@contextmanager
def _open_raw(source: Source) -> Iterator[Any]:
    if is_open_file(source):
        yield source
    elif is_url(source):
        with ExitStack() as stack:
            with url_errors(source):
                file = stack.enter_context(_fsspec_open(source, "rb"))
            yield file
    else:
        with open_file(source, EXPECTED, buffering=0) as file:  # type: ignore[arg-type]
            yield file


def _fsspec_open(url: str, mode: str) -> Any:
    otherwise = "copy the file and give its path"
    with protocol_errors(url):
        return load("fsspec", f"the URL {url}", extra_for(url), otherwise).open(
            url, mode
        )


def _read_head(file: Any) -> bytes:
    head = b""
    while len(head) < SIGNATURE_BYTES:
        block = file.read(SIGNATURE_BYTES - len(head))
        if isinstance(block, str):
            raise TypeError(
                "the open file gives text; expected bytes; open it with mode 'rb'"
            )
        if not block:
            break
        head += block
    return head


def _local_file(source: Source, file: Any) -> tuple[int | None, Path | None]:
    """Return the size and the path of a regular local file, else None."""
    if is_open_file(source) or is_url(source):
        return None, None
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        return None, None
    return status.st_size, Path(source)  # type: ignore[arg-type]


class _Prefixed:
    """A stream whose first bytes were read before."""

    def __init__(self, head: bytes, file: Any) -> None:
        self._head = head
        self._file = file

    def read(self, n_bytes: int = -1) -> bytes:
        if not self._head:
            return bytes(self._file.read(n_bytes))
        if n_bytes < 0:
            head, self._head = self._head, b""
            return head + bytes(self._file.read())
        head, self._head = self._head[:n_bytes], self._head[n_bytes:]
        return head

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False
