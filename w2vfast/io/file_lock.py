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
    try:
        descriptor = _acquire(lock)
    except _InUseError as error:
        raise BlockingIOError(
            f"{os.fspath(path)} is being written by another run{error}: wait until "  # type: ignore[arg-type]
            "that run has ended, or choose another file"
        ) from None
    _held.paths.add(target)
    try:
        yield
    finally:
        _held.paths.discard(target)
        if descriptor is not None:
            _release(descriptor, lock)


class _InUseError(Exception):
    """Another run has the lock. The message is its process, if that is known."""


def _is_replaceable(target: Path) -> bool:
    """Return whether writing replaces the target: it is a file, or does not exist."""
    try:
        return stat.S_ISREG(target.stat().st_mode)
    except OSError:
        return True


def _acquire(lock: Path) -> int | None:
    """Lock a file; return its descriptor, or None if it cannot be locked."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    for _ in range(_TRIES):
        try:
            descriptor = os.open(lock, flags, 0o666)
        except OSError:
            return None
        with ExitStack() as stack:
            stack.callback(os.close, descriptor)
            if not (_is_ours(descriptor) and _try_lock(descriptor)):
                return None
            if _is_same(descriptor, lock):
                _write_owner(descriptor)
                stack.pop_all()
                return descriptor
    return None


def _is_ours(descriptor: int) -> bool:
    """Return whether a file is a lock, not something else of the same name."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        return False
    return _OWNER.fullmatch(os.read(descriptor, 400)) is not None


def _try_lock(descriptor: int) -> bool:
    """Lock a file; False: it has no locks. Raise _InUseError if another run has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except _LOCKED as error:
        raise _InUseError(_owner(descriptor)) from error
    except (OSError, ImportError):  # for instance NFS without locks
        return False
    return True


def _release(descriptor: int, lock: Path) -> None:
    """Delete the file, so that no folder keeps it, and unlock it."""
    if sys.platform == "win32":  # an open file cannot be deleted there
        os.close(descriptor)
    with suppress(OSError):
        lock.unlink()
    if sys.platform != "win32":
        import fcntl

        with suppress(OSError):  # a forked child has the descriptor, too
            fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def _is_same(descriptor: int, lock: Path) -> bool:
    """Return whether the file was not deleted between opening and locking it."""
    if sys.platform == "win32":  # an open file cannot be deleted there
        return True
    try:
        return os.path.samestat(os.fstat(descriptor), lock.stat())
    except OSError:
        return False


def _this_process() -> str:
    machine = re.sub(r"[^A-Za-z0-9_.-]", "-", platform.node()) or "this-machine"
    return f"process {os.getpid()} on {machine}"


def _write_owner(descriptor: int) -> None:
    with suppress(OSError):  # a full disk: the lock holds without the text
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, f"{_this_process()}\n".encode())


def _owner(descriptor: int) -> str:
    """Return which process has the lock, for a message."""
    with suppress(OSError):
        os.lseek(descriptor, 0, os.SEEK_SET)
        if text := os.read(descriptor, 400).decode("ascii", "replace").strip():
            return " of this process" if text == _this_process() else f" ({text})"
    return ""
