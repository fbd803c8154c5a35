"""Replace a file atomically: readers see the old file or the new one, never a part."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from w2vfast.files.corpus_files import check_no_corpus_file, forget_corpus_file
from w2vfast.runtime.processes import is_dead, name_of_this_process

StrPath = str | os.PathLike[str]

#: Names of temporary files: the process that writes it, and a random part.
_TEMPORARY = re.compile(r"\.w2vfast-([0-9a-f]{8}-\d+-\d+)-[0-9a-f]{16}\.tmp")


@contextmanager
def atomic_write(
    path: StrPath, before_rename: Callable[[Path], object] | None = None
) -> Iterator[BinaryIO]:
    """
    Open a temporary file that replaces `path` when the block ends without error.

    The temporary file lies in the folder of `path`. It is flushed to disk and then
    renamed to `path`. A reader therefore sees the old file or the new one, even after
    a crash. On an error the temporary file is deleted and `path` stays unchanged.
    A killed process leaves its temporary file behind. The next call for a file in the
    same folder deletes it, unless the process may still run.

    Parameters
    ----------
    path : path-like
        File to create or replace. Symbolic links are followed. The new file gets the
        permission bits of the file it replaces. Pipes and devices, such as
        ``/dev/stdout``, cannot be replaced, so they are written to directly.
    before_rename : callable, optional
        Called with the path of the temporary file when it is complete and closed.

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
    FileExistsError
        If this process has read the file as a corpus.
    OSError
        If the file cannot be created, written or renamed. It names `path`.

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
    old = _existing(target)
    if old is not None and not stat.S_ISREG(old.st_mode):
        with _errors_name(target, None), target.open("wb") as file:
            yield file
        return
    if old is not None:
        check_no_corpus_file(path, old)
    remove_stale_files(target.parent)
    random = os.urandom(8).hex()
    name = f".w2vfast-{name_of_this_process()}-{random}.tmp"
    temporary = target.with_name(name)
    # Twice, because Ctrl-C can come before the first deletes the file.
    with _Removal(temporary), _Removal(temporary), _errors_name(target, temporary):
        with temporary.open("xb") as file:
            forget_corpus_file(os.fstat(file.fileno()), target)
            if old is not None:
                temporary.chmod(stat.S_IMODE(old.st_mode))
            yield file
            file.flush()
            os.fsync(file.fileno())
        if before_rename is not None:
            before_rename(temporary)
        _rename(temporary, target)
    _sync_folder(target.parent)


class _Removal(AbstractContextManager[None]):
    """Deletes a file if the block ends with an exception."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if kind is not None:
            with suppress(OSError):
                self._path.unlink()


def check_writable(path: StrPath) -> None:
    """
    Create and delete a temporary file in the folder of `path`.

    Raises
    ------
    OSError
        If the folder does not exist or no file can be created there; see
        `atomic_write`.
    """
    target = Path(os.path.realpath(path))
    old = _existing(target)
    # Opening a pipe would wait for its reader.
    if old is None or stat.S_ISREG(old.st_mode):
        with suppress(InterruptedError), atomic_write(target):
            raise InterruptedError


def remove_stale_files(folder: Path) -> None:
    """
    Delete the temporary files of processes that were killed.

    Files of a process that runs, of another machine or container, and of other
    programs are kept, and so are files that cannot be deleted.
    """
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            match = _TEMPORARY.fullmatch(entry.name)
            if match and is_dead(match[1]):
                with suppress(OSError):
                    Path(entry.path).unlink()


def _existing(target: Path) -> os.stat_result | None:
    """Return the state of `target`, or None if it does not exist yet."""
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a folder; expected the name of a file")
    if not target.parent.is_dir():
        raise FileNotFoundError(
            errno.ENOENT,
            f"there is no folder {target.parent}; create it first",
            os.fspath(target),
        )
    try:
        return target.stat()
    except FileNotFoundError:
        return None


@contextmanager
def _errors_name(target: Path, temporary: Path | None) -> Iterator[None]:
    """Make errors name `target`, the path the user gave, instead of no file."""
    try:
        yield
    except OSError as error:
        unnamed = error.filename is None and error.errno is not None
        if unnamed or error.filename in (os.fspath(temporary or ""), temporary):
            name = os.fspath(target)
            raise OSError(error.errno, error.strerror, name) from error
        raise


def _rename(temporary: Path, target: Path) -> None:
    """Rename; on Windows wait up to a second while another program reads `target`."""
    for _ in range(20 if sys.platform == "win32" else 0):
        try:
            temporary.replace(target)
        except PermissionError:
            time.sleep(0.05)
        else:
            return
    temporary.replace(target)


def _sync_folder(folder: Path) -> None:
    """Flush the rename to disk. Windows cannot open folders, so nothing happens."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
