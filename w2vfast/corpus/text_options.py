"""How the bytes of corpus files become text: encoding, errors, and a field to read."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from w2vfast.files.encodings import text_codec

Bytes = npt.NDArray[np.uint8]
ERRORS = ("strict", "replace", "ignore", "surrogateescape")
#: Names of the options, which all calls that read a corpus take.
READING = ("encoding", "errors", "field")


@dataclass(frozen=True)
class TextOptions:
    """
    How corpus files are decoded.

    Parameters
    ----------
    encoding : str, default "utf-8"
        Any text encoding of Python.
    errors : {"strict", "replace", "ignore", "surrogateescape"}
        What to do with bytes that the encoding does not have.
    field : str, optional
        Read only this field of JSON Lines, or this column of CSV or TSV.

    Raises
    ------
    TypeError, ValueError
        If an option has another value.
    """

    encoding: str = "utf-8"
    errors: str = "strict"
    field: str | None = None

    def __post_init__(self) -> None:
        for name in READING:
            value = getattr(self, name)
            if not isinstance(value, str) and not (name == "field" and value is None):
                raise TypeError(
                    f"{name}={value!r}: expected a str, such as {name}="
                    f"{getattr(TextOptions, name) or 'text'!r}"
                )
        if self.errors not in ERRORS:
            known = ", ".join(map(repr, ERRORS))
            raise ValueError(f"errors={self.errors!r}: expected one of {known}")
        if self.field == "":
            raise ValueError("field='': expected the name of a field, such as 'text'")
        text_codec(self.encoding)

    @property
    def is_utf8(self) -> bool:
        """Whether the encoding is UTF-8, with or without a byte order mark."""
        return codecs.lookup(self.encoding).name in ("utf-8", "utf-8-sig")

    @property
    def is_wide(self) -> bool:
        """Whether text in this encoding has NUL bytes, as UTF-16 has."""
        return b"\0" in "a".encode(self.encoding)

    @property
    def is_native(self) -> bool:
        """Whether the compiled scanner reads the bytes as they are."""
        return self.is_utf8 and self.field is None

    @property
    def is_default(self) -> bool:
        """Whether every option has its default."""
        return self == TextOptions()

    @property
    def rewrites(self) -> bool:
        """Whether `with_replaced` changes text that the scanner would read as it is."""
        return self.is_native and self.errors in ("replace", "ignore")

    def with_replaced(self, data: Bytes) -> Bytes:
        """Return UTF-8 whose invalid bytes are replaced or dropped, as `errors` says.

        White space is never part of a longer character, so a chunk of whole tokens
        can be decoded alone.
        """
        text = data.tobytes().decode("utf-8", self.errors)
        return np.frombuffer(text.encode("utf-8"), np.uint8)
