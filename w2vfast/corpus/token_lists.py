"""Sentences from memory: token lists, and errors that explain what is no token list."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sized
from types import GeneratorType
from typing import Any

import numpy as np

from w2vfast.wording import shortened, with_article

EXPECTED = (
    "expected a path, a list of paths or an iterable of token lists, such as "
    "[line.split() for line in lines]"
)
#: Types of a token that is an id.
_IDS = (int, np.integer)


class TokenLists:
    """
    An iterable of sentences, each checked when the iteration reaches it.

    Parameters
    ----------
    source : iterable of token lists
        Iterated once. Tokens are str, or integers in every sentence.
    first : int, default 0
        Number of the first sentence, for messages.

    Attributes
    ----------
    total : int or None
        Number of sentences; None if unknown.
    """

    def __init__(self, source: Iterable[Any], first: int = 0) -> None:
        self._source = source
        self._first = first
        self.total: int | None = len(source) if isinstance(source, Sized) else None
        if isinstance(source, GeneratorType) and source.gi_frame is None:
            raise ValueError(
                f"the generator {source.__name__} was read earlier, and a generator "
                "can be read once: make a new one, or pass a list"
            )

    def __iter__(self) -> Iterator[Any]:
        number = self._first - 1
        for number, sentence in enumerate(self._source, self._first):
            if hasattr(sentence, "as_py"):  # an Arrow scalar
                sentence = sentence.as_py()
            elif hasattr(sentence, "tolist"):  # an array: Python's ints, and faster
                sentence = sentence.tolist()
            if isinstance(sentence, (str, bytes, dict, set, frozenset)) or not (
                hasattr(sentence, "__iter__") or hasattr(sentence, "__getitem__")
            ):
                raise TypeError(self._no_sentence(number, sentence))
            yield sentence
        if number < self._first and isinstance(self._source, Iterator):
            raise ValueError(
                f"the corpus is empty: the {type(self._source).__name__} gave no "
                "sentence; if it was read earlier, make a new one, or pass a list"
            )

    def _no_sentence(self, number: int, sentence: Any) -> str:
        """Return the message for an item that is no list of words."""
        given = f"sentence {number} is {with_article(sentence)} ({short(sentence)})"
        given += ", not a list of words"
        if is_missing(sentence):
            return f"{given}: it is a missing value: leave it out, as column.dropna()"
        if isinstance(sentence, str):
            if hasattr(self._source, "str"):  # a column of polars or pandas
                separator = "' '" if hasattr(self._source.str, "to_lowercase") else ""
                return f"{given}: split it: column.str.split({separator})"
            if len(sentence.split()) == 1:
                return f"{given}: pass [words], if these words are one sentence"
            return f"{given}: split it: [line.split() for line in lines]"
        if isinstance(sentence, bytes):
            return f"{given}: decode it: [line.decode().split() for line in lines]"
        if isinstance(sentence, _IDS):
            return f"{given}: pass [ids], if these ids are one sentence"
        if isinstance(sentence, dict):
            return f"{given}: take a field of it: [record['tokens'] for record in …]"
        return f"{given}: {EXPECTED}"


class TokenIds(dict[Any, int]):
    """
    Numbers tokens from 0 in the order of their first look-up.

    The first token decides whether all are words or all are ids.

    Parameters
    ----------
    accept_ids : bool
        Whether integers are tokens.
    """

    def __init__(self, accept_ids: bool = True) -> None:
        super().__init__()
        self.are_ids: bool = False
        self._accept_ids = accept_ids

    def __missing__(self, token: Any) -> int:
        if is_id(token) and token >= 0 if self.are_ids else isinstance(token, str):
            self[token] = number = len(self)
            return number
        raise _BadTokenError(token)

    def append(self, ids: array[int], number: int, sentence: Any) -> None:
        """Append the numbers of the tokens of a sentence to `ids`.

        Raises
        ------
        TypeError
            If the sentence has something other than words, or than ids.
        """
        try:
            if self.are_ids or not self:
                sentence = list(sentence)
                self._check_ids(sentence)
            ids.extend(map(self.__getitem__, sentence))
        except _BadTokenError as error:
            raise TypeError(self._no_token(number, error.token)) from None
        except TypeError as error:
            nested = _first_unhashable(sentence)
            if nested is not None:
                raise TypeError(self._no_token(number, nested)) from error
            raise TypeError(
                f"sentence {number}: {error}; expected a list of words (str)"
            ) from error

    def _check_ids(self, tokens: list[Any]) -> None:
        """Set `are_ids` by the first token; raise if another is no id."""
        if not self and tokens:
            self.are_ids = self._accept_ids and is_id(tokens[0])
        if self.are_ids and {*map(type, tokens)} - {int}:
            odd = [token for token in tokens if not is_id(token)]
            if odd:  # True and 2.0 equal ids, but are none
                raise _BadTokenError(odd[0])

    def words(self, order: Iterable[int]) -> Iterator[str]:
        """Yield the tokens with these numbers as str."""
        tokens = list(self)
        if self.are_ids:
            return (str(int(tokens[i])) for i in order)
        return (tokens[i] for i in order)

    def _no_token(self, number: int, token: Any) -> str:
        """Return the message for a token of the wrong kind."""
        expected = "an id" if self.are_ids else "a str"
        given = f"sentence {number}: the token {short(token)} is "
        given += f"{with_article(token)}, not {expected}"
        every = "for sentence in corpus]"
        if is_missing(token):
            return (
                f"{given}: it is a missing value: leave it out, "
                f"[[t for t in sentence if t == t and t is not None] {every}"
            )
        if isinstance(token, bytes):
            return f"{given}: decode it: [[t.decode() for t in sentence] {every}"
        if self.are_ids and is_id(token):
            return (
                f"sentence {number}: the id {token} is negative: expected 0 or more; "
                f"if it pads sentences, drop it: [[t for t in sentence if t >= 0] "
                f"{every}"
            )
        if isinstance(token, (list, tuple, set, dict, np.ndarray)):
            return (
                f"{given}: the lists are nested one level too deep: "
                "[sentence for document in corpus for sentence in document]"
            )
        if isinstance(token, float) and token.is_integer():
            return f"{given}: make ids: [[int(t) for t in sentence] {every}"
        mixed = f", but other tokens are {'ids' if self.are_ids else 'words'}"
        return f"{given}{mixed * bool(self)}: [[str(t) for t in sentence] {every}"


class _BadTokenError(Exception):
    def __init__(self, token: Any) -> None:
        super().__init__(token)
        self.token = token


def is_id(token: Any) -> bool:
    """Return whether a token is an integer, but not a bool."""
    return isinstance(token, _IDS) and not isinstance(token, bool)


def is_missing(value: Any) -> bool:
    """Return whether a value is None, NaN or another mark of missing data."""
    return (
        value is None
        or (isinstance(value, (float, np.floating)) and bool(value != value))
        or type(value).__name__ in ("NAType", "NaTType")
    )


def short(value: object) -> str:
    """Return the representation of a value, cut to 80 characters."""
    text = repr(value)
    return shortened(text, 80)


def _first_unhashable(sentence: Any) -> Any:
    """Return the first token that no dict can hold, or None."""
    if not isinstance(sentence, (list, tuple)):
        return None
    return next((t for t in sentence if type(t).__hash__ is None), None)
