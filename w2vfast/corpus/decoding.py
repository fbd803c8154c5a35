"""Bytes of any encoding to text, block by block, and the place of a wrong byte."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from typing import TypeGuard

from w2vfast.corpus.content import HEAD_BYTES, NotTextError
from w2vfast.corpus.text_options import TextOptions
from w2vfast.corpus.wide_text import possible_utf16
from w2vfast.files.names import local_file, quoted


def decoded(
    blocks: Iterable[bytes], path: object, options: TextOptions
) -> Iterator[str]:
    """
    Yield the text of consecutive blocks of bytes, without its byte order mark.

    Parameters
    ----------
    blocks : iterable of bytes
        A block may end within a character.
    path : path-like
        For messages.
    options : TextOptions

    Raises
    ------
    NotTextError
        If a byte is not in the encoding, or the text has a NUL character.
    """
    encoding = "utf-8" if options.is_utf8 else options.encoding
    decoder = codecs.getincrementaldecoder(encoding)(options.errors)
    line, n_bytes, first = 1, 0, True
    for block, is_last in _with_last(blocks):
        state = decoder.getstate()
        try:
            text = decoder.decode(block, is_last)
        except UnicodeError as error:
            if not _has_place(error):
                raise NotTextError(_wrong_text(path, encoding, error)) from None
            before = error.object[: error.start]
            line += _decoded_before(encoding, state, before).count("\n")
            place = n_bytes - len(state[0]) + error.start
            raise NotTextError(
                wrong_byte(path, line, place, error, options.encoding)
            ) from None
        n_bytes += len(block)
        if first and text:
            text, first = text.removeprefix("\ufeff"), False
        nul = text.find("\0")
        if nul >= 0:
            line += text.count("\n", 0, nul)
            raise NotTextError(nul_message(path, line, None, options.encoding))
        line += text.count("\n")
        yield text


def as_utf8(
    texts: Iterable[str], path: object, options: TextOptions
) -> Iterator[bytes]:
    """Yield the texts in UTF-8."""
    errors = "surrogateescape" if options.errors == "surrogateescape" else "strict"
    for text in texts:
        try:
            yield text.encode("utf-8", errors)
        except UnicodeEncodeError as error:
            raise NotTextError(
                f"{path}: the text has the lone surrogate "
                f"{error.object[error.start]!r}, which no UTF-8 file can hold; pass "
                "the right encoding, or correct the file"
            ) from None


def check_utf8(
    blocks: Iterable[bytes],
    path: object,
    options: TextOptions,
    line: int = 1,
    n_bytes: int = 0,
) -> None:
    """
    Raise NotTextError at the first NUL or invalid byte of UTF-8 text.

    Parameters
    ----------
    blocks : iterable of bytes
        A block may end within a character.
    path, options
        As in `decoded`.
    line, n_bytes : int
        Place of the first byte in the file: the line from 1, the byte from 0.
    """
    errors = "strict" if options.errors == "strict" else "ignore"
    decoder = codecs.getincrementaldecoder("utf-8")(errors)
    for block, is_last in _with_last(blocks):
        pending = decoder.getstate()[0]
        data = pending + block
        nul = block.find(b"\0")
        try:
            decoder.decode(block if nul < 0 else block[:nul], is_last or nul >= 0)
        except UnicodeDecodeError as error:
            line += data.count(b"\n", 0, error.start)
            place = n_bytes - len(pending) + error.start
            raise NotTextError(
                wrong_byte(path, line, place, error, options.encoding)
            ) from None
        if nul >= 0:
            line += block.count(b"\n", 0, nul)
            raise NotTextError(nul_message(path, line, n_bytes + nul, options.encoding))
        line += block.count(b"\n")
        n_bytes += len(block)


def wrong_byte(
    path: object, line: int, place: int, error: UnicodeDecodeError, encoding: str
) -> str:
    """Return the message for a byte that is not in the encoding."""
    found = " ".join(f"0x{byte:02x}" for byte in error.object[error.start : error.end])
    others = [name for name in ("utf-8", "latin-1", "gb18030") if name != encoding]
    wide = possible_utf16(error.object[:HEAD_BYTES])
    note = "" if wide is None else f"; it may be UTF-16: encoding={wide!r}"
    return (
        f"{path}: line {line}, byte {place}: {found} is not {encoding} "
        f"({error.reason}); pass the file's encoding, such as encoding={others[0]!r} "
        f"or {others[1]!r}, or errors='replace'{note}"
    )


def _has_place(error: UnicodeError) -> TypeGuard[UnicodeDecodeError]:
    """Whether single bytes are wrong, and not all of the text.

    That UTF-16 starts without a byte order mark (BOM) is a UnicodeDecodeError only
    since CPython 3.13.
    """
    return isinstance(error, UnicodeDecodeError) and "BOM" not in error.reason


def _wrong_text(path: object, encoding: str, error: UnicodeError) -> str:
    """Return the message for text that as a whole is not in the encoding."""
    reason = str(error)
    if "BOM" in reason:  # the words of all versions
        name = codecs.lookup(encoding).name.upper()
        reason = f"{name} stream does not start with BOM"
    return f"{path}: {reason}; pass another encoding, such as 'utf-8'"


def nul_message(path: object, line: int, place: int | None, encoding: str) -> str:
    """Return the message for a NUL character."""
    where = f"line {line}" if place is None else f"line {line}, byte {place}"
    first, name = local_file(path)
    return (
        f"{path}: {where}: a NUL character, which text does not have (encoding="
        f"{encoding!r}): it is binary data or has another encoding; if it is text, "
        f"{first}remove it: tr -d '\\000' < {quoted(name)} > corpus.txt"
    )


def _with_last(blocks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each block, then b"", with whether it is the last."""
    for block in blocks:
        yield block, False
    yield b"", True


def _decoded_before(encoding: str, state: tuple[bytes, int], data: bytes) -> str:
    """Return the text of the bytes before a wrong one, from the decoder's state."""
    decoder = codecs.getincrementaldecoder(encoding)("ignore")
    decoder.setstate((b"", state[1]))
    return decoder.decode(data)
