"""One writer of a file at a time: a lock beside the file, for the time of a run."""

from __future__ import annotations

import os
import platform
import re
import stat
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from io import FileIO
from pathlib import Path

from w2vfast.io.atomic import StrPath
from w2vfast.runtime._holds import FileHold
from w2vfast.runtime.log import logger

#: The byte that Windows locks: beyond the text, so that others can read the text.
_LOCKED_BYTE = 1 << 30
#: What a lock of another process raises; file systems of Windows, the second one.
_LOCKED = (BlockingIOError, PermissionError)
#: How often a lock is opened again that another run deletes at this moment.
_TRIES = 20
_OWNER = re.compile(rb"(process [0-9]+ on [\w.-]+\n)?")


class _Held(threading.local):
    """The files whose locks this thread holds."""

    def __init__(self) -> None:
        self.paths: set[Path] = set()


_held = _Held()
#: The locks of all threads of this process.
_files: dict[Path, FileIO] = {}


def _forget_locks() -> None:
    """Leave the locks to the parent of a forked process."""
    _held.paths.clear()
    for file in _files.values():
        file.close()  # the parent's descriptor keeps the lock
    _files.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_locks)


def file_lock(
    path: StrPath | None,
    name: str | None = None,
    *,
    patience: float = 0.0,
    check: Callable[[], object] | None = None,
) -> AbstractContextManager[None]:
    """
    Return a context in which no other run writes a file.

    The operating system locks a hidden file beside `path`, and frees it when the
    process ends, however it ends. `path` itself cannot be locked: writing replaces it.
    Nothing is locked where the file system has no locks, which is logged, where the
    folder is not writable, or if `path` is a pipe or a device. A thread may lock a file
    that it has locked. A forked process has none of the locks. The context is entered
    and left in C, so that Ctrl-C at any moment unlocks the file.

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

    Raises
    ------
    BlockingIOError
        When the context is entered and another run, also one of this process, has
        locked the file.
    """
    target = None if path is None else Path(os.path.realpath(path))
    if target is None or target in _held.paths or not _is_replaceable(target):
        return _Unlocked(check)
    lock = target.with_name(f".{target.name}.w2vfast.lock")
    name = name or os.fspath(path)  # type: ignore[arg-type]

    def acquire(hold: FileHold) -> None:
        _wait(hold, lock, name, time.monotonic() + patience)
        if check is not None:
            check()

    return FileHold(acquire, lambda file: _release(file, lock), _held.paths, target)


class _Unlocked(AbstractContextManager[None]):
    """A context without a lock."""

    def __init__(self, check: Callable[[], object] | None) -> None:
        self._check = check

    def __enter__(self) -> None:
        if self._check is not None:
            self._check()

    def __exit__(self, *error: object) -> None:
        pass


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
            _acquire(hold, lock, name)
        except BlockingIOError:
            if time.monotonic() >= end:
                raise
            time.sleep(0.02)
        else:
            return


def _acquire(hold: FileHold, lock: Path, name: str) -> None:
    """
    Lock a file and leave it in `hold`, or nothing if it cannot be locked.

    The hold has the file before it is locked, so that Ctrl-C at any moment closes it.
    """
    for _ in range(_TRIES):
        hold.file = file = _open_lock(lock)
        if file is None:  # writing the file itself will tell why
            return
        if not (_is_lock(file) and _try_lock(file, lock, name)):
            file.close()
            break
        if _is_same(file, lock) and (file.writable() or not _delete(lock)):
            _write_owner(file)
            _files[lock] = file
            return
        file.close()
    logger("io").warning(
        "%s: no lock can be made beside the file, so nothing keeps another run from "
        "writing it at the same time",
        name,
    )


def _open_lock(lock: Path) -> FileIO | None:
    """
    Open the file of a lock, or create it; return None if that is impossible.

    Another user's file can be read only. That suffices to lock it.
    """
    for mode in ("r+", "r"):
        try:
            return FileIO(lock, mode, opener=_open)
        except PermissionError:
            pass
        except OSError:
            break
    return None


def _open(path: str, flags: int) -> int:
    """Open a file without following links; create it if it is to be written."""
    if flags & os.O_RDWR:
        flags |= os.O_CREAT
    else:
        flags |= getattr(os, "O_NONBLOCK", 0)  # a pipe would wait for a writer
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)


def _is_lock(file: FileIO) -> bool:
    """Return whether a file is a lock, not something else of the same name."""
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return False
    return _OWNER.fullmatch(file.read(400)) is not None


def _try_lock(file: FileIO, lock: Path, name: str) -> bool:
    """Lock a file; return False if it has no locks."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(_LOCKED_BYTE)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except _LOCKED as error:
        is_own = lock in _files and not _files[lock].closed
        owner = " of this process" if is_own else _owner(file)
        file.close()
        raise BlockingIOError(
            f"{name} is being written by another run{owner}: wait until that run has "
            "ended, or write to another file"
        ) from error
    except (OSError, ImportError):  # for instance NFS without locks
        return False
    return True


def _release(file: FileIO, lock: Path) -> None:
    """Delete the file, so that no folder keeps it, and unlock it."""
    if _files.get(lock) is not file:  # not locked, or the parent of this process has it
        return
    del _files[lock]
    if sys.platform == "win32":  # an open file cannot be deleted there
        file.close()
        _delete(lock)
        return
    if _is_same(file, lock):  # not that of a run after somebody deleted this one
        _delete(lock)
    import fcntl

    with suppress(OSError):  # another descriptor of the file may be left
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)


def _delete(lock: Path) -> bool:
    """Delete a lock; return whether that was permitted."""
    try:
        lock.unlink()
    except OSError:
        return False
    return True


def _is_same(file: FileIO, lock: Path) -> bool:
    """Return whether the file was not deleted between opening and locking it."""
    if sys.platform == "win32":  # an open file cannot be deleted there
        return True
    try:
        return os.path.samestat(os.fstat(file.fileno()), lock.stat())
    except OSError:
        return False


def _write_owner(file: FileIO) -> None:
    """Write which process has the lock, if the file can be written."""
    machine = re.sub(r"[^A-Za-z0-9_.-]", "-", platform.node()) or "this-machine"
    with suppress(OSError):  # a full disk: the lock holds without the text
        file.truncate(0)
        file.seek(0)
        file.write(f"process {os.getpid()} on {machine}\n".encode())


def _owner(file: FileIO) -> str:
    """Return which process has the lock, for a message."""
    with suppress(OSError):
        file.seek(0)
        if text := file.read(400).decode("ascii", "replace").strip():
            return f" ({text})"
    return ""
