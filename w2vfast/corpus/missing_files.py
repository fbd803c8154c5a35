"""Files that do not exist: tell patterns, misspelt names, text and words apart."""

from __future__ import annotations

import os
from glob import has_magic
from pathlib import Path
from typing import Any

from w2vfast.corpus.arrow_files import SUFFIXES
from w2vfast.corpus.token_lists import EXPECTED, short
from w2vfast.files.missing import similar
from w2vfast.files.names import is_url

#: Ends of names that are hardly words, to tell a list of paths from a list of words.
_FILE_SUFFIXES = (
    ".txt", ".gz", ".bz2", ".xz", ".zst", ".csv", ".tsv", ".json", ".jsonl", ".text",
    *SUFFIXES,
)  # fmt: skip


def exists(path: str | os.PathLike[str]) -> bool:
    """Return whether a path exists; a long text or one with a NUL does not."""
    try:
        return path != "" and Path(path).exists()
    except (OSError, ValueError):
        return False


def existing(path: str | os.PathLike[str]) -> Path:
    """
    Return a path that exists.

    Raises
    ------
    FileNotFoundError
        Otherwise. The message names similar files in the folder, if there are any.
    """
    if exists(path):
        return Path(path)
    message = f"no such file: {short(path)}{link_note(path)}"
    is_text = isinstance(path, str) and not _looks_like_a_name(path)
    raise FileNotFoundError(
        f"{message}; raw text is not accepted: {EXPECTED}"
        if is_text
        else message + _advice(path)
    )


def link_note(path: str | os.PathLike[str]) -> str:
    """Return a remark if a missing file is a link."""
    try:
        target = Path(path).readlink()
    except (OSError, ValueError):
        return ""
    return f" (a link to {short(str(target))}, which does not exist or is a loop)"


def _looks_like_a_name(item: str) -> bool:
    """Return whether a text is the name of a file rather than a word or a sentence."""
    if item.lower().endswith(_FILE_SUFFIXES):
        return True
    return len(item.split()) == 1 and (os.sep in item or has_magic(item))


def reject_missing(missing: list[Any], items: list[Any]) -> None:
    """Raise an error that tells missing files, lines of text and words apart."""
    shown = ", ".join(map(short, missing[:5]))
    more = f" and {len(missing) - 5:,} more" if len(missing) > 5 else ""
    if not all(isinstance(item, str) for item in items):
        raise FileNotFoundError(f"no such file: {shown}{more}{_first_advice(missing)}")
    if len(missing) == len(items) and any(len(item.split()) > 1 for item in missing):
        raise TypeError(
            f"a list of str that name no files ({short(missing[0])}, ...): sentences "
            "must be token lists, such as [line.split() for line in lines]"
        )
    if 2 * len(missing) > len(items) and not any(map(_looks_like_a_name, missing)):
        raise TypeError(
            f"a flat list of {len(items):,} str, which are no files ({shown}{more}): "
            "if they are the words of one sentence, pass [words], a list of sentences"
        )
    if advice := _first_advice(missing):
        raise FileNotFoundError(f"no such file: {shown}{more}{advice}")
    raise FileNotFoundError(
        f"no such file: {shown}{more}; a list of str is a list of paths (if they are "
        "the words of one sentence, pass [words])"
    )


def _first_advice(missing: list[Any]) -> str:
    """Return the advice for the first of several files that has one."""
    names = [m for m in missing if not isinstance(m, str) or _looks_like_a_name(m)]
    return next(filter(None, map(_advice, names)), "")


def _advice(path: str | os.PathLike[str]) -> str:
    """Say how to read a URL or a pattern, or name a similar file; else ""."""
    name = os.fspath(path)
    if is_url(name):
        return (
            "; one process reads files only: download it, or train with "
            "w2vfast.distributed.train, which reads URLs"
        )
    pattern = f"; patterns are not expanded: pass sorted(glob.glob({name!r}))"
    return similar(path) or pattern * has_magic(name)
