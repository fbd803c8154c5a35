"""Files -> pieces of whole tokens, compressed or not."""

from __future__ import annotations

import stat
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from w2vfast.corpus._scanner import find_white, rfind_white

PIECE = 4 << 20  # bytes: long enough to keep Python's share small
_TAIL = 4096  # bytes read at a time to finish the last token of a piece
_PACKED = {".gz": "gzip", ".bz2": "bz2", ".xz": "lzma", ".zst": "zstd"}
_UTF16_32 = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Piece:
    """
    Some whole tokens of one file, to be read by whoever scans them.

    Attributes
    ----------
    number : int
        Counts the pieces of a corpus from 0, in its order.
    cost : int
        Bytes of the file on disk that it stands for.
    closed : bool
        Whether the file, and so a sentence, ends with it.
    """

    number: int
    path: Path
    start: int
    cost: int
    closed: bool
    data: bytes | None = None

    def read(self, buffer: Bytes) -> Bytes:
        """
        Return the tokens that start in this piece, whole.

        `buffer` is written to if it is large enough, so use one for each thread.
        """
        if self.data is None:
            data = self._read_range(buffer)
        else:
            data = np.frombuffer(self.data, np.uint8)
        return data if self.start else _without_bom(data, self.path)

    def _read_range(self, buffer: Bytes) -> Bytes:
        before = min(self.start, 1)
        length = before + self.cost
        if len(buffer) < length:
            buffer = np.empty(length, np.uint8)
        with self.path.open("rb", buffering=0) as file:
            file.seek(self.start - before)
            if not _fill(file, buffer[:length]):
                raise OSError(f"{self.path} became shorter while it was being read")
            # A token belongs to the piece it starts in.
            first = max(before, find_white(buffer[:length], 0)) if before else 0
            if first == length:
                return buffer[:0]
            last = rfind_white(buffer[length - 1 : length], 0)
            tail = b"" if self.closed or last == 0 else _rest_of_token(file)
        return _joined(buffer, first, length, tail)


class Pieces:
    """
    The pieces of some files in order, each handed to one thread.

    Parameters
    ----------
    paths : list of pathlib.Path
    size : int
        Bytes of a piece.

    Attributes
    ----------
    size : int
    total : int
        Bytes of all files on disk.
    """

    def __init__(self, paths: list[Path], size: int = PIECE) -> None:
        self.size = size
        self.total = sum(path.stat().st_size for path in paths)
        self._lock = threading.Lock()
        self._pieces = _cut_files(paths, size)

    def take(self) -> Piece | None:
        """Return the next piece; None when there is none left."""
        with self._lock:
            return next(self._pieces, None)

    def close(self) -> None:
        """Close the file that is being read."""
        with self._lock:
            self._pieces.close()


def _cut_files(paths: list[Path], size: int) -> Generator[Piece, None, None]:
    number = 0
    for path in paths:
        status = path.stat()
        if path.suffix.lower() in _PACKED or not stat.S_ISREG(status.st_mode):
            cut = _cut_stream(path, size)
        else:
            cut = _cut_range(path, status.st_size, size)
        for start, cost, closed, data in cut:
            yield Piece(number, path, start, cost, closed, data)
            number += 1


_Cut = Iterator[tuple[int, int, bool, "bytes | None"]]


def _cut_range(path: Path, length: int, size: int) -> _Cut:
    for start in range(0, length, size):
        yield start, min(size, length - start), start + size >= length, None


def _cut_stream(path: Path, size: int) -> _Cut:
    """Cut at the last white space of about `size` bytes; carry on the rest."""
    parts: list[bytes] = []
    held = start = told = 0
    suffix = path.suffix.lower()
    with path.open("rb") as raw, closing(_unpacked(raw, path, size)) as blocks:
        for block in blocks:
            parts.append(block)
            held += len(block)
            end = rfind_white(block, 0) + 1 if held >= size else 0
            if end:
                parts[-1] = block[:end]
                at = raw.tell() if suffix in _PACKED else 0
                yield start, at - told, False, b"".join(parts)
                told = at
                start += 1
                parts = [block[end:]]
                held = len(block) - end
    yield start, 0, True, b"".join(parts)


def _unpacked(raw: BinaryIO, path: Path, size: int) -> Generator[bytes, None, None]:
    """Yield the blocks of a stream, decompressed as its suffix says."""
    name = _PACKED.get(path.suffix.lower())
    try:
        if name == "zstd" and sys.version_info < (3, 14):
            yield from _unpacked_zstd(raw)
            return
        module = "compression.zstd" if name == "zstd" else name
        stream = import_module(module).open(raw, "rb") if module else raw
        while block := stream.read(size):
            yield block
    except ImportError as error:
        raise _lacking(path, error) from error
    except MemoryError:
        raise
    except Exception as error:
        raise OSError(
            f"{path} cannot be read as {path.suffix or 'a stream'}: {error}; "
            "is it damaged, incomplete or named wrongly?"
        ) from error


def _unpacked_zstd(raw: BinaryIO) -> Iterator[bytes]:
    # Its stream reader takes a file cut short for a whole one; this can tell.
    new = import_module("zstandard").ZstdDecompressor().decompressobj
    frame = new()
    begun = False
    while block := raw.read(16 << 10):
        while block:
            begun = True
            yield frame.decompress(block)
            block = b""
            if frame.eof:
                block, frame, begun = frame.unused_data, new(), False
    if begun:
        raise EOFError("the last frame is incomplete")


def _lacking(path: Path, error: ImportError) -> ImportError:
    remedy = "this Python was built without it"
    if path.suffix.lower() == ".zst":
        remedy = "pip install zstandard (or use Python 3.14)"
    return ImportError(
        f"{path}: no module to read {path.suffix} with ({error}); {remedy}"
    )


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
    while block := file.read(_TAIL):
        end = find_white(block, 0)
        parts.append(block[:end])
        if end < len(block):
            break
    return b"".join(parts)


def _joined(buffer: Bytes, first: int, length: int, tail: bytes) -> Bytes:
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
