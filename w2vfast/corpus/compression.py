"""The compression of corpus files: name and content agree, and it is there once."""

from __future__ import annotations

from pathlib import Path

from w2vfast.corpus.content import (
    DECOMPRESS,
    NotTextError,
    check_head,
    kind_of,
)
from w2vfast.files.decompression import NAMES, SUFFIXES, content_suffix
from w2vfast.files.names import local_file, quoted


def corpus_suffix(head: bytes, path: Path) -> str:
    """
    Return the suffix of a file's compression; its name and content must agree.

    Parameters
    ----------
    head : bytes
        The first bytes of the file, compressed or not.
    path : pathlib.Path

    Raises
    ------
    NotTextError
        If the content is compressed and the name does not say so, or the other way
        round. Content that is neither compressed nor text is left to the reader of
        the suffix, whose error says what is damaged.
    """
    suffix, content = path.suffix.lower(), content_suffix(head)
    suffix = suffix if suffix in SUFFIXES else ""
    if content and content != suffix:
        name = quoted(path)
        raise NotTextError(
            f"{path}: {NAMES[content]} data, but the name does not end in {content}; "
            f"rename it: mv {name} {name}{content}"
        )
    if suffix and not content and head:
        if kind_of(head) is not None:
            check_head(head, path)
        if b"\0" not in head and head.isascii():
            raise NotTextError(
                f"{path}: the name ends in {suffix}, but the content is no "
                f"{NAMES[suffix]} data: it is plain text, or damaged; remove {suffix} "
                "from the name if it is text"
            )
    return suffix


def check_single(head: bytes, path: object, suffix: str) -> None:
    """
    Raise NotTextError if decompressed data are compressed themselves.

    Parameters
    ----------
    head : bytes
        The first decompressed bytes.
    path : path-like
        For messages.
    suffix : str
        Suffix of the compression that `head` had; "" for none.
    """
    inner = content_suffix(head)
    if suffix and inner:
        first, outer = local_file(path)
        name = outer.removesuffix(suffix)
        named = name.endswith(inner)
        then = f"pass {name}" if named else f"mv {quoted(name)} {quoted(name + inner)}"
        raise NotTextError(
            f"{path}: {NAMES[inner]} data inside {NAMES[suffix]} data: {first}"
            f"decompress it once: {DECOMPRESS[suffix]} {quoted(outer)}, then {then}"
        )
