"""One writer of a file at a time: a lock beside the file, for the time of a run."""

from __future__ import annotations

import os
import stat
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from w2vfast.io.atomic import StrPath
from w2vfast.io.lock_file import acquire, forget_locks, release
from w2vfast.runtime._holds import FileHold


class _Held(threading.local):
    """The files whose locks this thread holds, and what writes each of them."""

    def __init__(self) -> None:
        self.paths: set[Path] = set()
        self.writers: dict[Path, weakref.ref[object]] = {}

    def writer(self, path: Path) -> object | None:
        """Return what writes a file; None if that is not known, or nothing more."""
        found = self.writers.get(path)
        return None if found is None else found()

    def set_writer(self, path: Path, writer: object | None) -> None:
        """Remember what writes a file; None: unknown."""
        self.writers.pop(path, None)
        if writer is not None:
            self.writers[path] = weakref.ref(writer)


_held = _Held()


def _forget_locks() -> None:
    """Leave the locks to the parent of a forked process."""
    _held.paths.clear()
    forget_locks()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_locks)


def file_lock(
    path: StrPath | None,
    name: str | None = None,
    *,
    patience: float = 0.0,
    check: Callable[[], object] | None = None,
    writer: object | None = None,
) -> AbstractContextManager[None]:
    """
    Return a context in which no other run writes a file.

    The operating system locks a hidden file beside `path`, and frees it when the
    process ends, however it ends. `path` itself cannot be locked: writing replaces it.
    Nothing is locked where the file system has no locks, which is logged, where the
    folder is not writable, or if `path` is a pipe or a device. A thread may lock a file
    that it has locked, for the same writer. A forked process has none of the locks. The
    context is entered and left in C, so that Ctrl-C at any moment unlocks the file.

    Parameters
    ----------
    path : path-like or None
        Need not exist. None locks nothing.
    name : str, optional
        What messages call the file, such as ``--output v.bin``. None: `path`.
    patience : float, default 0
        Seconds to wait for another run that has locked the file.
    check : callable, optional
        Called when the file is locked, or cannot be. An error it raises unlocks it.
    writer : object, optional
        What writes the file, such as the state of a model. In this context the thread
        locks the file again only for the same writer. None: for any.

    Raises
    ------
    BlockingIOError
        When the context is entered and another run, also one of this process, has
        locked the file, or this thread has for another writer.
    """
    target = None if path is None else Path(os.path.realpath(path))
    if target is None or not _is_replaceable(target):
        return _Unlocked(check)
    name = name or os.fspath(path)  # type: ignore[arg-type]
    if target in _held.paths:
        return _Inner(target, name, writer, check)
    lock = target.with_name(f".{target.name}.w2vfast.lock")

    def enter(hold: FileHold) -> None:
        _wait(hold, lock, name, time.monotonic() + patience)
        if check is not None:
            check()
        _held.set_writer(target, writer)

    return FileHold(enter, lambda file: release(file, lock), _held.paths, target)


class _Unlocked(AbstractContextManager[None]):
    """A context without a lock."""

    def __init__(self, check: Callable[[], object] | None) -> None:
        self._check = check

    def __enter__(self) -> None:
        if self._check is not None:
            self._check()

    def __exit__(self, *error: object) -> None:
        pass


class _Inner(_Unlocked):
    """A context in that of the lock, by the same thread."""

    def __init__(
        self,
        path: Path,
        name: str,
        writer: object | None,
        check: Callable[[], object] | None,
    ) -> None:
        super().__init__(check)
        self._path, self._name, self._writer = path, name, writer

    def __enter__(self) -> None:
        self._outer = _held.writer(self._path)
        if self._outer is not None and self._outer is not self._writer:
            raise BlockingIOError(
                f"{self._name} is being written by the run around this call, which "
                "would replace it later: write to another file"
            )
        super().__enter__()
        _held.set_writer(self._path, self._writer)

    def __exit__(self, *error: object) -> None:
        _held.set_writer(self._path, self._outer)


def _is_replaceable(target: Path) -> bool:
    """Return whether writing replaces the target: it is a file, or does not exist."""
    try:
        return stat.S_ISREG(target.stat().st_mode)
    except OSError:
        return True


def _wait(hold: FileHold, lock: Path, name: str, end: float) -> None:
    """Lock a file, at the latest when `end` has come."""
    while True:
        try:
            acquire(hold, lock, name)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise
            time.sleep(0.02)
        else:
            return
