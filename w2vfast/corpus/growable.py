"""Arrays that grow: in memory up to a limit, in a temporary file beyond it."""

from __future__ import annotations

import mmap
import os
import sys
from contextlib import suppress
from typing import Any, BinaryIO, cast

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_BLOCK = 8 << 20  # bytes
_SMALL = 64 << 10  # bytes


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
        import tempfile  # costs milliseconds

        try:
            if self._file is None:
                # Unbuffered, so that a full disk shows here and nowhere later.
                file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
                self._file = cast(BinaryIO, file)
                for kept in self._parts:
                    _write_all(self._file, kept)
                self._parts.clear()
            _write_all(self._file, np.ascontiguousarray(part, self._dtype))
        except OSError as error:
            self.close()
            raise OSError(
                error.errno,
                f"{error.strerror}, as the corpus was written to "
                f"{tempfile.gettempdir()}; choose another place with TMPDIR, or raise "
                "memory_limit",
            ) from error


def _write_all(file: BinaryIO, part: Array) -> None:
    left = part.data.cast("B") if len(part) else memoryview(b"")
    while len(left):
        left = left[file.write(left) :]


class Copies:
    """
    Copies of arrays, cut from blocks that the system gets back when all are dropped.

    Memory from the C library may stay with the process when it is freed, and large
    pages make the first touch of it much cheaper.
    """

    def __init__(self, dtype: npt.DTypeLike) -> None:
        self._free = np.empty(0, dtype)

    def copy(self, part: Array) -> Array:
        """Return a copy of a one-dimensional array."""
        size, itemsize = len(part), self._free.itemsize
        if size * itemsize < _SMALL:
            return part.astype(self._free.dtype)
        if size > len(self._free):
            block = _private(max(_BLOCK, size * itemsize))
            self._free = np.frombuffer(block, self._free.dtype)
        copy, self._free = self._free[:size], self._free[size:]
        copy[:] = part
        return copy


def _private(size: int) -> mmap.mmap:
    if sys.platform == "win32":
        return mmap.mmap(-1, size)
    # Python's default is shared memory, which has no large pages.
    block = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with suppress(OSError):  # a kernel built without them
            block.madvise(mmap.MADV_HUGEPAGE)
    return block
