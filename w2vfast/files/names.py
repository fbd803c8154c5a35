"""Names of files: URLs and paths, and what a command in a message needs of them."""

from __future__ import annotations

import os
import re
from typing import TypeGuard

from w2vfast.wording import shortened

#: What errors expect, unless they know more.
PATH = "a path, such as 'vectors.bin'"
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(::[^/]*)*://")
_RANGE = " (bytes "  # after the name of a file that is read in part


def whole_name(path: object) -> str:
    """
    Return the name of a file without the range of bytes that is read of it.

    Examples
    --------
    >>> whole_name("x.txt (bytes 0 to 1,000)")
    'x.txt'
    """
    return str(path).partition(_RANGE)[0]


def is_url(source: object) -> TypeGuard[str]:
    """
    Return whether `source` is a URL such as ``s3://bucket/vectors.bin``.

    Examples
    --------
    >>> is_url("s3://bucket/vectors.bin"), is_url("vectors.bin")
    (True, False)
    """
    return isinstance(source, str) and _URL.match(source) is not None


def path_text(path: object, expected: str = PATH) -> str:
    """
    Return a path or a URL as text.

    Raises
    ------
    TypeError
        If it is neither. The message says what is expected.
    ValueError
        If no file can have this name: it is empty, or has a NUL character.

    Examples
    --------
    >>> path_text(3)
    Traceback (most recent call last):
    TypeError: 3: expected a path, such as 'vectors.bin', found int
    """
    text = os.fspath(path) if isinstance(path, str | os.PathLike) else None
    if not isinstance(text, str):
        kind = type(path).__name__
        raise TypeError(
            f"{shortened(repr(path), 80)}: expected {expected}, found {kind}"
        )
    if not text or "\0" in text:
        problem = "has a NUL character" if text else "is empty"
        raise ValueError(f"{shortened(repr(text), 80)}: the name of the file {problem}")
    return text


def local_file(path: object) -> tuple[str, str]:
    """
    Return what to do before a command can read a file, and the file's name then.

    Examples
    --------
    >>> local_file("texts/x.txt (bytes 0 to 1,000)")
    ('', 'texts/x.txt')
    >>> local_file("s3://bucket/x.zip?versionId=3")
    ('download it, then ', 'x.zip')
    >>> local_file("zip://x.txt::https://host/y.zip")
    ('download it, then ', 'x.txt')
    """
    name = whole_name(path)
    if not is_url(name):
        return "", name
    targets = (part.partition("://")[2] for part in name.split("::"))
    target = re.split("[?#]", next(filter(None, targets), ""))[0]
    return "download it, then ", target.rstrip("/").rpartition("/")[2] or "corpus"


def quoted(path: object) -> str:
    """Return a name as a shell needs it."""
    import shlex  # imported here because only messages need it

    return shlex.quote(str(path))


def described(source: object) -> str:
    """
    Return the names of the files of a corpus, or "its source" if it has none.

    Examples
    --------
    >>> described("a.txt"), described(["a.txt", "b.txt"]), described([["a"]])
    ('a.txt', 'a.txt and b.txt', 'its source')
    >>> described(list("abcdef"))
    'a, b, c and 3 more'
    """
    sources = source if isinstance(source, list | tuple) else [source]
    names = [_name(item) for item in sources]
    if not names or None in names:
        return "its source"
    shown = [str(name) for name in names]
    if len(shown) > 3:
        shown = [*shown[:3], f"{len(shown) - 3:,} more"]
    *first, last = shown
    return f"{', '.join(first)} and {last}" if first else last


def _name(source: object) -> str | None:
    """Return the path of a file, or the name of an open one."""
    if isinstance(source, str | os.PathLike):
        return str(os.fspath(source))
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else None
