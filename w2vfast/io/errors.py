"""Error messages that name the file and recognise files of other formats."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from w2vfast.io.atomic import StrPath

#: First bytes of other formats that users may pass, with the description and the fix.
OTHER_FORMATS = {
    b"\x1f\x8b": "gzip data; decompress the file first",
    b"\xfd7zXZ": "xz data; decompress the file first",
    b"PK\x03\x04": "a zip archive; extract the file first",
    b"\xba\x16O/": "a fastText model; use its .vec file instead",
    **{
        bytes((0x80, protocol)): (
            "a pickle; pickles are never loaded because they can run code; save the "
            "vectors in word2vec's format instead"
        )
        for protocol in range(2, 6)
    },
}


@contextmanager
def error_context(path: StrPath) -> Iterator[None]:
    """
    Prefix every ValueError raised in the block with `path`.

    Examples
    --------
    >>> with error_context("vectors.txt"):
    ...     raise ValueError("line 3: expected 100 numbers")
    Traceback (most recent call last):
    ValueError: vectors.txt: line 3: expected 100 numbers
    """
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{os.fspath(path)}: {error}") from error


def reject_other_formats(first_bytes: bytes) -> None:
    r"""
    Raise ValueError if a file starts like one of `OTHER_FORMATS`.

    Examples
    --------
    >>> reject_other_formats(b"PK\x03\x04...")
    Traceback (most recent call last):
    ValueError: found a zip archive; extract the file first
    """
    for signature, description in OTHER_FORMATS.items():
        if first_bytes.startswith(signature):
            raise ValueError(f"found {description}")
