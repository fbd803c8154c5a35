"""The mark of a checkpoint whose run has not ended: a save must not replace it."""

from __future__ import annotations

import os
import stat
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from w2vfast.files.names import is_url, path_text
from w2vfast.io.atomic import StrPath
from w2vfast.io.file_identity import KnownFiles, is_known
from w2vfast.io.file_lock import file_lock
from w2vfast.io.open import EXPECTED, Target, is_open_file, open_input
from w2vfast.io.safetensors_file import read_metadata

#: Seconds that a save waits for the end of another one.
PATIENCE = 2.0
_KEY = "unfinished"
#: Functions that finish the run of a file, by the value of its mark.
_RESUME = {
    "one process": "Word2Vec.resume",
    "several machines": "w2vfast.distributed.resume",
}


def mark(distributed: bool) -> dict[str, str]:
    """Return the metadata of a checkpoint whose run has not ended."""
    return {_KEY: "several machines" if distributed else "one process"}


def saving(
    target: Target, known: KnownFiles = (), writer: object | None = None
) -> AbstractContextManager[None]:
    """
    Return a context that keeps runs away from a file and checks that it may be saved.

    Only files that ``train(checkpoint=…)`` wrote have the mark. A model that `save`
    wrote is replaced, whatever its run, because scripts save to one path again and
    again. Pipes, devices, URLs and open files are neither checked nor locked.

    Parameters
    ----------
    target : path-like, URL or binary file
    known : tuple
        `known_files` of the model to save: it has all that these files hold.
    writer : object, optional
        State of the model to save. It alone may write to the checkpoint of its run.

    Raises
    ------
    FileExistsError
        If the file is marked as the checkpoint of an unfinished run.
    BlockingIOError
        If another run writes the file, also one that calls this in a callback, or
        another save does not end in `PATIENCE` seconds.
    """
    if is_open_file(target) or is_url(target):
        return nullcontext()
    path = path_text(target, EXPECTED)

    def check() -> None:
        if not is_known(path, known):
            _check_no_checkpoint(path)

    return file_lock(path, patience=PATIENCE, check=check, writer=writer)


def read_mark(path: StrPath) -> str | None:
    """Return the value of a file's mark, or None if it has none."""
    if not has_content(path):
        return None
    try:
        with open_input(path) as file:
            return read_metadata(file).get(_KEY)
    except (OSError, ValueError, ImportError):
        return None  # it is something else


def _check_no_checkpoint(path: StrPath) -> None:
    """Raise FileExistsError if a file has the mark."""
    kind = read_mark(path)
    if kind is None:
        return
    name = os.fspath(path)
    function = _RESUME.get(kind, "Word2Vec.resume")
    raise FileExistsError(
        f"{name} holds the checkpoint of an unfinished run, which saving here would "
        "replace. Pass another name or delete the file; to finish the run, call "
        f"{function}({name!r}, corpus)"
    )


def has_content(path: StrPath) -> bool:
    """Return whether replacing a path can lose anything: it is a file, not empty."""
    try:
        status = Path(path).stat()
    except OSError:  # there is no such file, or writing will say what is wrong
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size > 0
