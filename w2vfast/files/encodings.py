"""Encodings of text files."""

from __future__ import annotations

import codecs

#: Codecs of Python for parts of host names, and one that always fails.
_NOT_FOR_FILES = ("idna", "punycode", "undefined")


def text_codec(encoding: str) -> codecs.CodecInfo:
    """Return the codec of an encoding; ValueError if it is none of text files."""
    try:
        codec = codecs.lookup(encoding)
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        raise ValueError(
            f"encoding={encoding!r}: Python has no such encoding; expected "
            "one such as 'utf-8', 'latin-1', 'cp1252', 'gb18030' or 'utf-16'"
        ) from None
    is_text = getattr(codec, "_is_text_encoding", True)
    decoder: object = codec.incrementaldecoder  # some codecs have None
    if not is_text or decoder is None or codec.name in _NOT_FOR_FILES:
        raise ValueError(
            f"encoding={encoding!r} is no encoding of text files: expected "
            "one such as 'utf-8' or 'latin-1'"
        )
    return codec
