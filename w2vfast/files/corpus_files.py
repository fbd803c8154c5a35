"""The files that this process has read as a corpus: nothing it writes replaces them."""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from contextlib import suppress
from typing import Any

#: The inodes of the files of each device: other names of a file, and links to it, have
#: the same. Sets of int, because a corpus may have a million files.
_read: defaultdict[int, set[int]] = defaultdict(set)


def remember_corpus_file(status: os.stat_result) -> None:
    """Note that a file was read as a corpus."""
    if stat.S_ISREG(status.st_mode):
        _read[status.st_dev].add(status.st_ino)


def remember_open_corpus(file: Any) -> None:
    """Note that an open file is read as a corpus, if it is one of the system."""
    with suppress(AttributeError, OSError, ValueError, TypeError):
        remember_corpus_file(os.fstat(file.fileno()))


def forget_corpus_file(status: os.stat_result) -> None:
    """Note that a file is new: it may have the inode of a corpus that was deleted."""
    _read[status.st_dev].discard(status.st_ino)


def check_no_corpus_file(path: str | os.PathLike[str], status: os.stat_result) -> None:
    """
    Raise FileExistsError if a file that would be replaced was read as a corpus.

    Parameters
    ----------
    path : path-like
        For the message.
    status : os.stat_result
        Of the file at `path`.
    """
    if status.st_size and status.st_ino in _read[status.st_dev]:
        raise FileExistsError(
            f"{os.fspath(path)} was read as a corpus, and writing would replace its "
            "text: pass another name"
        )
