"""One writer of a file at a time: a lock beside the file, for the time of a run."""

from __future__ import annotations

import os
import platform
import re
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from io import FileIO
from pathlib import Path

from w2vfast.io.atomic import StrPath

#: The byte that Windows locks: beyond the text, so that others can read the text.
_LOCKED_BYTE = 1 << 30
#: What a lock of another process raises.
_LOCKED = PermissionError if sys.platform == "win32" else BlockingIOError
#: How often a lock is opened again that another run deletes at this moment.
_TRIES = 20
_OWNER = re.compile(rb"(process [0-9]+ on [\w.-]+\n)?")


class _Held(threading.local):
    """The files whose locks this thread holds."""

    def __init__(self) -> None:
        self.paths: set[Path] = set()


_held = _Held()


@contextmanager
def file_lock(path: StrPath | None) -> Iterator[None]:
    """
    Let no other run write a file until the block ends.

    The operating system locks a hidden file beside `path`, and frees it when the
    process ends, however it ends. `path` itself cannot be locked: writing replaces it.
    Nothing is locked where the file system has no locks, the folder is not writable,
    or `path` is a pipe or a device. A thread may lock a file that it has locked.

    Parameters
    ----------
    path : path-like or None
        Need not exist. None locks nothing.

    Raises
    ------
    BlockingIOError
        If another run, also one of this process, has locked the file.
    """
    target = None if path is None else Path(os.path.realpath(path))
    if target is None or target in _held.paths or not _is_replaceable(target):
        yield
        return
    lock = target.with_name(f".{target.name}.w2vfast.lock")
    file = None
    try:
        file = _acquire(lock, os.fspath(path))  # type: ignore[arg-type]
        _held.paths.add(target)
        yield
    finally:
        _held.paths.discard(target)
        if file is not None:
            _release(file, lock)


def _is_replaceable(target: Path) -> bool:
    """Return whether writing replaces the target: it is a file, or does not exist."""
    try:
        return stat.S_ISREG(target.stat().st_mode)
    except OSError:
        return True


def _acquire(lock: Path, name: str) -> FileIO | None:
    """
    Lock a file; return it, or None if it cannot be locked.

    It is an object, not a descriptor, so that Ctrl-C at any moment closes it.
    """
    for _ in range(_TRIES):
        try:
            file = FileIO(lock, "r+", opener=_open)
        except OSError:
            return None
        with ExitStack() as stack:
            stack.enter_context(file)
            if not (_is_ours(file) and _try_lock(file, name)):
                return None
            if _is_same(file, lock):
                _write_owner(file)
                stack.pop_all()
                return file
    return None


def _open(path: str, flags: int) -> int:
    """Open a file, or create it; links are not followed to other files."""
    return os.open(path, flags | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)


def _is_ours(file: FileIO) -> bool:
    """Return whether a file is a lock, not something else of the same name."""
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return False
    return _OWNER.fullmatch(file.read(400)) is not None


def _try_lock(file: FileIO, name: str) -> bool:
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
        raise BlockingIOError(
            f"{name} is being written by another run{_owner(file)}: wait until that "
            "run has ended, or choose another file"
        ) from error
    except (OSError, ImportError):  # for instance NFS without locks
        return False
    return True


def _release(file: FileIO, lock: Path) -> None:
    """Delete the file, so that no folder keeps it, and unlock it."""
    if sys.platform == "win32":  # an open file cannot be deleted there
        file.close()
    with suppress(OSError):
        lock.unlink()
    if sys.platform != "win32":
        import fcntl

        with suppress(OSError):  # a forked child has the descriptor, too
            fcntl.flock(file.fileno(), fcntl.LOCK_UN)
        file.close()


def _is_same(file: FileIO, lock: Path) -> bool:
    """Return whether the file was not deleted between opening and locking it."""
    if sys.platform == "win32":  # an open file cannot be deleted there
        return True
    try:
        return os.path.samestat(os.fstat(file.fileno()), lock.stat())
    except OSError:
        return False


def _this_process() -> str:
    machine = re.sub(r"[^A-Za-z0-9_.-]", "-", platform.node()) or "this-machine"
    return f"process {os.getpid()} on {machine}"


def _write_owner(file: FileIO) -> None:
    with suppress(OSError):  # a full disk: the lock holds without the text
        file.truncate(0)
        file.seek(0)
        file.write(f"{_this_process()}\n".encode())


def _owner(file: FileIO) -> str:
    """Return which process has the lock, for a message."""
    with suppress(OSError):
        file.seek(0)
        if text := file.read(400).decode("ascii", "replace").strip():
            return " of this process" if text == _this_process() else f" ({text})"
    return ""
