"""Sources, compressed or not, as chunks of whole tokens that threads can scan."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt

from w2vfast.corpus._scanner import WordTable
from w2vfast.corpus._white_space import find_white, rfind_white
from w2vfast.corpus.decoding import check_utf8
from w2vfast.corpus.growable import Int32s
from w2vfast.corpus.scan_space import InvalidChunkError, ScanSpace
from w2vfast.corpus.streams import OpenFile, Source, is_regular
from w2vfast.corpus.text_blocks import SourceText
from w2vfast.corpus.text_options import TextOptions
from w2vfast.corpus.unchanged import changed, check_states, file_states
from w2vfast.files.corpus_files import remember_open_corpus
from w2vfast.files.decompression import SUFFIXES
from w2vfast.runtime.threads import StopFlag

CHUNK_BYTES = 4 << 20  # large enough to keep the share of Python's overhead small
_TAIL_BYTES = 4096  # read at a time to complete the last token of a chunk
_BOM = b"\xef\xbb\xbf"

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class FileChunk:
    """
    Whole tokens of one file, read by the thread that scans them.

    Attributes
    ----------
    number : int
        Position of the chunk in the corpus, from 0.
    path : Path or OpenFile
    start : int
        First byte of the chunk in the text; 0 only for the first chunk of a file.
    size_on_disk : int
        Bytes of the file that this chunk accounts for.
    ends_file : bool
        Whether the file, and therefore a sentence, ends with this chunk.
    data : bytes or None
        The text, if it was decompressed or decoded, or came from a pipe.
    line : int
        Number of the first line in the file, from 1, if there is `data`.
    """

    number: int
    path: Source
    start: int
    size_on_disk: int
    ends_file: bool
    data: bytes | None = None
    line: int = 1

    def read(self, buffer: Bytes) -> Bytes:
        """
        Return the tokens that start in this chunk, whole.

        Parameters
        ----------
        buffer : uint8 array
            Holds the result if it is large enough. Each thread needs its own.
        """
        if self.data is None:
            data = self._read_range(buffer)
        else:
            data = np.frombuffer(self.data, np.uint8)
        return data if self.start else _without_bom(data)

    def scan(
        self, table: WordTable, space: ScanSpace, options: TextOptions
    ) -> tuple[Int32s, Int32s]:
        """
        Count the words of this chunk.

        Returns
        -------
        ids, ends : int32
            The number of each token in `table`, and where sentences end; parts of
            `space`.

        Raises
        ------
        InvalidChunkError
            If a new word is no text; see `check`.
        """
        data = self.read(space.buffer)
        if options.rewrites:
            data = options.with_replaced(data)
        known = len(table)
        ids, ends = space.output((len(data) + 1) // 2)
        n_tokens, n_ends = table.scan(data, ids, ends, self.ends_file)
        if table.find_invalid(known, options.errors == "strict") >= 0:
            raise InvalidChunkError
        return ids[:n_tokens], ends[:n_ends]

    def check(self, options: TextOptions) -> None:
        """Raise NotTextError at the first byte that is not UTF-8 text."""
        if self.data is not None:
            check_utf8([self.data], self.path, options, self.line, self.start)
            return
        assert isinstance(self.path, Path)
        with self.path.open("rb") as file:
            blocks = iter(lambda: file.read(CHUNK_BYTES), b"")
            check_utf8(blocks, self.path, options)
        raise changed(self.path)

    def _read_range(self, buffer: Bytes) -> Bytes:
        assert isinstance(self.path, Path)
        before = min(self.start, 1)
        length = before + self.size_on_disk
        if len(buffer) < length:
            buffer = np.empty(length, np.uint8)
        with self.path.open("rb", buffering=0) as file:
            file.seek(self.start - before)
            if not _fill(file, buffer[:length]):
                raise OSError(f"{self.path} became shorter while it was being read")
            # A token belongs to the chunk in which it starts.
            first = max(before, find_white(buffer[:length], 0)) if before else 0
            if first == length:
                return buffer[:0]
            last = rfind_white(buffer[length - 1 : length], 0)
            tail = b"" if self.ends_file or last == 0 else _rest_of_token(file)
        return _join(buffer, first, length, tail)


class FileChunks:
    """
    The chunks of some sources in order. Threads take them one at a time.

    Parameters
    ----------
    paths : list of Path or OpenFile
    size : int
        Bytes of a chunk.
    options : TextOptions
        How bytes become text.

    Attributes
    ----------
    size : int
    options : TextOptions
    total : int
        Bytes of all files on disk.
    """

    def __init__(
        self,
        paths: list[Source],
        size: int = CHUNK_BYTES,
        options: TextOptions | None = None,
    ) -> None:
        self.size = size
        self.options: TextOptions = options or TextOptions()
        self._paths = paths
        self._states = file_states(paths)
        self.total: int = sum(state.st_size for _, state in self._states)
        self._lock = threading.Lock()
        self._stop: StopFlag | None = None
        self._chunks = self._split(paths)

    def take(self, stop: StopFlag | None = None) -> FileChunk | None:
        """Return the next chunk, or None after the last one.

        The event `stop` ends the reading of a pipe that has no data.
        """
        with self._lock:
            self._stop = stop
            return next(self._chunks, None)

    def again(self) -> FileChunks:
        """Return the same chunks, to read them once more from the first one on."""
        return FileChunks(self._paths, self.size, self.options)

    def check_unchanged(self) -> None:
        """Raise OSError if a file has changed since this object was made."""
        check_states(self._states)
        for source in self._paths:
            if isinstance(source, OpenFile):
                remember_open_corpus(source.file)

    def close(self) -> None:
        """Close the file that is being read."""
        with self._lock:
            self._chunks.close()

    def _split(self, paths: list[Source]) -> Generator[FileChunk, None, None]:
        number = 0
        for path in paths:
            if self.options.is_native and _is_plain_file(path):
                chunks = _split_range(path.stat().st_size, self.size)
            else:
                chunks = self._split_stream(path)
            for start, size_on_disk, ends_file, data, line in chunks:
                yield FileChunk(
                    number, path, start, size_on_disk, ends_file, data, line
                )
                number += 1

    def _split_stream(self, path: Source) -> _Parts:
        """Cut at the last white space of about `size` bytes; the rest goes on."""
        source = SourceText(path, self.options, self.size, self._is_stopped)
        parts: list[bytes] = []
        n_bytes = start = counted = 0
        line = 1
        with closing(source.blocks()) as blocks:
            for block in blocks:
                parts.append(block)
                n_bytes += len(block)
                end = rfind_white(block, 0) + 1 if n_bytes >= self.size else 0
                if end:
                    parts[-1] = block[:end]
                    data = b"".join(parts)
                    yield start, source.position - counted, False, data, line
                    counted = source.position
                    start += len(data)
                    line += _count_lines(data)
                    parts = [block[end:]]
                    n_bytes = len(block) - end
        yield start, 0, True, b"".join(parts), line

    def _is_stopped(self) -> bool:
        return self._stop is not None and self._stop.is_set()


#: start, size_on_disk, ends_file, data and line of a FileChunk
_Parts = Iterator[tuple[int, int, bool, "bytes | None", int]]


def _split_range(length: int, size: int) -> _Parts:
    for start in range(0, length, size):
        yield start, min(size, length - start), start + size >= length, None, 1


def _is_plain_file(source: Source) -> TypeGuard[Path]:
    """Return whether threads can read parts of a source: a file, not compressed."""
    return (
        isinstance(source, Path)
        and source.suffix.lower() not in SUFFIXES
        and is_regular(source)
    )


def _count_lines(data: bytes) -> int:
    # Several times faster than bytes.count.
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == ord("\n")))


def _fill(file: Any, buffer: Bytes) -> bool:
    """Read until `buffer` is full; return whether the file was long enough."""
    view = buffer.data
    while len(view):
        count = file.readinto(view)
        if not count:
            return False
        view = view[count:]
    return True


def _rest_of_token(file: Any) -> bytes:
    parts = []
    while block := file.read(_TAIL_BYTES):
        end = find_white(block, 0)
        parts.append(block[:end])
        if end < len(block):
            break
    return b"".join(parts)


def _join(buffer: Bytes, first: int, length: int, tail: bytes) -> Bytes:
    """Return ``buffer[first:length]`` followed by `tail`, in `buffer` if it fits."""
    end = length + len(tail)
    added = np.frombuffer(tail, np.uint8)
    if end > len(buffer):
        return np.concatenate([buffer[first:length], added])
    buffer[length:end] = added
    return buffer[first:end]


def _without_bom(data: Bytes) -> Bytes:
    return data[3:] if data[:3].tobytes() == _BOM else data
