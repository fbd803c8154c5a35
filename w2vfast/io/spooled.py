"""An input as a file that can be read at any position."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from w2vfast.io.input import COPY_BYTES, Input

SPOOLED_BYTES = 64 << 20  # larger streams go to a temporary file


@contextmanager
def seekable(file: Input) -> Iterator[Path | Any]:
    """Yield the path of a local file, or a temporary file with a stream's bytes."""
    import tempfile

    if file.path is not None:
        yield file.path
        return
    with tempfile.SpooledTemporaryFile(SPOOLED_BYTES) as spooled:
        while block := file.read(COPY_BYTES):
            spooled.write(block)
        spooled.seek(0)
        yield spooled
