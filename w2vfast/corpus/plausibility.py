"""Binary data that the given encoding accepts, found by the first bytes of a file.

UTF-8 has rules that binary data break. Other encodings take nearly every byte, and so
does UTF-8 with errors="replace" or "ignore".
"""

from __future__ import annotations

import codecs
from functools import cache

from w2vfast.corpus.content import NotTextError
from w2vfast.corpus.text_options import TextOptions
from w2vfast.corpus.wide_text import CONTROLS
from w2vfast.files.names import local_file, quoted

#: Binary data have this many control characters, and this share of them, or more.
#: Random bytes have a tenth.
LEAST_CONTROLS = 4
LEAST_SHARE = 0.05
_LEAST_ASCII = 16  # bytes of ASCII that UTF-16 text without a space hardly has


def check_plausible(head: bytes, path: object, options: TextOptions) -> None:
    """
    Raise NotTextError if the first bytes of a file are no text in its encoding.

    Parameters
    ----------
    head : bytes
        Decompressed, if the file is compressed.
    path : path-like
        For messages.
    options : TextOptions
        Strict UTF-8 is not checked here, nor are bytes kept by "surrogateescape".
    """
    if options.errors == "surrogateescape":
        return
    if options.is_wide:
        _check_wide(head, path, options.encoding)
    elif not (options.is_utf8 and options.errors == "strict"):
        _check_controls(head, path, options.encoding)


def has_binary_controls(head: bytes, encoding: str = "utf-8") -> bool:
    """Return whether bytes have as many control characters as binary data have."""
    count = len(head) - len(head.translate(None, _controls(encoding)))
    return count >= LEAST_CONTROLS and count >= LEAST_SHARE * len(head)


def _check_controls(head: bytes, path: object, encoding: str) -> None:
    if has_binary_controls(head, encoding):
        first, name = local_file(path)
        raise NotTextError(
            f"{path}: binary data, or another encoding than {encoding!r}: its "
            "beginning has many control characters, which text does not have; if it "
            f"is text, {first}replace them: "
            r"tr '\001-\010\016-\032\034-\037\177' ' ' < "
            f"{quoted(name)} > corpus.txt"
        )


def _check_wide(head: bytes, path: object, encoding: str) -> None:
    if len(head) >= _LEAST_ASCII and head.isascii() and b"\0" not in head:
        raise NotTextError(
            f"{path}: ASCII text, not {encoding}: leave encoding out, or pass the "
            "file's encoding"
        )


@cache
def _controls(encoding: str) -> bytes:
    """Return the bytes that are control characters of text in an encoding, too.

    Other encodings have white space or shifts at the places of some of them.
    """
    decode = codecs.lookup(encoding).decode
    return bytes(b for b in CONTROLS if decode(bytes([b]), "ignore")[0] == chr(b))
