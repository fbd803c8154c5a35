"""The words of a corpus, most frequent first, and how often each occurs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from operator import index

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]


class Vocabulary:
    """
    Words, the index of each, and their counts.

    Parameters
    ----------
    keys : sequence of str
        The words, each once; the position of a word is its index.
    counts : sequence of int, (len(keys),)
        How often each word occurs, 0 or more.

    Attributes
    ----------
    index_to_key : list of str
    key_to_index : dict of str to int
    counts : numpy.ndarray of int64, (len(keys),), read-only

    Raises
    ------
    TypeError
        If a word is no str, or a count no integer.
    ValueError
        If the lengths differ, a word comes twice or a count is negative.
    """

    def __init__(self, keys: Sequence[str], counts: npt.ArrayLike) -> None:
        if isinstance(keys, (str, bytes)):
            raise TypeError(f"keys={keys!r}: expected a list of words")
        self.index_to_key = [_word(key) for key in keys]
        self.counts = _counts(counts, len(self.index_to_key))
        self.key_to_index = {key: i for i, key in enumerate(self.index_to_key)}
        if len(self.key_to_index) < len(self.index_to_key):
            twice = next(
                key
                for i, key in enumerate(self.index_to_key)
                if self.key_to_index[key] != i
            )
            raise ValueError(f"the word {twice!r} comes twice: every word must be one")

    @classmethod
    def from_frequencies(
        cls,
        frequencies: Mapping[str, int],
        min_count: int = 1,
        max_final_vocab: int | None = None,
    ) -> Vocabulary:
        """
        Make a vocabulary from counts of words.

        Parameters
        ----------
        frequencies : mapping of str to int
            How often each word occurs, a `collections.Counter` for instance.
        min_count : int, default 1
            Leave out words that occur less often.
        max_final_vocab : int, optional
            Keep only this many of the most frequent words.

        Returns
        -------
        Vocabulary
            Ordered by count, descending; equal counts keep the mapping's order.
        """
        if not isinstance(frequencies, Mapping):
            raise TypeError(
                f"frequencies is a {type(frequencies).__name__}: expected a mapping "
                "of words to counts, such as collections.Counter(words)"
            )
        keys = list(frequencies)
        counts = _counts(list(frequencies.values()), len(keys))
        order = rank_order(counts)
        order = order[: cut(counts[order], min_count, max_final_vocab)]
        return cls([keys[i] for i in order.tolist()], counts[order])

    def __len__(self) -> int:
        return len(self.index_to_key)

    def __contains__(self, key: object) -> bool:
        return key in self.key_to_index

    def __repr__(self) -> str:
        total = int(self.counts.sum())
        return f"<Vocabulary: {len(self):,} words counted {total:,} times>"


class Words:
    """
    Many words in little memory: one run of bytes, decoded when asked for.

    Parameters
    ----------
    text : uint8, (bytes,)
        All words in UTF-8, end to end.
    offsets : int64, (words + 1,)
        Where each word starts, and the last one ends.
    errors : str
        How the codec treats what isn't UTF-8: "surrogateescape" for bytes of a
        file, "surrogatepass" for a Python str; both lose nothing.
    """

    def __init__(
        self, text: npt.NDArray[np.uint8], offsets: Int64s, errors: str
    ) -> None:
        self._text = text
        self._offsets = offsets
        self._errors = errors

    @classmethod
    def pack(cls, words: Iterable[str]) -> Words:
        """Encode and store Python strings."""
        encoded = [word.encode("utf-8", "surrogatepass") for word in words]
        offsets = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, encoded), np.int64), out=offsets[1:])
        text = np.frombuffer(b"".join(encoded), np.uint8)
        return cls(text, offsets, "surrogatepass")

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def decode(self, stop: int | None = None) -> list[str]:
        """Return the first `stop` words."""
        bounds = self._offsets[slice(None if stop is None else stop + 1)].tolist()
        text = self._text[: bounds[-1]].tobytes()
        return [
            text[start:end].decode("utf-8", self._errors)
            for start, end in pairwise(bounds)
        ]


def rank_order(counts: Int64s) -> Int64s:
    """Return the order by count, descending; equal counts stay in their order."""
    most = np.iinfo(np.uint16).max
    small = np.minimum(counts, most).astype(np.uint16)
    order = np.argsort(~small, kind="stable")  # 16 bits: a radix sort, and linear
    top = order[: np.count_nonzero(small == most)]
    top[:] = top[np.argsort(-counts[top], kind="stable")]
    return order


def cut(counts: Int64s, min_count: int, max_final_vocab: int | None) -> int:
    """
    Return how many words stay in the vocabulary.

    Parameters
    ----------
    counts : int64, (words,)
        Descending.
    min_count : int
        At least 1.
    max_final_vocab : int or None
        At least 2.

    Raises
    ------
    ValueError
        If a parameter is out of range, or fewer than two words stay.
    """
    if _whole("min_count", min_count) < 1:
        raise ValueError(f"min_count={min_count}: expected 1 (keep every word) or more")
    if max_final_vocab is not None and _whole("max_final_vocab", max_final_vocab) < 2:
        raise ValueError(
            f"max_final_vocab={max_final_vocab}: expected 2 or more words, or None "
            "for no limit"
        )
    if len(counts) == 0:
        raise ValueError("no words: the corpus is empty; give it at least two words")
    kept = int(np.count_nonzero(counts >= min_count))
    if kept == 0:
        raise ValueError(
            f"min_count={min_count} leaves no word: the most frequent one occurs "
            f"{counts[0]} times; lower min_count or give more text"
        )
    if kept == 1:
        raise ValueError(
            f"the vocabulary has a single word with min_count={min_count}; training "
            "needs two: lower min_count or give more text"
        )
    return kept if max_final_vocab is None else min(kept, index(max_final_vocab))


def _whole(name: str, value: object) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name}={value!r}: expected a whole number")
    return index(value)


def _word(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(
            f"the word {key!r} is a {type(key).__name__}: every word must be a str"
        )
    return key if type(key) is str else str(key)


def _counts(counts: npt.ArrayLike, words: int) -> Int64s:
    given = np.asarray(counts)
    if given.ndim != 1 or len(given) != words:
        raise ValueError(
            f"counts of shape {given.shape} for {words} words: expected ({words},)"
        )
    if words and given.dtype.kind not in "iu":
        raise TypeError(f"counts are {given.dtype}: expected whole numbers")
    checked = given.astype(np.int64)
    if words and checked.min() < 0:
        raise ValueError(f"a count is {checked.min()}: expected 0 or more")
    checked.flags.writeable = False
    return checked
