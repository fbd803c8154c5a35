"""Say which file is bad, and what it is if that shows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from w2vfast.io.atomic import StrPath

FOREIGN = {  # by first bytes
    b"\x1f\x8b": "gzip data; unpack it first",
    b"\xfd7zXZ": "xz data; unpack it first",
    b"PK\x03\x04": "a zip archive; unpack it first",
    b"\xba\x16O/": "a fastText model; use its .vec file",
    **{
        bytes((0x80, protocol)): "a pickle, which is never loaded: it can run code"
        for protocol in range(2, 6)
    },
}


@contextmanager
def naming(path: StrPath) -> Iterator[None]:
    """Put the name of a file before the message of a ValueError."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{os.fspath(path)}: {error}") from error


def refuse_foreign(head: bytes) -> None:
    """Raise ValueError if a file that starts with `head` is of a known other kind."""
    for magic, kind in FOREIGN.items():
        if head.startswith(magic):
            raise ValueError(f"this is {kind}")
