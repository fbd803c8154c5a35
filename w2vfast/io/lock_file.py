"""The lock of a file: a hidden file beside it, which the operating system locks."""

from __future__ import annotations

import os
import platform
import re
import stat
import sys
from contextlib import suppress
from io import FileIO
from pathlib import Path

from w2vfast.runtime._holds import FileHold
from w2vfast.runtime.log import logger

#: The byte that Windows locks: beyond the text, so that others can read the text.
_LOCKED_BYTE = 1 << 30
#: What a lock of another process raises; file systems of Windows, the second one.
_LOCKED = (BlockingIOError, PermissionError)
#: How often a lock is opened again that another run deletes at this moment.
_TRIES = 20
_OWNER = re.compile(rb"(process [0-9]+ on [\w.-]+\n)?")

#: The locks of all threads of this process.
_files: dict[Path, FileIO] = {}


def forget_locks() -> None:
    """Leave the locks to the parent of a forked process."""
    for file in _files.values():
        file.close()  # the parent's descriptor keeps the lock
    _files.clear()


def acquire(hold: FileHold, lock: Path, name: str) -> None:
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


def release(file: FileIO, lock: Path) -> None:
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
