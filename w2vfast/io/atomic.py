"""Replace a file atomically: readers see the old file or the new one, never a part."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

StrPath = str | os.PathLike[str]


@contextmanager
def atomic_write(path: StrPath) -> Iterator[BinaryIO]:
    """
    Open a temporary file that replaces `path` when the block ends without error.

    The temporary file lies in the folder of `path`. It is flushed to disk and then
    renamed to `path`. A reader therefore sees the old file or the new one, even after
    a crash. On an error the temporary file is deleted and `path` stays unchanged.
    A killed process may leave a file ``.w2vfast-*.tmp`` behind.

    Parameters
    ----------
    path : path-like
        File to create or replace. Symbolic links are followed. The new file gets the
        permission bits of the file it replaces. Pipes and devices, such as
        ``/dev/stdout``, cannot be replaced, so they are written to directly.

    Yields
    ------
    file : binary file
        Open for writing. It is closed when the block ends.

    Raises
    ------
    FileNotFoundError
        If the folder of `path` does not exist.
    IsADirectoryError
        If `path` is a folder.
    OSError
        If the file cannot be created, written or renamed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "greeting.txt")
    ...     with atomic_write(path) as file:
    ...         _ = file.write(b"hello")
    ...     path.read_bytes()
    b'hello'
    """
    target = Path(os.path.realpath(path))
    old_mode = _existing_mode(target)
    if old_mode is not None and not stat.S_ISREG(old_mode):
        with target.open("wb") as file:
            yield file
        return
    temporary = target.with_name(f".w2vfast-{os.urandom(8).hex()}.tmp")
    try:
        with _create_temporary(temporary, target) as file:
            if old_mode is not None:
                temporary.chmod(stat.S_IMODE(old_mode))
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _existing_mode(target: Path) -> int | None:
    """Return `st_mode` of `target`, or None if it does not exist yet."""
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a folder; expected the name of a file")
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"can't write {target}: there is no folder {target.parent}; create it first"
        )
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return None


def _create_temporary(temporary: Path, target: Path) -> BinaryIO:
    """Open `temporary` for writing; an error names `target`, the path the user gave."""
    try:
        return temporary.open("xb")
    except OSError as error:
        raise OSError(error.errno, error.strerror, os.fspath(target)) from error


def _sync_folder(folder: Path) -> None:
    """Flush the rename to disk. Windows cannot open folders, so nothing happens."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
