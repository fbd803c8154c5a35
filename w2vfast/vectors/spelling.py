"""Errors for unknown words, with known words that are spelled almost alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from w2vfast.wording import counted

MAX_WORD_LENGTH = 32  # longer words get no suggestions
MAX_LETTERS = 64  # letters that are tried at each position
SAMPLED_KEYS = 1000  # keys whose characters make up the alphabet


class UnknownWordError(KeyError):
    """
    A word has no vector.

    The message names known words with a similar spelling. It is computed only when
    the error is shown: code that catches the error in a loop does not pay for it.

    Parameters
    ----------
    word : str
    rows : mapping of str to int
        The row of each known word.
    """

    def __init__(self, word: str, rows: Mapping[str, int]) -> None:
        problem = f"{word!r} is not {_one_of(len(rows))} of these vectors"
        super().__init__(problem)
        self._problem = problem
        self._word = word
        self._rows = rows

    def __str__(self) -> str:
        found = near_spellings(self._word, self._rows)
        if found:
            return f"{self._problem}; did you mean {' or '.join(map(repr, found))}?"
        return f"{self._problem}; check its spelling and case"

    def __reduce__(self) -> tuple[Any, ...]:
        # Copies in other processes keep the text, not the whole vocabulary.
        return KeyError, (str(self),)


def near_spellings(word: str, rows: Mapping[str, int], limit: int = 3) -> list[str]:
    """
    Return known words that differ from `word` in case or in one edit.

    Parameters
    ----------
    word : str
    rows : mapping of str to int
        The row of each known word.
    limit : int, default 3
        Return at most this many words.

    Returns
    -------
    list of str
        Words with another case first, then by row.

    Notes
    -----
    An edit inserts, deletes or replaces a letter, or swaps two neighbours. Every
    possible edit is looked up, so the time depends on the length of the word and not
    on the number of known words: a word of ten letters takes less than a millisecond.

    Examples
    --------
    >>> near_spellings("Quene", {"the": 0, "queen": 1, "queue": 2, "quene": 3})
    ['quene']
    >>> near_spellings("quen", {"the": 0, "queen": 1, "queue": 2})
    ['queen']
    """
    stripped = word.strip()
    cases = (stripped, stripped.lower(), stripped.capitalize(), stripped.upper())
    found = [case for case in dict.fromkeys(cases) if case in rows and case != word]
    if len(found) < limit and 0 < len(word) <= MAX_WORD_LENGTH:
        edits = {edit for edit in _edits(word, _alphabet(word, rows)) if edit in rows}
        found += sorted(edits - {word, *found}, key=rows.__getitem__)
    return found[:limit]


def _alphabet(word: str, rows: Mapping[str, int]) -> list[str]:
    """Return the letters of `word` and of the first known words."""
    letters = dict.fromkeys(word)
    for key in islice(rows, SAMPLED_KEYS):
        if len(letters) >= MAX_LETTERS:
            break
        letters |= dict.fromkeys(key)
    return list(letters)[:MAX_LETTERS]


def _edits(word: str, alphabet: list[str]) -> Iterator[str]:
    """Yield all strings that are one edit away from `word`."""
    for i in range(len(word) + 1):
        head, tail = word[:i], word[i:]
        for letter in alphabet:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]


def _one_of(words: int) -> str:
    known = counted(words, "word")
    return "the only word" if words == 1 else f"among the {known}"
