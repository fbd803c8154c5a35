"""Renumber ids: by another vocabulary, or a user's own ids by frequency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.corpus._ids import count, select
from w2vfast.corpus.encoder import Encoded
from w2vfast.corpus.growable import GrowableIds, Int32s, Int64s
from w2vfast.corpus.packed_words import PackedWords
from w2vfast.corpus.vocabulary import Vocabulary, rank_order
from w2vfast.wording import quoted

_BLOCK = 1 << 20  # tokens handled at a time
_MAX_IDS = 2**31 - 1


def count_ids(ids: Int32s, n_words: int) -> Int64s:
    """Return how often each id below `n_words` occurs: int64, (n_words,)."""
    counts = np.zeros(n_words + 1, np.int64)  # the last one: skipped tokens
    for start in range(0, len(ids), _BLOCK):
        block = np.minimum(ids[start : start + _BLOCK], n_words)
        counts += np.bincount(block, minlength=n_words + 1)
    return counts[:n_words]


def to_vocabulary(encoded: Encoded, vocabulary: Vocabulary, limit: int) -> Encoded:
    """
    Return a corpus with the ids of another vocabulary.

    If the first words are the same already, the ids are shared. Ids of
    ``len(vocabulary)`` or more then stand for tokens that training skips.

    Parameters
    ----------
    encoded : Encoded
    vocabulary : Vocabulary
        In any order. Tokens outside the vocabulary are dropped, and so are sentences
        that become empty.
    limit : int
        Bytes of ids, and of offsets, above which they go to temporary files.

    Raises
    ------
    ValueError
        If no token of the corpus is in the vocabulary.
    """
    size = len(vocabulary)
    words = PackedWords.pack(vocabulary.index_to_key)
    if encoded.words.decode(size) == vocabulary.index_to_key:
        return Encoded.read_only(encoded.ids, encoded.offsets, vocabulary.counts, words)
    index = vocabulary.key_to_index
    # A corpus that shares ids can hold ids above its words; they map to -1 too.
    new_id = np.full(int(encoded.ids.max()) + 1, -1, np.int32)
    for number, word in enumerate(encoded.words.decode(len(new_id))):
        new_id[number] = index.get(word, -1)
    if not (new_id >= 0).any():
        one, two = encoded.words.decode(1)[0], vocabulary.index_to_key[0]
        raise ValueError(
            "no token of the corpus is in the vocabulary: the most frequent word is "
            f"{quoted(one, 80)} here, and {quoted(two, 80)} there; "
            "prepare the text in the same way, such as its case and its tokens"
        )
    ids, offsets = _select(encoded.ids, encoded.offsets, new_id, limit)
    return Encoded.read_only(ids, offsets, vocabulary.counts, words)


def encode_ids(
    ids: npt.ArrayLike,
    offsets: npt.ArrayLike | None,
    words: Sequence[str] | None,
    limit: int,
) -> Encoded:
    """Return a corpus of a user's ids, renumbered by frequency; see Corpus.from_ids."""
    given, bounds = _checked(ids, offsets, words)
    original, given = _compact(given)
    counts = np.zeros(int(given.max()) + 1, np.int64)
    first_seen = np.empty_like(counts)
    n_seen = 0
    for block in _blocks(given):
        n_seen = count(block.astype(np.int32), counts, first_seen, n_seen)
    first_seen = first_seen[:n_seen]
    order = first_seen[rank_order(counts[first_seen])]
    rank = np.full(len(counts), -1, np.int32)
    rank[order] = np.arange(n_seen, dtype=np.int32)
    numbers = order if original is None else original[order]
    packed = PackedWords.pack(
        str(i) if words is None else _name(words, i) for i in numbers.tolist()
    )
    new_ids, new_offsets = _select(given, bounds, rank, limit)
    return Encoded.read_only(new_ids, new_offsets, counts[order], packed)


def encode_walks(walks: npt.NDArray[Any], limit: int) -> Encoded:
    """Return a corpus of ids, one sentence a row: integers, (sentences, tokens)."""
    offsets = np.arange(len(walks) + 1, dtype=np.int64) * walks.shape[1]
    return encode_ids(walks.reshape(-1), offsets, None, limit)


def _select(
    ids: npt.NDArray[Any], offsets: Int64s, new_id: Int32s, limit: int
) -> tuple[Int32s, Int64s]:
    """Return ids and offsets with each id replaced, and dropped where it maps to -1."""
    blocks = _blocks(ids)
    growable = GrowableIds(limit)
    out = np.empty(_BLOCK, np.int32)
    first = 0
    for number, block in enumerate(blocks):
        start = number * _BLOCK
        stop = int(np.searchsorted(offsets, start + len(block), "right"))
        ends = offsets[first:stop] - start
        first = stop
        kept = select(block.astype(np.int32), new_id, out[: len(block)], ends)
        growable.append(out[:kept].copy(), ends)
    return growable.ids.concatenate(), growable.offsets()


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
    """Renumber ids that are too large for an array of counts; also return the old."""
    if int(given.max()) < min(max(1 << 16, 4 * given.size), _MAX_IDS):
        return None, given
    unique, compact = np.unique(given, return_inverse=True)
    return unique, compact


def _name(words: Sequence[str], number: int) -> str:
    if not isinstance(words[number], str):
        raise TypeError(f"words[{number}]={words[number]!r}: expected a str")
    return words[number]


def _blocks(tokens: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
    return [tokens[i : i + _BLOCK] for i in range(0, len(tokens), _BLOCK)]
