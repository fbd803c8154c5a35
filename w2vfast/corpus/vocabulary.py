"""The vocabulary: words, their ids and their counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import index
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.wording import counted, with_article

Int64s = npt.NDArray[np.int64]


class Vocabulary:
    """
    Words, the index of each, and their counts.

    Parameters
    ----------
    keys : sequence of str
        Distinct words. The position of a word is its index.
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
        If a word is not a str or a count is not an integer.
    ValueError
        If the lengths differ, a word occurs twice or a count is negative.
    """

    def __init__(self, keys: Sequence[str], counts: npt.ArrayLike) -> None:
        if isinstance(keys, (str, bytes)):
            raise TypeError(f"keys={keys!r}: expected a list of words")
        self.index_to_key: list[str] = [_check_word(key) for key in keys]
        self.counts: npt.NDArray[np.int64] = _check_counts(
            counts, len(self.index_to_key)
        )
        self.key_to_index: dict[str, int] = {
            key: i for i, key in enumerate(self.index_to_key)
        }
        if len(self.key_to_index) < len(self.index_to_key):
            repeated = next(
                key
                for i, key in enumerate(self.index_to_key)
                if self.key_to_index[key] != i
            )
            raise ValueError(f"the word {repeated!r} occurs twice: give each word once")

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore a copy, whose counts are read-only again."""
        vars(self).update(state)
        self.counts.flags.writeable = False

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
            How often each word occurs, for instance a `collections.Counter`.
        min_count : int, default 1
            Leave out words that occur less often.
        max_final_vocab : int, optional
            Keep only this many of the most frequent words.

        Returns
        -------
        Vocabulary
            Ordered by count, descending. Equal counts keep the mapping's order.

        Raises
        ------
        TypeError, ValueError
            If `frequencies` is not a mapping of words to counts, fewer than two words
            remain, or a parameter is out of range.
        """
        if not isinstance(frequencies, Mapping):
            raise TypeError(
                f"frequencies is {with_article(frequencies)}: expected a mapping "
                "of words to counts, such as collections.Counter(words)"
            )
        keys = list(frequencies)
        counts = _check_counts(list(frequencies.values()), len(keys))
        order = rank_order(counts)
        order = order[: n_kept(counts[order], min_count, max_final_vocab)]
        return cls([keys[i] for i in order.tolist()], counts[order])

    def __len__(self) -> int:
        return len(self.index_to_key)

    def __contains__(self, key: object) -> bool:
        return key in self.key_to_index

    def __repr__(self) -> str:
        total = int(self.counts.sum())
        return (
            f"<Vocabulary: {counted(len(self), 'word')} counted "
            f"{counted(total, 'time')}>"
        )


def check_vocabulary(vocabulary: object) -> None:
    """Raise TypeError, with the line that makes a Vocabulary, for anything else."""
    if isinstance(vocabulary, Vocabulary):
        return
    given = f"vocabulary is {with_article(vocabulary)}: expected a Vocabulary"
    if isinstance(getattr(vocabulary, "vocabulary", None), Vocabulary):
        fix = "model.vocabulary"
    elif isinstance(vocabulary, Mapping):
        fix = "Vocabulary.from_frequencies(counts), with the count of each word"
    elif hasattr(vocabulary, "key_to_index"):
        fix = "Vocabulary(wv.index_to_key, counts), with the count of each word"
    else:
        fix = "Vocabulary(words, counts), or Vocabulary.from_frequencies(counts)"
    raise TypeError(f"{given}: pass {fix}")


def rank_order(counts: Int64s) -> Int64s:
    """Return the order by descending count; equal counts keep their order."""
    largest = np.iinfo(np.uint16).max
    small = np.minimum(counts, largest).astype(np.uint16)
    order = np.argsort(~small, kind="stable")  # 16 bits: a radix sort in linear time
    top = order[: np.count_nonzero(small == largest)]
    top[:] = top[np.argsort(-counts[top], kind="stable")]
    return order


def n_kept(counts: Int64s, min_count: int, max_final_vocab: int | None) -> int:
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
        If a parameter is out of range or fewer than two words stay.
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
            f"{counted(counts[0], 'time')}; lower min_count or give more text"
        )
    if kept == 1:
        lower = "lower min_count or " if min_count > 1 else ""
        raise ValueError(
            f"the vocabulary has a single word with min_count={min_count}; training "
            f"needs two: {lower}give more text"
        )
    return kept if max_final_vocab is None else min(kept, index(max_final_vocab))


def _whole(name: str, value: object) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name}={value!r}: expected a whole number")
    return index(value)


def _check_word(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(
            f"the word {key!r} is {with_article(key)}: every word must be a str"
        )
    return key if type(key) is str else str(key)


def _check_counts(counts: npt.ArrayLike, words: int) -> Int64s:
    given = np.asarray(counts)
    if given.ndim != 1 or len(given) != words:
        raise ValueError(
            f"counts of shape {given.shape} for {counted(words, 'word')}: expected "
            f"({words},)"
        )
    if words and given.dtype.kind not in "iu":
        raise TypeError(f"counts are {given.dtype}: expected whole numbers")
    checked = given.astype(np.int64)
    if words and checked.min() < 0:
        raise ValueError(f"a count is {checked.min()}: expected 0 or more")
    checked.flags.writeable = False
    return checked
