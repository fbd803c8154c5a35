"""Compressed files: the suffix and the first bytes must name the same method."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from w2vfast.files.decompression import NAMES, SUFFIXES, content_suffix
from w2vfast.runtime.optional_packages import load

GZIP_LEVEL = 6  # level 9, the default of Python, takes three times as long


def split_suffix(name: str) -> tuple[str, str]:
    """
    Return the suffix of the format and the suffix of the compression, lower case.

    Examples
    --------
    >>> split_suffix("models/english.BIN.gz")
    ('.bin', '.gz')
    >>> split_suffix("english.bin")
    ('.bin', '')
    """
    path = PurePosixPath(name.replace("\\", "/"))
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        return suffix, ""
    return path.with_suffix("").suffix.lower(), suffix


def find_compression(first_bytes: bytes, name: str | None) -> str:
    r"""
    Return the suffix of the compression, or "" for none.

    Parameters
    ----------
    first_bytes : bytes
        The first `SIGNATURE_BYTES` bytes of the file.
    name : str or None
        The name of the file, or None for a stream without a name.

    Raises
    ------
    ValueError
        If the name and the content disagree.

    Examples
    --------
    >>> find_compression(b"\x1f\x8b\x08", None)
    '.gz'
    """
    content = content_suffix(first_bytes)
    if name is None:
        return content
    suffix = split_suffix(name)[1]
    if content and suffix != content:
        raise ValueError(
            f"found {NAMES[content]} data, but the name does not end in {content}; "
            f"rename the file so that it ends in {content}, or decompress it first"
        )
    if suffix and not content:
        raise ValueError(
            f"the name ends in {suffix}, but the content is not {NAMES[suffix]} data; "
            f"found {first_bytes!r}; remove {suffix} from the name if the file is not "
            "compressed"
        )
    return suffix


@contextmanager
def compressed(file: BinaryIO, suffix: str) -> Iterator[BinaryIO]:
    """
    Yield a file that compresses what is written to it.

    Parameters
    ----------
    file : binary file
        Receives the compressed bytes. It stays open.
    suffix : str
        ``.gz``, ``.bz2``, ``.xz`` or ``.zst``; "" yields `file` itself.

    Raises
    ------
    ImportError
        If the module for this method is not installed.
    """
    if not suffix:
        yield file
        return
    with _open_writer(file, suffix) as writer:
        yield writer


def _open_writer(file: BinaryIO, suffix: str) -> Any:
    if suffix == ".gz":
        # No name and no time, so that equal vectors give equal files.
        return import_module("gzip").GzipFile("", "wb", GZIP_LEVEL, file, mtime=0)
    if suffix != ".zst":
        return import_module(SUFFIXES[suffix]).open(file, "wb")
    if sys.version_info >= (3, 14):
        try:
            zstd = import_module("compression.zstd")
        except ImportError as error:
            raise ImportError(
                f"a .zst file needs zstd, and this Python was built without it "
                f"({error}): choose .gz or .xz, or install a Python that has it"
            ) from error
        return zstd.open(file, "wb")
    zstandard = load("zstandard", "a .zst file", "zstd", "use Python 3.14")
    return zstandard.ZstdCompressor().stream_writer(file, closefd=False)
