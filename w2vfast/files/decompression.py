"""Methods of compression: their signatures, and blocks of decompressed bytes."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

#: Suffix of a file, and the module that decompresses it.
SUFFIXES = {".gz": "gzip", ".bz2": "bz2", ".xz": "lzma", ".zst": "zstd"}
_XZ_BYTES = 64 << 10
_XZ_MEMORY = 256 << 20  # xz -9 needs 65 MiB
_ZSTD_BYTES = 512  # compressed bytes given to the decompressor at a time
#: First bytes of compressed data, with the suffix of their method.
SIGNATURES = {
    b"\x1f\x8b\x08": ".gz",
    b"\xfd7zXZ\0": ".xz",
    b"\x28\xb5\x2f\xfd": ".zst",
    # A word may begin with "BZh9", so the block signature is compared too.
    **{b"BZh%d1AY&SY" % level: ".bz2" for level in range(1, 10)},
}
SIGNATURE_BYTES = max(map(len, SIGNATURES))
NAMES = {".gz": "gzip", ".xz": "xz", ".zst": "zstd", ".bz2": "bzip2"}


def content_suffix(head: bytes) -> str:
    r"""
    Return the suffix of the compression that the first bytes show, or "" for none.

    Examples
    --------
    >>> content_suffix(b"\x1f\x8b\x08"), content_suffix(b"text")
    ('.gz', '')
    """
    return next((s for b, s in SIGNATURES.items() if head.startswith(b)), "")


def decompressed(
    raw: BinaryIO, path: object, size: int, suffix: str | None = None
) -> Generator[bytes, None, None]:
    """
    Yield the decompressed blocks of a stream.

    Parameters
    ----------
    raw : binary file
    path : path-like
        Name of the file, for its suffix and for messages.
    size : int
        Bytes of a block, at most.
    suffix : str, optional
        One of `SUFFIXES`, or "" for data that are not compressed. None means the
        suffix of `path`.

    Raises
    ------
    OSError
        If the data are damaged or incomplete.
    ImportError
        If the module for this format is not installed.
    """
    if suffix is None:
        suffix = Path(str(path)).suffix.lower()
    name = SUFFIXES.get(suffix)
    try:
        if name == "zstd" and sys.version_info < (3, 14):
            yield from _decompressed_zstd(raw, size)
            return
        if name == "lzma":
            yield from _decompressed_xz(raw, size)
            return
        module = "compression.zstd" if name == "zstd" else name
        stream = import_module(module).open(raw, "rb") if module else raw
        while block := stream.read(size):
            yield block
    except ImportError as error:
        raise _missing_module(path, suffix, error) from error
    except MemoryError:
        raise
    except Exception as error:
        raise OSError(
            f"{path} cannot be read as {suffix or 'a stream'}: {error}; "
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


def _decompressed_xz(raw: BinaryIO, size: int) -> Iterator[bytes]:
    # lzma.open has no limit: a header of a few bytes can make it reserve 4 GB.
    lzma = import_module("lzma")
    new = partial(lzma.LZMADecompressor, lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
    stream = new()
    data, incomplete = b"", True  # a file without any stream is incomplete too
    while data or not stream.needs_input or (data := raw.read(_XZ_BYTES)):
        if block := stream.decompress(data, size):
            yield block
        data, incomplete = b"", True
        if stream.eof:
            stream, data, incomplete = new(), _after_padding(raw, stream), False
    if incomplete:
        raise EOFError("the last stream is incomplete")


def _after_padding(raw: BinaryIO, ended: Any) -> bytes:
    """Return data after the end of an xz stream, without the zeros that may follow."""
    data: bytes = ended.unused_data.lstrip(b"\0")
    while not data and (block := raw.read(_XZ_BYTES)):
        data = block.lstrip(b"\0")
    return data


def _missing_module(path: object, suffix: str, error: ImportError) -> ImportError:
    remedy = "this Python was built without it"
    if suffix == ".zst" and sys.version_info < (3, 14):
        remedy = "pip install zstandard (or use Python 3.14)"
    return ImportError(
        f"{path}: the module that reads {suffix} is missing ({error}); {remedy}"
    )
