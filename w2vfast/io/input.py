"""A binary input that can be looked at before it is read, compressed or not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

COPY_BYTES = 1 << 20


class Input:
    """
    Bytes of a file or a stream, in order, once.

    Parameters
    ----------
    file : binary file, optional
        Read directly, without a copy. It needs `read` or `readinto`.
    blocks : iterator of bytes, optional
        Decompressed data, instead of `file`.
    size : int, optional
        Bytes of the whole input, if known.
    path : pathlib.Path, optional
        The local, uncompressed file that `file` reads.
    head : bytes
        Bytes that were read before.
    """

    def __init__(
        self,
        file: Any = None,
        blocks: Iterator[bytes] | None = None,
        size: int | None = None,
        path: Path | None = None,
        head: bytes = b"",
    ) -> None:
        self._file = file
        self._blocks = blocks
        self.size = size
        self.path = path
        self._pending = head
        self.position: int = 0

    @property
    def remaining(self) -> int | None:
        """Bytes that are left, or None if the size is unknown."""
        return None if self.size is None else max(0, self.size - self.position)

    def peek(self, n_bytes: int) -> bytes:
        """Return the next `n_bytes` bytes, fewer at the end, without reading them."""
        parts = [self._pending]
        found = len(self._pending)
        while found < n_bytes and (block := self._next(n_bytes - found)):
            parts.append(block)
            found += len(block)
        self._pending = b"".join(parts)
        return self._pending[:n_bytes]

    def readinto(self, buffer: Any) -> int:
        """
        Fill a buffer of bytes.

        Returns
        -------
        int
            Bytes that were read: less than the length of `buffer` only at the end.
        """
        view = memoryview(buffer).cast("B")
        filled = 0
        while filled < len(view):
            if not self._pending and self._direct():
                count = self._file.readinto(view[filled:]) or 0
            else:
                data = self._pending or self._next(COPY_BYTES)
                count = min(len(data), len(view) - filled)
                view[filled : filled + count] = data[:count]
                self._pending = data[count:]
            if not count:
                break
            filled += count
        self.position += filled
        return filled

    def read(self, n_bytes: int) -> bytes:
        """Return the next `n_bytes` bytes, fewer at the end."""
        data = self.peek(n_bytes)
        self._pending = self._pending[n_bytes:]
        self.position += len(data)
        return data

    def unread(self, data: bytes) -> None:
        """Put back bytes that were read last."""
        self._pending = data + self._pending
        self.position -= len(data)

    def skip(self, n_bytes: int) -> int:
        """Discard `n_bytes` bytes; return how many there were."""
        skipped = 0
        if self.path is not None and self.size is not None and not self._pending:
            skipped = min(n_bytes, self.size - self.position)
            self._file.seek(skipped, 1)
            self.position += skipped
            return skipped
        while skipped < n_bytes:
            data = self.read(min(COPY_BYTES, n_bytes - skipped))
            if not data:
                break
            skipped += len(data)
        return skipped

    def only_white_space_left(self) -> bool:
        """Read to the end; return whether only white space was left."""
        while data := self.read(COPY_BYTES):
            if data.strip():
                return False
        return True

    def _direct(self) -> bool:
        return self._blocks is None and hasattr(self._file, "readinto")

    def _next(self, n_bytes: int) -> bytes:
        """Return some bytes of the source, b"" at the end."""
        if self._blocks is None:
            # Files reserve memory for all the bytes that they are asked to read.
            return bytes(self._file.read(min(n_bytes, COPY_BYTES)) or b"")
        # A decompressor may yield empty blocks before its end.
        return next((block for block in self._blocks if block), b"")
