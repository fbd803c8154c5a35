"""The source of a corpus: files to read, or an iterable of token lists."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

_EXPECTED = (
    "expected a path, a list of paths or an iterable of token lists, such as "
    "[line.split() for line in lines]"
)


@dataclass(frozen=True)
class Files:
    """Text files to read, in this order."""

    paths: list[Path]


class TokenLists:
    """
    An iterable of sentences, each checked when the iteration reaches it.

    Parameters
    ----------
    source : iterable of token lists
        Iterated once.

    Attributes
    ----------
    total : int or None
        Number of sentences; None if unknown.
    """

    def __init__(self, source: Iterable[Any]) -> None:
        self._source = source
        self.total = len(source) if isinstance(source, Sized) else None

    def __iter__(self) -> Iterator[Any]:
        for number, sentence in enumerate(self._source):
            if hasattr(sentence, "as_py"):  # an Arrow scalar
                sentence = sentence.as_py()
            if isinstance(sentence, (str, bytes, dict, set, frozenset)):
                raise TypeError(
                    f"sentence {number} is a {type(sentence).__name__} "
                    f"({_short(sentence)}), not a list of words: {_EXPECTED}"
                )
            yield sentence


def resolve(source: Any) -> Files | TokenLists:
    """
    Return what to read: the files that `source` names, or its token lists.

    Parameters
    ----------
    source : path, list of paths, or iterable of token lists
        A directory stands for all files in it, except hidden ones.

    Raises
    ------
    FileNotFoundError
        If a file does not exist.
    TypeError
        If `source` is of another kind.
    ValueError
        If `source` is empty.
    """
    if isinstance(source, (str, os.PathLike)):
        return Files(_expand([_existing(source)]))
    _reject_other_kinds(source)
    if not isinstance(source, (list, tuple)):
        return TokenLists(source)
    if not source:
        raise ValueError(f"the corpus is empty ({source!r}): {_EXPECTED}")
    are_paths = [isinstance(item, (str, os.PathLike)) for item in source]
    if not any(are_paths):
        return TokenLists(source)
    if not all(are_paths):
        odd = are_paths.index(False)
        kind = type(source[odd]).__name__
        raise TypeError(f"item {odd} is a {kind}, another a path or text: {_EXPECTED}")
    return Files(_expand(_all_existing(source)))


def _exists(path: str | os.PathLike[str]) -> bool:
    try:
        return path != "" and Path(path).exists()
    except (OSError, ValueError):  # too long or with a NUL: text, not a name
        return False


def _existing(path: str | os.PathLike[str]) -> Path:
    if not _exists(path):
        raise FileNotFoundError(
            f"no such file: {_short(path)}; raw text is not accepted: {_EXPECTED}"
        )
    return Path(path)


def _all_existing(names: Iterable[Any]) -> list[Path]:
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
    """Replace each directory by the files in it."""
    files: list[Path] = []
    for path in paths:
        found = _walk(path) if path.is_dir() else [path]
        if not found:
            raise ValueError(f"the directory {path} has no files to read")
        files += found
    return files


def _walk(directory: Path) -> list[Path]:
    """Return all files below a directory, sorted, without hidden ones."""

    def fail(error: OSError) -> None:
        raise error

    found = []
    for folder, folders, names in os.walk(directory, onerror=fail):
        folders[:] = [name for name in folders if not name.startswith(".")]
        visible = [Path(folder, name) for name in names if not name.startswith(".")]
        found += [path for path in visible if path.is_file()]
    return sorted(found)


def _reject_other_kinds(source: object) -> None:
    """Raise TypeError unless `source` may be an iterable of token lists."""
    kind = type(source).__name__
    if hasattr(source, "read"):
        raise TypeError(f"an open file ({kind}): give its path instead")
    if hasattr(source, "columns"):
        raise TypeError(f"a table ({kind}): give one column, of token lists")
    if isinstance(source, (bytes, bytearray, memoryview, Mapping, set, frozenset)):
        raise TypeError(f"the corpus is a {kind}: {_EXPECTED}")
    if isinstance(source, np.ndarray) and source.dtype.kind in "iu":
        raise TypeError("an array of ids: use Corpus.from_ids(ids, offsets)")
    try:
        iter(source)  # type: ignore[call-overload]
    except TypeError:
        raise TypeError(
            f"the corpus is a {kind} ({_short(source)}): {_EXPECTED}"
        ) from None


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
