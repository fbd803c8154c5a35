"""Whether files stay as they are while a corpus is read."""

from __future__ import annotations

from collections.abc import Sequence
from os import stat_result
from pathlib import Path

from w2vfast.corpus.streams import Source, is_regular
from w2vfast.files.corpus_files import remember_corpus_file

States = list[tuple[Path, stat_result]]


def file_states(paths: Sequence[Source]) -> States:
    """Return the state of each file, to compare it later."""
    return [(path, path.stat()) for path in paths if isinstance(path, Path)]


def check_states(states: States) -> None:
    """
    Raise OSError if a file has changed since `file_states`.

    Otherwise all files were read, and are remembered as files of a corpus.
    """
    for path, before in states:
        if is_regular(path) and _identity(path.stat()) != _identity(before):
            raise changed(path)
    for path, state in states:
        remember_corpus_file(state, path)


def _identity(state: stat_result) -> tuple[int, int, int]:
    return state.st_size, state.st_mtime_ns, state.st_ino


def changed(path: Path) -> OSError:
    """Return the error of a file that changed."""
    return OSError(
        f"{path} changed while it was being read: copy it, or wait until nothing "
        "writes to it, and read it again"
    )
