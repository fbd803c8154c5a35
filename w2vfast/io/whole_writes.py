"""Write all bytes to a raw file, which may write only some of them at a call."""

from __future__ import annotations

import errno
from io import RawIOBase
from typing import Any, BinaryIO, cast


def whole_writes(file: BinaryIO) -> BinaryIO:
    """
    Return a file whose `write` writes all bytes or raises.

    Parameters
    ----------
    file : binary file
        Open for writing. A buffered file is returned as it is.

    Returns
    -------
    binary file
        It writes to `file`, and all other methods are those of `file`.
    """
    return cast("BinaryIO", _WholeWrites(file)) if isinstance(file, RawIOBase) else file


class _WholeWrites:
    """
    Repeats calls of `write` until all bytes are written.

    With PYTHONUNBUFFERED=1, as in many containers, `sys.stdout.buffer` is a raw file.
    Ctrl-Z, or the end of the reader, makes its `write` return early.
    """

    def __init__(self, file: RawIOBase) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: Any) -> int:
        """Write all bytes; BlockingIOError if a non-blocking file is full."""
        view = memoryview(data)
        left = view.cast("B") if view.nbytes else b""
        while left:
            n_bytes = self._file.write(left)
            if n_bytes is None:
                raise BlockingIOError(
                    errno.EAGAIN, "the file is full and does not block; expected a "
                    "file that waits for its reader",
                )  # fmt: skip
            left = left[n_bytes:]
        return view.nbytes
