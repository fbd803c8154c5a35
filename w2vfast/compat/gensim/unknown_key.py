"""The error for unknown keys, with known keys that are spelled almost alike."""

from __future__ import annotations

from typing import Any

from w2vfast.vectors.spelling import near_spellings

Key = Any  # str or int


class UnknownKeyError(KeyError):
    """
    A key has no vector. The message, computed when it is shown, has near spellings.

    Parameters
    ----------
    key : str or int
    rows : dict of keys to int
    addition : str
        Text at the end of the first sentence, as in gensim.
    """

    def __init__(self, key: Key, rows: dict[Key, int], addition: str = "") -> None:
        super().__init__(f"Key '{key}' not present{addition}")
        self._key, self._rows = key, rows

    def __str__(self) -> str:
        text, found = str(self.args[0]), []
        if isinstance(self._key, str):
            words = {k: row for k, row in self._rows.items() if isinstance(k, str)}
            found = near_spellings(self._key, words)
        hint = f"; did you mean {' or '.join(map(repr, found))}?" if found else ""
        return text + hint

    def __reduce__(self) -> tuple[Any, ...]:
        return KeyError, self.args  # a copy elsewhere does not need the vocabulary
