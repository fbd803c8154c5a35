"""Write a file whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

StrPath = str | os.PathLike[str]


@contextmanager
def atomic(path: StrPath) -> Iterator[BinaryIO]:
    """
    Give a binary file to write to that becomes `path` only when all went well.

    The bytes go to a temporary file in the same folder, reach the disk, and are then
    renamed over `path`: whoever opens `path` sees the old file or the new one, also
    after a crash. On an error the temporary file is removed and `path` is untouched.
    A process that is killed may leave a file ``.w2vfast-*.tmp`` behind.

    Parameters
    ----------
    path : path-like
        File to create or replace. Symbolic links are followed. A replaced file hands
        on its permission bits. Something that is no regular file, such as a pipe or
        ``/dev/stdout``, can't be replaced and is written to directly.

    Yields
    ------
    file : binary file
        Open for writing; closed by this function.

    Raises
    ------
    OSError
        If the folder is missing, `path` is a folder, or the disk refuses.

    Examples
    --------
    >>> with atomic("vectors.bin") as file:  # doctest: +SKIP
    ...     file.write(b"...")
    """
    target = Path(os.path.realpath(path))
    mode = _mode(target)
    if mode is not None and not stat.S_ISREG(mode):
        with target.open("wb") as file:
            yield file
        return
    temporary = target.with_name(f".w2vfast-{os.urandom(8).hex()}.tmp")
    try:
        with _create(temporary, target) as file:
            if mode is not None:
                temporary.chmod(stat.S_IMODE(mode))
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(target.parent)


def _mode(target: Path) -> int | None:
    """Return the type and permission bits of `target`, None if there is none."""
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a folder; give the name of a file")
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"can't write {target}: there is no folder {target.parent}; make it first"
        )
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return None


def _create(temporary: Path, target: Path) -> BinaryIO:
    """Open a new file, with the permissions the umask gives, for `target`'s sake."""
    try:
        return temporary.open("xb")
    except OSError as error:  # name the file asked for, not the temporary one
        raise OSError(error.errno, error.strerror, os.fspath(target)) from error


def _sync_folder(folder: Path) -> None:
    """Make a rename durable, where folders can be synchronised (not on Windows)."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
