"""Text in UTF-16 or UTF-32, found by its bytes."""

from __future__ import annotations

from collections import Counter

_LEAST = 4  # characters that a rule without a NUL byte needs
#: Control characters that text does not have; UTF-16 has them as halves of letters.
CONTROLS = bytes({*range(1, 32), 127} - set(b"\a\b\t\n\v\f\r\x1b"))
#: First bytes of letters in UTF-16, from Greek to Balinese, without the controls from
#: 0x1c, which separate fields in some files.
ALPHABETS = range(0x03, 0x1C)
#: First words of the names of characters that occur together in one text.
_SCRIPTS = (
    {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC", "FULLWIDTH"},
    {"HANGUL", "IDEOGRAPHIC", "FULLWIDTH"},
)


def wide_encoding(head: bytes) -> str | None:
    r"""
    Return "utf-16" or "utf-32", with "-le" or "-be" if there is no byte order mark.

    Without a mark, text in UTF-8 is told apart by two rules. The bytes have two NUL
    bytes, as ASCII characters do, and are printable. Or nearly all characters have
    the same first byte, a control character, as letters of one alphabet do.

    Examples
    --------
    >>> wide_encoding("text".encode("utf-16-be")), wide_encoding(b"text")
    ('utf-16-be', None)
    >>> wide_encoding("слово".encode("utf-16-le"))
    'utf-16-le'
    """
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return _most_ascii(head) if head.count(0) >= 2 else _one_alphabet(head)


def possible_utf16(data: bytes) -> str | None:
    """
    Return the UTF-16 encoding in which bytes are East Asian characters only.

    It is a guess: Shift JIS, for instance, looks the same.
    """
    import unicodedata  # imported here because only messages need it

    for order in ("-le", "-be"):
        text = _printable(data, "utf-16" + order)
        if text is None or len(text) < _LEAST:
            continue
        found = {unicodedata.name(c, "").split(" ")[0].split("-")[0] for c in text}
        if any(found <= script for script in _SCRIPTS):
            return "utf-16" + order
    return None


def _most_ascii(head: bytes) -> str | None:
    """Return the encoding in which bytes are printable, with most ASCII characters."""
    found: dict[str, int] = {}
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        text = _printable(head, encoding)
        if text:
            found[encoding] = sum(map(str.isascii, text))
    return max(found, key=found.__getitem__, default=None)


def _one_alphabet(head: bytes) -> str | None:
    """Return the encoding of letters of one alphabet, such as Cyrillic."""
    if len(head.translate(None, CONTROLS)) == len(head):
        return None
    for order, highs in (("-le", head[1::2]), ("-be", head[::2])):
        if len(highs) < _LEAST:
            continue
        high, count = Counter(highs).most_common(1)[0]
        if high in ALPHABETS and 4 * count >= 3 * len(highs):
            return "utf-16" + order if _printable(head, "utf-16" + order) else None
    return None


def _printable(data: bytes, encoding: str) -> str | None:
    """Return the text of bytes, which may end within a character, or None."""
    unit = 4 if encoding.startswith("utf-32") else 2
    whole = data[: len(data) // unit * unit]
    try:
        text = whole.decode(encoding)
    except UnicodeDecodeError as error:
        if len(data) - error.start > unit:
            return None
        text = whole[: error.start].decode(encoding)
    return text if all(c.isprintable() or c.isspace() for c in text) else None
