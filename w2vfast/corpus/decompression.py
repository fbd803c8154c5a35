"""Blocks of decompressed bytes from files with a compression suffix."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

#: Suffix of a file, and the module that decompresses it.
SUFFIXES = {".gz": "gzip", ".bz2": "bz2", ".xz": "lzma", ".zst": "zstd"}
_ZSTD_BYTES = 512  # compressed bytes given to the decompressor at a time


def decompressed(raw: BinaryIO, path: Path, size: int) -> Generator[bytes, None, None]:
    """
    Yield the decompressed blocks of a stream. The suffix of `path` sets the format.

    Parameters
    ----------
    raw : binary file
    path : pathlib.Path
        Name of the file, for its suffix and for messages.
    size : int
        Bytes of a block, at most.

    Raises
    ------
    OSError
        If the data are damaged or incomplete.
    ImportError
        If the module for this format is not installed.
    """
    name = SUFFIXES.get(path.suffix.lower())
    try:
        if name == "zstd" and sys.version_info < (3, 14):
            yield from _decompressed_zstd(raw, size)
            return
        module = "compression.zstd" if name == "zstd" else name
        stream = import_module(module).open(raw, "rb") if module else raw
        while block := stream.read(size):
            yield block
    except ImportError as error:
        raise _missing_module(path, error) from error
    except MemoryError:
        raise
    except Exception as error:
        raise OSError(
            f"{path} cannot be read as {path.suffix or 'a stream'}: {error}; "
            "is it damaged, incomplete or named wrongly?"
        ) from error


def _decompressed_zstd(raw: BinaryIO, size: int) -> Iterator[bytes]:
    # zstandard's stream reader does not report a truncated file; its object does.
    new = import_module("zstandard").ZstdDecompressor().decompressobj
    frame = new()
    incomplete = False
    while data := raw.read(16 << 10):
        parts: list[bytes] = []
        n_bytes = start = 0
        while start < len(data):
            # A byte may decompress to 30,000 bytes, so take a few bytes at a time.
            block = data[start : start + _ZSTD_BYTES]
            start += len(block)
            incomplete = True
            parts.append(frame.decompress(block))
            n_bytes += len(parts[-1])
            if frame.eof:
                start -= len(frame.unused_data)
                frame, incomplete = new(), False
            if n_bytes >= size:
                yield b"".join(parts)
                parts, n_bytes = [], 0
        yield b"".join(parts)
    if incomplete:
        raise EOFError("the last frame is incomplete")


def _missing_module(path: Path, error: ImportError) -> ImportError:
    remedy = "this Python was built without it"
    if path.suffix.lower() == ".zst":
        remedy = "pip install zstandard (or use Python 3.14)"
    return ImportError(
        f"{path}: the module that reads {path.suffix} is missing ({error}); {remedy}"
    )
