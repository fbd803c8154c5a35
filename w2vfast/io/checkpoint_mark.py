"""The mark of a checkpoint whose run has not ended: a save must not replace it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from w2vfast.files.names import is_url
from w2vfast.io.atomic import StrPath
from w2vfast.io.open import Target, is_open_file, open_input
from w2vfast.io.safetensors_file import read_metadata

_KEY = "unfinished"
#: Functions that finish the run of a file, by the value of its mark.
_RESUME = {
    "one process": "Word2Vec.resume",
    "several machines": "w2vfast.distributed.resume",
}


def mark(distributed: bool) -> dict[str, str]:
    """Return the metadata of a checkpoint whose run has not ended."""
    return {_KEY: "several machines" if distributed else "one process"}


def check_no_checkpoint(target: Target) -> None:
    """
    Check that a file to write does not replace the checkpoint of an unfinished run.

    Only files that ``train(checkpoint=…)`` wrote have the mark. A model that `save`
    wrote is replaced, whatever its run, because scripts save to one path again and
    again.

    Raises
    ------
    FileExistsError
        If the file is marked as such a checkpoint.
    """
    if is_open_file(target) or is_url(target) or not has_content(target):  # type: ignore[arg-type]
        return
    try:
        with open_input(target) as file:
            kind = read_metadata(file).get(_KEY)
    except (OSError, ValueError, ImportError):
        return  # it is something else
    if kind is None:
        return
    name = os.fspath(target)  # type: ignore[arg-type]
    function = _RESUME.get(kind, "Word2Vec.resume")
    raise FileExistsError(
        f"{name} holds the checkpoint of an unfinished run, which this file would "
        f"replace: pass another name; to finish that run, call {function}({name!r}, "
        "corpus), or delete the file"
    )


def has_content(path: StrPath) -> bool:
    """Return whether replacing a path can lose anything: it is a file, not empty."""
    try:
        status = Path(path).stat()
    except OSError:  # there is no such file, or writing will say what is wrong
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size > 0
