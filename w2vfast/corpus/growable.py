"""Arrays that grow by appending: in memory up to a limit, then in a temporary file."""

from __future__ import annotations

import mmap
import sys
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, BinaryIO, cast

import numpy as np
import numpy.typing as npt

from w2vfast.corpus._ids import translate

Array = npt.NDArray[Any]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]
Tasks = deque[Callable[[], object]]

#: Bytes that ArrayPool allocates at first, and at most. The end of a block remains
#: unused, up to a huge page of 2 MB; so blocks become larger.
_POOL_BLOCK, _LARGEST_BLOCK = 8 << 20, 64 << 20
_SMALL = 64 << 10  # bytes; smaller arrays do not come from the pool


class GrowableArray:
    """
    A one-dimensional array made by appending parts.

    Parameters
    ----------
    dtype : numpy dtype
    limit : int
        Bytes above which the parts go to a temporary file. The file has no name, so
        nothing remains after close, an error or a crash.

    Attributes
    ----------
    size : int
        Number of items so far.
    """

    def __init__(self, dtype: npt.DTypeLike, limit: int) -> None:
        self.size: int = 0
        self._dtype = np.dtype(dtype)
        self._limit = limit
        self._parts: list[Array] = []
        self._lengths: list[int] = []
        self._file: BinaryIO | None = None
        self._folder = ""

    def extend(self, part: Array) -> None:
        """Append `part`, which must not change afterwards."""
        self.size += len(part)
        self._lengths.append(len(part))
        if self._file is None and self.size * self._dtype.itemsize <= self._limit:
            self._parts.append(part.astype(self._dtype, copy=False))
        elif len(part):
            self._write(part)

    def allocate(self) -> tuple[Array, list[Array]]:
        """
        Return an array for everything, and the parts to copy into it, in order.

        With a temporary file the array maps the file. The parts are then views of
        the array, so nothing needs to be copied.
        """
        if self._file is None:
            parts, self._parts = self._parts, []
            return np.empty(self.size, self._dtype), parts
        with self._file as file:
            mapped = mmap.mmap(file.fileno(), self.size * self._dtype.itemsize)
        whole = np.frombuffer(mapped, self._dtype)
        return whole, np.split(whole, np.cumsum(self._lengths)[:-1])

    def concatenate(self) -> Array:
        """Return everything in one array."""
        whole, parts = self.allocate()
        if self._file is None:
            stop = len(whole)
            while parts:  # from the end, so that each part is freed at once
                part = parts.pop()
                whole[stop - len(part) : stop] = part
                stop -= len(part)
        return whole

    def close(self) -> None:
        """Release the parts and the temporary file."""
        self._parts.clear()
        if self._file is not None:
            self._file.close()

    def _write(self, part: Array) -> None:
        import tempfile  # imported here because it takes milliseconds

        from w2vfast.runtime.temporary_folder import folder_on_disk

        try:
            if self._file is None:
                self._folder = folder_on_disk()
                # Unbuffered, so that a full disk raises here and not later.
                file = tempfile.TemporaryFile(buffering=0, dir=self._folder)  # noqa: SIM115
                self._file = cast(BinaryIO, file)
                for kept in self._parts:
                    _write_all(self._file, kept)
                self._parts.clear()
            _write_all(self._file, np.ascontiguousarray(part, self._dtype))
        except OSError as error:
            self.close()
            raise OSError(
                error.errno,
                f"{error.strerror} while writing the corpus to "
                f"{self._folder}; choose another folder with TMPDIR, or raise "
                "memory_limit",
            ) from error


def _write_all(file: BinaryIO, part: Array) -> None:
    left = part.data.cast("B") if len(part) else memoryview(b"")
    while len(left):
        left = left[file.write(left) :]


class GrowableIds:
    """
    Ids and sentence offsets that grow together, without empty sentences.

    Parameters
    ----------
    limit : int
        Bytes above which the ids, and likewise the offsets, go to a temporary file.
    """

    def __init__(self, limit: int) -> None:
        self.ids: GrowableArray = GrowableArray(np.int32, limit)
        self._offsets = GrowableArray(np.int64, limit)
        self._offsets.extend(np.zeros(1, np.int64))
        self._last = 0

    def append(self, ids: npt.NDArray[Any], ends: npt.NDArray[Any]) -> None:
        """
        Add ids and sentence ends.

        Parameters
        ----------
        ids : int array, (n,)
        ends : int array
            Numbers of these ids, 0 to n, after which a sentence ends.
        """
        if len(ends):
            offsets = ends.astype(np.int64) + self.ids.size
            offsets = offsets[np.diff(offsets, prepend=self._last) > 0]
            self._offsets.extend(offsets)
            self._last = int(offsets[-1]) if len(offsets) else self._last
        self.ids.extend(ids)

    def translate(self, mappings: Iterable[Int32s], tasks: Tasks) -> Int32s:
        """
        Return the array of new ids, and add to `tasks` the calls that fill it.

        Parameters
        ----------
        mappings : iterable of int32 arrays
            For each part appended, the new id of every id.
        tasks : deque of callables
            Each task owns its part, so that its memory is freed once it has run.
        """
        whole, parts = self.ids.allocate()
        start = 0
        for part, mapping in zip(parts, mappings, strict=False):
            stop = start + len(part)
            tasks.append(partial(translate, part, mapping, whole[start:stop]))
            start = stop
        return whole

    def offsets(self) -> Int64s:
        """Return where sentences start and end: int64, (sentences + 1,)."""
        return self._offsets.concatenate()

    def close(self) -> None:
        """Release the memory and the temporary files."""
        self.ids.close()
        self._offsets.close()


class ArrayPool:
    """
    Copies of arrays in shared blocks.

    A block returns to the system once all its copies are freed.

    The C library may keep freed memory in the process; anonymous maps avoid that.
    Huge pages also make the first write to a block much cheaper.
    """

    def __init__(self, dtype: npt.DTypeLike) -> None:
        self._free = np.empty(0, dtype)
        self._size = _POOL_BLOCK

    def copy(self, part: Array) -> Array:
        """Return a copy of a one-dimensional array."""
        size, itemsize = len(part), self._free.itemsize
        if size * itemsize < _SMALL:
            return part.astype(self._free.dtype)
        if size > len(self._free):
            block = _anonymous_map(max(self._size, size * itemsize))
            self._size = min(2 * self._size, _LARGEST_BLOCK)
            self._free = np.frombuffer(block, self._free.dtype)
        copy, self._free = self._free[:size], self._free[size:]
        copy[:] = part
        return copy


def _anonymous_map(size: int) -> mmap.mmap:
    if sys.platform == "win32":
        return mmap.mmap(-1, size)
    # Python's default is a shared map, which gets no huge pages.
    block = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with suppress(OSError):  # the kernel may have no huge pages
            block.madvise(mmap.MADV_HUGEPAGE)
    return block
