"""Files that cannot be opened: the error names a folder, or a file of similar name."""

from __future__ import annotations

import errno
import os
from difflib import SequenceMatcher, get_close_matches
from pathlib import Path
from typing import Any

from w2vfast.files.names import PATH, path_text


def open_file(
    path: str | os.PathLike[str],
    expected: str = PATH,
    mode: str = "rb",
    **options: Any,
) -> Any:
    """
    Return a file, opened for reading; its class depends on the mode, as with `open`.

    Parameters
    ----------
    path : path-like
    expected : str
        What the error for another type says; see `path_text`.
    mode, **options
        Of `open`.

    Raises
    ------
    TypeError, ValueError
        See `path_text`.
    OSError
        If the file cannot be opened; see `opening_error`.
    """
    name = path_text(path, expected)
    try:
        return Path(name).open(mode, **options)
    except OSError as error:
        raise opening_error(path, error) from None


def opening_error(path: str | os.PathLike[str], error: OSError) -> OSError:
    """
    Return the error to raise if a file could not be opened for reading.

    Examples
    --------
    >>> opening_error(".", IsADirectoryError())
    IsADirectoryError('. is a folder; expected the name of a file')
    """
    name = os.fspath(path)
    if Path(name).is_dir():
        return IsADirectoryError(f"{name} is a folder; expected the name of a file")
    near = similar(name) if isinstance(error, FileNotFoundError) else ""
    if not near:
        return error
    explained = FileNotFoundError(f"no such file: {name}{near}")
    explained.errno = errno.ENOENT
    return explained


def similar(path: str | os.PathLike[str]) -> str:
    """Ask whether a file of the folder with a similar name was meant; else ""."""
    path = Path(path)
    by_stem: dict[str, list[str]] = {}
    try:
        for name in sorted(other.name for other in path.parent.iterdir()):
            if name == path.name:  # a link to a missing file, or no permission
                return ""
            if not name.startswith("."):
                by_stem.setdefault(_stem(name), []).append(name)
    except (OSError, ValueError):
        return ""
    stems = get_close_matches(_stem(path.name), by_stem, n=1, cutoff=0.75)
    if not stems:
        return ""
    match = SequenceMatcher(b=path.name)

    def likeness(name: str) -> float:
        match.set_seq1(name)
        return match.ratio()

    found = path.parent / max(by_stem[stems[0]], key=likeness)
    return f"; did you mean {str(found)!r}?"


def _stem(name: str) -> str:
    """Return a name without its suffixes, in lower case."""
    return name.partition(".")[0].lower()
