"""A corpus as the trainer reads it: every token once, as an id."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.corpus._scanner import count, select
from w2vfast.corpus.encoder import (
    Encoded,
    Int32s,
    Int64s,
    Sentences,
    encode_files,
    encode_sentences,
)
from w2vfast.corpus.growable import resolve_limit
from w2vfast.corpus.inputs import find_files
from w2vfast.corpus.reader import PIECE
from w2vfast.corpus.vocabulary import Vocabulary, Words, cut, rank_order
from w2vfast.runtime import threads

_CHUNK = 1 << 20  # tokens handled at a time
_MOST_IDS = 2**31 - 1


class Corpus:
    """
    Text, counted and encoded once.

    Ids are ranks: 0 is the most frequent word, and words as frequent as each other
    are in the order of their first appearance. So a vocabulary without rare words is
    just the first ids, and nothing need be encoded again for it.

    Parameters
    ----------
    source : path, list of paths, or iterable of token lists
        UTF-8 text, one sentence a line, tokens separated by ASCII white space; a
        directory stands for all files in it (recursively, sorted, without hidden
        ones); files may be packed as .gz, .bz2, .xz or .zst. Bytes that aren't UTF-8
        are kept as in ``errors="surrogateescape"``. Or any iterable of lists of
        str, a generator included: it is read once.
    workers : int, optional
        Number of threads; None means all cores. The result is the same for any.
    progress : bool, optional
        Whether to show a progress bar; None: if standard error is a terminal.
    memory_limit : int, optional
        Bytes of ids above which they go to a temporary file, which leaves nothing
        behind; so do the offsets. None means half of the machine's memory.

    Raises
    ------
    FileNotFoundError
        If `source` names a file that does not exist.
    OSError
        If a file cannot be read, or the temporary file not written.
    TypeError
        If `source` is no path and holds no token lists.
    ValueError
        If `source` is empty, or a parameter out of range.

    Examples
    --------
    >>> corpus = Corpus([["a", "rose", "is", "a", "rose"]])
    >>> corpus.words(), corpus.ids.tolist()
    (['a', 'rose', 'is'], [0, 1, 2, 0, 1])
    """

    _encoded: Encoded | None = None
    _fixed: Vocabulary | None = None

    def __init__(
        self,
        source: Any,
        workers: int | None = None,
        *,
        progress: bool | None = None,
        memory_limit: int | None = None,
        _piece: int = PIECE,
    ) -> None:
        cores = threads.resolve(workers)
        limit = resolve_limit(memory_limit)
        files = find_files(source)
        if files is None:
            encoded = encode_sentences(source, cores, limit, progress)
        else:
            encoded = encode_files(files, cores, limit, progress, _piece)
        self._set(encoded, limit)
        if not len(self.ids):
            raise ValueError("the corpus is empty: there is no token in its source")

    @classmethod
    def from_ids(
        cls,
        ids: npt.ArrayLike,
        offsets: npt.ArrayLike | None = None,
        words: Sequence[str] | None = None,
        *,
        memory_limit: int | None = None,
    ) -> Corpus:
        """
        Make a corpus of numbers that stand for words.

        Parameters
        ----------
        ids : array of int, (tokens,)
            0 or more each. They are renumbered by frequency.
        offsets : array of int, (sentences + 1,), optional
            Where each sentence starts, from 0, and at last the number of tokens;
            None means that all is one sentence.
        words : sequence of str, optional
            The name of each id; None means ``str(id)``.
        memory_limit : int, optional
            As in `Corpus`.
        """
        given, bounds = _checked(ids, offsets, words)
        limit = resolve_limit(memory_limit)
        unique, given = _compact(given)
        counts = np.zeros(int(given.max()) + 1, np.int64)
        first = np.empty_like(counts)
        seen = 0
        for chunk in _split(given):
            seen = count(chunk.astype(np.int32), counts, first, seen)
        order = first[:seen][rank_order(counts[first[:seen]])]
        rank = np.full(len(counts), -1, np.int32)
        rank[order] = np.arange(seen, dtype=np.int32)
        names = order if unique is None else unique[order]
        packed = Words.pack(
            str(i) if words is None else _named(words, i) for i in names.tolist()
        )
        found = _selected(given, bounds, rank, limit)
        return cls.__new__(cls)._set(Encoded(*found, counts[order], packed), limit)

    @property
    def ids(self) -> Int32s:
        """The tokens: int32, (tokens,), read-only; ids are ranks."""
        return self._open().ids

    @property
    def offsets(self) -> Int64s:
        """Where sentences start and end: int64, (sentences + 1,), read-only."""
        return self._open().offsets

    @property
    def counts(self) -> Int64s:
        """How often each word occurs: int64, (types,), descending, read-only."""
        return self._open().counts

    def words(self, stop: int | None = None) -> list[str]:
        """Return the `stop` most frequent words, or all."""
        return self._open().words.decode(stop)

    def vocabulary(
        self, min_count: int = 5, max_final_vocab: int | None = None
    ) -> Vocabulary:
        """
        Return the words to train: those with the first ids.

        Parameters
        ----------
        min_count : int, default 5
            Leave out words that occur less often.
        max_final_vocab : int, optional
            Keep only this many of the most frequent words, at least 2.

        Raises
        ------
        ValueError
            If fewer than two words stay, or a parameter is out of range.

        Notes
        -----
        A corpus that `encode` returned has one vocabulary, whatever is asked for.
        """
        if self._fixed is not None:
            return self._fixed
        kept = cut(self.counts, min_count, max_final_vocab)
        return Vocabulary(self.words(kept), self.counts[:kept])

    def encode(self, vocabulary: Vocabulary) -> Corpus:
        """
        Return this corpus with the ids of another vocabulary.

        Parameters
        ----------
        vocabulary : Vocabulary
            In any order. Tokens that are not in it are dropped, and sentences left
            empty too.

        Returns
        -------
        Corpus
            Its vocabulary is `vocabulary`. If the first words are the same already,
            it shares the ids of this one, and ids of ``len(vocabulary)`` or more
            stand for tokens to be skipped, as they do in training.
        """
        encoded = self._open()
        size = len(vocabulary)
        words = Words.pack(vocabulary.index_to_key)
        if self.words(size) == vocabulary.index_to_key:
            ids, offsets = encoded.ids, encoded.offsets
        else:
            index = vocabulary.key_to_index
            # Ids without a word are there if this one shares those of another.
            rank = np.full(int(encoded.ids.max()) + 1, -1, np.int32)
            for number, word in enumerate(self.words(len(rank))):
                rank[number] = index.get(word, -1)
            if not (rank >= 0).any():
                raise ValueError("no token of the corpus is in the vocabulary")
            ids, offsets = _selected(encoded.ids, encoded.offsets, rank, self._limit)
        result = type(self).__new__(type(self))
        result._fixed = vocabulary
        return result._set(Encoded(ids, offsets, vocabulary.counts, words), self._limit)

    def close(self) -> None:
        """Let go of the ids, and of the temporary file if there is one."""
        self._encoded = None

    def __enter__(self) -> Corpus:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __repr__(self) -> str:
        if self._encoded is None:
            return "<Corpus: closed>"
        return (
            f"<Corpus: {len(self.ids):,} tokens in {len(self):,} sentences, "
            f"{len(self.counts):,} types>"
        )

    def _set(self, encoded: Encoded, limit: int) -> Corpus:
        for array in encoded[:3]:
            array.flags.writeable = False
        self._encoded = encoded
        self._limit = limit
        return self

    def _open(self) -> Encoded:
        if self._encoded is None:
            raise ValueError("the corpus is closed")
        return self._encoded


def _checked(
    ids: npt.ArrayLike, offsets: npt.ArrayLike | None, words: Sequence[str] | None
) -> tuple[npt.NDArray[Any], Int64s]:
    """Return ids and offsets as arrays that fit each other."""
    given = np.asarray(ids)
    if given.ndim != 1 or (given.size and given.dtype.kind not in "iu"):
        raise TypeError(
            f"ids of shape {given.shape} and type {given.dtype}: expected one "
            "dimension of integers"
        )
    if not given.size:
        raise ValueError("the corpus is empty: there are no ids")
    low, high = int(given.min()), int(given.max())
    if low < 0 or (words is not None and high >= len(words)):
        limit = "0 or more" if words is None else f"from 0 to {len(words) - 1}"
        raise ValueError(f"ids from {low} to {high}: expected ids {limit}")
    bounds = np.asarray([0, given.size] if offsets is None else offsets)
    if bounds.ndim != 1 or bounds.dtype.kind not in "iu":
        raise TypeError("offsets must be one dimension of integers")
    bounds = bounds.astype(np.int64)
    ends = bounds[[0, -1]].tolist() if len(bounds) else []
    if ends != [0, given.size] or (np.diff(bounds) < 0).any():
        raise ValueError(
            f"offsets from {ends}: expected them to rise from 0 to {given.size}, "
            "the number of ids"
        )
    return given, bounds


def _compact(
    given: npt.NDArray[Any],
) -> tuple[npt.NDArray[Any] | None, npt.NDArray[Any]]:
    """Renumber ids too large for an array of counts; also return what they were."""
    if int(given.max()) < min(max(1 << 16, 4 * given.size), _MOST_IDS):
        return None, given
    unique, compact = np.unique(given, return_inverse=True)
    return unique, compact


def _named(words: Sequence[str], number: int) -> str:
    if not isinstance(words[number], str):
        raise TypeError(f"words[{number}]={words[number]!r}: expected a str")
    return words[number]


def _split(tokens: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
    return [tokens[i : i + _CHUNK] for i in range(0, len(tokens), _CHUNK)]


def _selected(
    ids: npt.NDArray[Any], offsets: Int64s, rank: Int32s, limit: int
) -> tuple[Int32s, Int64s]:
    """Return ids and offsets with each id replaced by its rank, dropped below 0."""
    grown = Sentences(limit)
    out = np.empty(_CHUNK, np.int32)
    last = 0
    for number, chunk in enumerate(_split(ids)):
        start = number * _CHUNK
        stop = int(np.searchsorted(offsets, start + len(chunk), "right"))
        ends = offsets[last:stop] - start
        last = stop
        kept = select(chunk.astype(np.int32), rank, out[: len(chunk)], ends)
        grown.append(out[:kept].copy(), ends)
    return grown.ids.settle(), grown.offsets()
