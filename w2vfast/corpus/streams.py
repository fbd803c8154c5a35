"""Open the sources of a corpus: files, named pipes and open binary files."""

from __future__ import annotations

import io
import os
import select
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from w2vfast.corpus.content import HEAD_BYTES

_POLL_MILLISECONDS = 100


@dataclass(frozen=True, eq=False)
class OpenFile:
    """
    An open binary file, read from where it is to its end.

    Attributes
    ----------
    file : binary file
    name : str
        For messages.
    """

    file: Any
    name: str

    def __str__(self) -> str:
        return self.name


Source = Path | OpenFile


def is_regular(source: Source) -> bool:
    """Return whether a source is a file that can be read at any position."""
    return isinstance(source, Path) and stat.S_ISREG(source.stat().st_mode)


@contextmanager
def open_source(source: Source, is_stopped: Callable[[], bool]) -> Iterator[BinaryIO]:
    """
    Open a source for reading.

    Parameters
    ----------
    source : Path or OpenFile
        An OpenFile stays open.
    is_stopped : callable
        Asked while a pipe has no data. If it returns True, the pipe ends.
    """
    if isinstance(source, OpenFile):
        file = source.file
        waits = isinstance(file, io.FileIO) and hasattr(select, "poll")
        yield cast(BinaryIO, _PipeReader(file.fileno(), is_stopped)) if waits else file
    elif is_regular(source) or not hasattr(select, "poll"):
        with source.open("rb") as opened:
            yield opened
    else:  # opening a pipe would wait until there is a writer
        descriptor = os.open(source, os.O_RDONLY | os.O_NONBLOCK)
        try:
            yield cast(BinaryIO, _PipeReader(descriptor, is_stopped))
        finally:
            os.close(descriptor)


def read_head(file: BinaryIO, size: int = HEAD_BYTES) -> bytes:
    """Return the first `size` bytes, fewer only at the end of the file."""
    head = b""
    while len(head) < size and (part := file.read(size - len(head))):
        if not isinstance(part, bytes):
            raise TypeError(f"{file!r} gives {type(part).__name__}: open it as binary")
        head += part
    return head


def rejoined(head: bytes, file: BinaryIO) -> BinaryIO:
    """Return a file that reads `head`, then the rest of `file`."""
    return io.BufferedReader(_Rejoined(head, file), 1 << 16)


class _Rejoined(io.RawIOBase):
    def __init__(self, head: bytes, file: BinaryIO) -> None:
        self._head = head
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._head[: len(buffer)] or self._file.read(len(buffer))
        self._head = self._head[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


class _PipeReader(io.RawIOBase):
    """Read a pipe without blocking for long, so that Ctrl-C ends the reading."""

    def __init__(self, descriptor: int, is_stopped: Callable[[], bool]) -> None:
        self._descriptor = descriptor
        self._is_stopped = is_stopped
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN | select.POLLHUP)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            while not self._poll.poll(_POLL_MILLISECONDS):
                if self._is_stopped():
                    return 0
            try:
                data = os.read(self._descriptor, len(buffer))
            except BlockingIOError:
                continue
            buffer[: len(data)] = data
            return len(data)
