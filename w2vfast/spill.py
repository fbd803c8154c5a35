"""Arrays that grow: in memory up to a limit, in a temporary file beyond it."""

from __future__ import annotations

import mmap
import os
import sys
import tempfile
from typing import Any, BinaryIO, cast

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_OWN_PAGES = 1 << 20  # bytes: larger parts are mapped, so that freeing them frees


def physical_memory() -> int:
    """Return the machine's memory in bytes; 8 GiB if it won't say."""
    if hasattr(os, "sysconf"):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if sys.platform == "win32":
        import ctypes

        status = (ctypes.c_uint64 * 8)(64)  # MEMORYSTATUSEX: its length comes first
        if ctypes.windll.kernel32.GlobalMemoryStatusEx(status):
            return status[1]
    return 8 << 30


def resolve_limit(memory_limit: int | None) -> int:
    """Check `memory_limit`; None means half of the machine's memory."""
    if memory_limit is None:
        return physical_memory() // 2
    if isinstance(memory_limit, bool) or not hasattr(memory_limit, "__index__"):
        raise TypeError(
            f"memory_limit={memory_limit!r}: expected bytes as a whole number, or "
            "None for half of the memory"
        )
    if memory_limit < 0:
        raise ValueError(f"memory_limit={memory_limit}: expected 0 bytes or more")
    return int(memory_limit)


class Growing:
    """
    A one-dimensional array made by appending parts.

    Parameters
    ----------
    dtype : numpy dtype
    limit : int
        Bytes above which the parts go to a temporary file. It has no name, so
        nothing is left of it after close, error or crash.

    Attributes
    ----------
    size : int
        Items so far.
    """

    def __init__(self, dtype: npt.DTypeLike, limit: int) -> None:
        self.size = 0
        self._dtype = np.dtype(dtype)
        self._limit = limit
        self._parts: list[Array] = []
        self._lengths: list[int] = []
        self._file: BinaryIO | None = None

    def append(self, part: Array) -> None:
        """Add `part`, which must not change afterwards."""
        self.size += len(part)
        self._lengths.append(len(part))
        if self._file is None and self.size * self._dtype.itemsize <= self._limit:
            self._parts.append(part.astype(self._dtype, copy=False))
        elif len(part):
            self._write(part)

    def finish(self) -> tuple[Array, list[Array]]:
        """
        Return an array to hold everything, and the parts to be written there.

        The parts of a temporary file are views of the array, in place already.
        """
        if self._file is None:
            parts, self._parts = self._parts, []
            return np.empty(self.size, self._dtype), parts
        with self._file as file:
            file.flush()
            mapped = mmap.mmap(file.fileno(), self.size * self._dtype.itemsize)
        whole = np.frombuffer(mapped, self._dtype)
        return whole, np.split(whole, np.cumsum(self._lengths)[:-1])

    def settle(self) -> Array:
        """Return everything in one array."""
        whole, parts = self.finish()
        if self._file is None:
            stop = len(whole)
            while parts:  # from the end, so that each is freed at once
                part = parts.pop()
                whole[stop - len(part) : stop] = part
                stop -= len(part)
        return whole

    def close(self) -> None:
        """Forget everything."""
        self._parts.clear()
        if self._file is not None:
            self._file.close()

    def _write(self, part: Array) -> None:
        try:
            if self._file is None:
                # Closed by finish() or close().
                self._file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115
                for kept in self._parts:
                    self._file.write(memoryview(kept))
                self._parts.clear()
            self._file.write(memoryview(np.ascontiguousarray(part, self._dtype)))
        except OSError as error:
            raise OSError(
                error.errno,
                f"{error.strerror}, as the corpus was written to "
                f"{tempfile.gettempdir()}; choose another place with TMPDIR, or raise "
                "memory_limit",
            ) from error


def keep(part: Array) -> Array:
    """Return a copy; a large one gives its memory back as soon as it is dropped."""
    if part.nbytes < _OWN_PAGES:
        return part.copy()
    copy = np.frombuffer(mmap.mmap(-1, part.nbytes), part.dtype)
    copy[:] = part
    return copy
