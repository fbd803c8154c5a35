"""What the user gave -> paths of files, or token lists."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

_WANTED = (
    "expected a path, a list of paths or an iterable of token lists, such as "
    "[line.split() for line in lines]"
)


def find_files(source: object) -> list[Path] | None:
    """
    Return the files that `source` names, or None if it holds token lists.

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    TypeError
        If `source` is nothing to read words from.
    ValueError
        If there is nothing in it.
    """
    if isinstance(source, (str, os.PathLike)):
        return _expand([_existing(source)])
    _refuse(source)
    if not isinstance(source, (list, tuple)):
        return None
    if not source:
        raise ValueError(f"the corpus is empty ({source!r}): {_WANTED}")
    named = [isinstance(item, (str, os.PathLike)) for item in source]
    if not any(named):
        return None
    if not all(named):
        odd = named.index(False)
        kind = type(source[odd]).__name__
        raise TypeError(f"item {odd} is a {kind}, another a path or text: {_WANTED}")
    return _expand(_listed(source))


def sentences(source: Iterable[Any]) -> Iterator[Any]:
    """Yield the token lists of an iterable, none of them a str."""
    for number, sentence in enumerate(source):
        if hasattr(sentence, "as_py"):  # Arrow's scalars
            sentence = sentence.as_py()
        if isinstance(sentence, (str, bytes, dict, set, frozenset)):
            raise TypeError(
                f"sentence {number} is a {type(sentence).__name__} "
                f"({_short(sentence)}), not a list of words: {_WANTED}"
            )
        yield sentence


def _exists(path: str | os.PathLike[str]) -> bool:
    try:
        return path != "" and Path(path).exists()
    except (OSError, ValueError):  # too long, or with a NUL: raw text, no name
        return False


def _existing(path: str | os.PathLike[str]) -> Path:
    if not _exists(path):
        raise FileNotFoundError(
            f"no such file: {_short(path)}; raw text is not accepted: {_WANTED}"
        )
    return Path(path)


def _listed(names: Iterable[Any]) -> list[Path]:
    names = list(names)
    missing = [name for name in names if not _exists(name)]
    if len(missing) == len(names) and all(isinstance(name, str) for name in names):
        raise TypeError(
            f"a list of str that name no files ({_short(names[0])}, ...): sentences "
            "must be token lists, such as [line.split() for line in lines]"
        )
    if missing:
        shown = ", ".join(map(_short, missing[:5]))
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        raise FileNotFoundError(f"no such file: {shown}{more}")
    return [Path(name) for name in names]


def _expand(paths: list[Path]) -> list[Path]:
    """Replace directories by the files in them."""
    files: list[Path] = []
    for path in paths:
        found = _walk(path) if path.is_dir() else [path]
        if not found:
            raise ValueError(f"the directory {path} has no files to read")
        files += found
    return files


def _walk(directory: Path) -> list[Path]:
    def fail(error: OSError) -> None:
        raise error

    found = []
    for folder, folders, names in os.walk(directory, onerror=fail):
        folders[:] = [name for name in folders if not name.startswith(".")]
        visible = [Path(folder, name) for name in names if not name.startswith(".")]
        found += [path for path in visible if path.is_file()]
    return sorted(found)


def _refuse(source: object) -> None:
    """Raise TypeError unless `source` may be an iterable of token lists."""
    kind = type(source).__name__
    if hasattr(source, "read"):
        raise TypeError(f"an open file ({kind}): give its path instead")
    if hasattr(source, "columns"):
        raise TypeError(f"a table ({kind}): give one column, of token lists")
    if isinstance(source, (bytes, bytearray, memoryview, Mapping, set, frozenset)):
        raise TypeError(f"the corpus is a {kind}: {_WANTED}")
    if isinstance(source, np.ndarray) and source.dtype.kind in "iu":
        raise TypeError("an array of ids: use Corpus.from_ids(ids, offsets)")
    try:
        iter(source)  # type: ignore[call-overload]
    except TypeError:
        raise TypeError(
            f"the corpus is a {kind} ({_short(source)}): {_WANTED}"
        ) from None


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
