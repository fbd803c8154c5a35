"""Find the words of an evaluation file in a vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from w2vfast.wording import quoted

UNKNOWN = -1


class WordLookup:
    """
    Words of a vocabulary that take part in an evaluation.

    Parameters
    ----------
    index_to_key : sequence of str, length V
        The most frequent word first.
    restrict_vocab : int, optional
        Use only the first so many words. None uses all.
    lowercase : bool, default False
        Lower-case the words that are looked up. The vocabulary stays as it is.
    case_insensitive : bool, default False
        Words that differ only in case are one word; the most frequent one stands for
        all of them, and the others do not take part.

    Attributes
    ----------
    rows : slice or int64 array, shape (n,)
        Rows of the vocabulary that take part, ascending. `positions` counts them.

    Raises
    ------
    ValueError
        If `restrict_vocab` is below 1.

    Examples
    --------
    >>> lookup = WordLookup(["the", "The", "Oslo"], case_insensitive=True)
    >>> lookup.rows.tolist()
    [0, 2]
    >>> lookup.positions(["THE", "oslo", "Rome"]).tolist()
    [0, 1, -1]
    """

    rows: slice | npt.NDArray[np.int64]

    def __init__(
        self,
        index_to_key: Sequence[str],
        restrict_vocab: int | None = None,
        lowercase: bool = False,
        case_insensitive: bool = False,
    ) -> None:
        if restrict_vocab is not None and restrict_vocab < 1:
            raise ValueError(f"restrict_vocab={restrict_vocab}: expected 1 or more")
        self._all_words, self._restrict = index_to_key, restrict_vocab
        self._lowercase, self._case_insensitive = lowercase, case_insensitive
        words = index_to_key[:restrict_vocab]
        self.rows = slice(len(words))
        self._convert = str.lower if lowercase else str
        if case_insensitive:
            self._convert = str.casefold
            first_rows: dict[str, int] = {}
            for row, word in enumerate(words):
                first_rows.setdefault(word.casefold(), row)
            self.rows = np.fromiter(first_rows.values(), np.int64, len(first_rows))
            words = list(first_rows)
        self._position = dict(zip(words, range(len(words)), strict=True))

    def __len__(self) -> int:
        return len(self._position)

    def advice(self, items: Sequence[Sequence[str]]) -> str:
        """
        Return what would find an item with unknown words, or name such words.

        Examples
        --------
        >>> WordLookup(["oslo", "rome"]).advice([["Oslo", "Rome"]])
        'pass lowercase=True'
        >>> WordLookup(["oslo", "rome"], lowercase=True).advice([["Oslo", "Bern"]])
        "unknown are 'Bern'"
        """
        keys, most = self._all_words, self._restrict
        lower, fold = self._lowercase, self._case_insensitive
        if not (lower or fold) and WordLookup(keys, most, True)._knows_one(items):
            return "pass lowercase=True"
        if not fold and WordLookup(keys, most, False, True)._knows_one(items):
            return "pass case_insensitive=True"
        if most is not None:
            if WordLookup(keys, None, lower, fold)._knows_one(items):
                return "pass a larger restrict_vocab"
            if WordLookup(keys, None, False, True)._knows_one(items):
                return "pass case_insensitive=True and a larger restrict_vocab"
        words = list(dict.fromkeys(word for item in items for word in item))
        unknown = np.array(words, object)[self.positions(words) == UNKNOWN]
        shown = ", ".join(quoted(word, 30) for word in unknown[:3])
        return f"unknown are {shown}{', …' * (len(unknown) > 3)}"

    def _knows_one(self, items: Iterable[Sequence[str]]) -> bool:
        """Return whether all words of an item are known."""
        return any((self.positions(item) != UNKNOWN).all() for item in items)

    def positions(self, words: Iterable[str]) -> npt.NDArray[np.int64]:
        """Return the position of each word in `rows`, or `UNKNOWN`; shape (n,)."""
        find, convert = self._position.get, self._convert
        return np.array([find(convert(word), UNKNOWN) for word in words], np.int64)
