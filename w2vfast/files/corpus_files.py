"""The files that this process has read as a corpus: nothing it writes replaces them."""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from contextlib import suppress
from typing import Any

#: The files of each device, as numbers. A file is known by its state, also under
#: another name, and by its inode with its name, also when it has grown. Its inode
#: alone may be that of a new file, after the corpus was deleted. Sets of int, because a
#: corpus may have a million files.
_read: defaultdict[int, set[int]] = defaultdict(set)

Path = str | os.PathLike[str]


def remember_corpus_file(status: os.stat_result, path: Path | None = None) -> None:
    """Note that a file was read as a corpus."""
    if stat.S_ISREG(status.st_mode):
        _read[status.st_dev].add(_state(status))
        if path is not None:
            _read[status.st_dev].add(_name(status, path))


def remember_open_corpus(file: Any) -> None:
    """Note that an open file is read as a corpus, if it is one of the system."""
    with suppress(AttributeError, OSError, ValueError, TypeError):
        remember_corpus_file(os.fstat(file.fileno()))


def forget_corpus_file(status: os.stat_result, path: Path) -> None:
    """Note that a file is new: it may have name and inode of a deleted corpus."""
    _read[status.st_dev].discard(_name(status, path))


def check_no_corpus_file(path: Path, status: os.stat_result) -> None:
    """
    Raise FileExistsError if a file that would be replaced was read as a corpus.

    Parameters
    ----------
    path : path-like
    status : os.stat_result
        Of the file at `path`.
    """
    known = {_state(status), _name(status, path)} & _read[status.st_dev]
    if status.st_size and known:
        raise FileExistsError(
            f"{os.fspath(path)} was read as a corpus, and writing would replace its "
            "text: pass another name"
        )


def _state(status: os.stat_result) -> int:
    """Return a number that another file, or the same one rewritten, does not have."""
    return hash((status.st_ino, status.st_size, status.st_mtime_ns))


def _name(status: os.stat_result, path: Path) -> int:
    """Return a number that a file keeps when it grows."""
    return hash((status.st_ino, os.path.realpath(path)))
