"""Files, compressed or not, as chunks of whole tokens that threads can scan."""

from __future__ import annotations

import stat
import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.corpus._scanner import find_white, rfind_white
from w2vfast.corpus.decompression import SUFFIXES, decompressed

CHUNK_BYTES = 4 << 20  # large enough to keep the share of Python's overhead small
_TAIL_BYTES = 4096  # read at a time to complete the last token of a chunk
_UTF16_32 = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class FileChunk:
    """
    Whole tokens of one file, read by the thread that scans them.

    Attributes
    ----------
    number : int
        Position of the chunk in the corpus, from 0.
    path : Path
    start : int
        First byte of the chunk in the file; 0 only for the first chunk of a file.
    size_on_disk : int
        Bytes of the file that this chunk accounts for.
    ends_file : bool
        Whether the file, and therefore a sentence, ends with this chunk.
    data : bytes or None
        The text, if it was decompressed or came from a pipe.
    """

    number: int
    path: Path
    start: int
    size_on_disk: int
    ends_file: bool
    data: bytes | None = None

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
        return data if self.start else _without_bom(data, self.path)

    def _read_range(self, buffer: Bytes) -> Bytes:
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
    The chunks of some files in order. Threads take them one at a time.

    Parameters
    ----------
    paths : list of pathlib.Path
    size : int
        Bytes of a chunk.

    Attributes
    ----------
    size : int
    total : int
        Bytes of all files on disk.
    """

    def __init__(self, paths: list[Path], size: int = CHUNK_BYTES) -> None:
        self.size = size
        self.total = sum(path.stat().st_size for path in paths)
        self._lock = threading.Lock()
        self._chunks = _split_files(paths, size)

    def take(self) -> FileChunk | None:
        """Return the next chunk, or None after the last one."""
        with self._lock:
            return next(self._chunks, None)

    def close(self) -> None:
        """Close the file that is being read."""
        with self._lock:
            self._chunks.close()


def _split_files(paths: list[Path], size: int) -> Generator[FileChunk, None, None]:
    number = 0
    for path in paths:
        status = path.stat()
        if path.suffix.lower() in SUFFIXES or not stat.S_ISREG(status.st_mode):
            chunks = _split_stream(path, size)
        else:
            chunks = _split_range(path, status.st_size, size)
        for start, size_on_disk, ends_file, data in chunks:
            yield FileChunk(number, path, start, size_on_disk, ends_file, data)
            number += 1


#: start, size_on_disk, ends_file and data of a FileChunk
_Parts = Iterator[tuple[int, int, bool, "bytes | None"]]


def _split_range(path: Path, length: int, size: int) -> _Parts:
    for start in range(0, length, size):
        yield start, min(size, length - start), start + size >= length, None


def _split_stream(path: Path, size: int) -> _Parts:
    """Cut at the last white space of about `size` bytes; the rest goes to the next."""
    parts: list[bytes] = []
    n_bytes = start = counted = 0
    suffix = path.suffix.lower()
    with path.open("rb") as raw, closing(decompressed(raw, path, size)) as blocks:
        for block in blocks:
            parts.append(block)
            n_bytes += len(block)
            end = rfind_white(block, 0) + 1 if n_bytes >= size else 0
            if end:
                parts[-1] = block[:end]
                position = raw.tell() if suffix in SUFFIXES else 0
                yield start, position - counted, False, b"".join(parts)
                counted = position
                start += 1
                parts = [block[end:]]
                n_bytes = len(block) - end
    yield start, 0, True, b"".join(parts)


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


def _without_bom(data: Bytes, path: Path) -> Bytes:
    head = data[:4].tobytes()
    if head.startswith(_UTF16_32):
        raise ValueError(
            f"{path} is UTF-16 or UTF-32: convert it to UTF-8, for instance with "
            "iconv -f utf-16 -t utf-8"
        )
    return data[3:] if head.startswith(b"\xef\xbb\xbf") else data
