"""Encode a shard, and number the words of all shards together."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from w2vfast.corpus import remap
from w2vfast.corpus._ids import count
from w2vfast.corpus.encoder import Encoded, encode
from w2vfast.corpus.growable import Int32s, Int64s
from w2vfast.corpus.inputs import Files
from w2vfast.corpus.reader import CHUNK_BYTES
from w2vfast.corpus.text_options import TextOptions
from w2vfast.corpus.vocabulary import Vocabulary
from w2vfast.distributed.dataset_shards import DatasetRows, encode_rows
from w2vfast.distributed.pieces import Piece, Shard, opened
from w2vfast.runtime.memory import resolve_limit
from w2vfast.training.fingerprint import Fingerprint

_BLOCK = 1 << 20  # tokens counted at a time


class ShardWords(NamedTuple):
    """
    The words of a shard, which `number_words` needs.

    Attributes
    ----------
    words : list of str
        In the order of their first appearance in the shard.
    counts : int64, (words,)
        How often each occurs in the shard.
    fingerprint : str
        24 hexadecimal digits: checksums of ids, sentences and words.
    """

    words: list[str]
    counts: Int64s
    fingerprint: str


@dataclass(frozen=True)
class EncodedShard:
    """
    The text of a shard as ids.

    Attributes
    ----------
    ids : int32, (tokens,)
        With the numbers of the shard's own words, or of a vocabulary after `numbered`.
        Ids of as many as the vocabulary's words, or more, are skipped in training.
    offsets : int64, (sentences + 1,)
        Where sentences start and end in `ids`.
    words : ShardWords
    """

    ids: Int32s
    offsets: Int64s
    words: ShardWords
    _encoded: Encoded | None = None

    def numbered(self, vocabulary: Vocabulary) -> EncodedShard:
        """
        Return the shard with the ids of a vocabulary.

        Tokens of other words are dropped. The result may have no token.
        """
        assert self._encoded is not None, "the shard is numbered already"
        if not any(word in vocabulary for word in self.words.words):
            none = np.zeros(0, np.int32), np.zeros(1, np.int64)
            return EncodedShard(*none, self.words)
        found = remap.to_vocabulary(self._encoded, vocabulary, resolve_limit(None))
        return EncodedShard(found.ids, found.offsets, self.words)


def encode_shard(
    shard: Shard, options: TextOptions | None = None, workers: int = 1
) -> EncodedShard:
    """
    Read a shard, count its words and encode its tokens.

    Parameters
    ----------
    shard : tuple of Piece or DatasetRows
        An item of the result of `divide`.
    options : TextOptions, optional
        Encoding, errors and field of the files.
    workers : int, default 1
        Number of threads. The result is the same for any number.

    Raises
    ------
    OSError, RuntimeError, ValueError
        If a file, or a block of a data set, cannot be read or is not text.
    """
    encoded = _encode(shard, options or TextOptions(), workers)
    order = _order_of_appearance(encoded.ids, len(encoded.counts))
    words = encoded.words.decode()
    named = [words[number] for number in order.tolist()]
    found = ShardWords(named, encoded.counts[order], _fingerprint(encoded, named))
    return EncodedShard(encoded.ids, encoded.offsets, found, encoded)


def _encode(shard: Shard, options: TextOptions, workers: int) -> Encoded:
    """Read the rows of a data set, or the pieces of files."""
    if shard and isinstance(shard[0], DatasetRows):
        return encode_rows(shard[0], workers)
    pieces = [piece for piece in shard if isinstance(piece, Piece)]
    with opened(pieces) as sources:
        return encode(
            Files(sources),
            workers,
            resolve_limit(None),
            False,
            CHUNK_BYTES,
            options,
        )


def number_words(
    shards: Iterable[ShardWords],
    min_count: int = 5,
    max_final_vocab: int | None = None,
) -> Vocabulary:
    """
    Return the vocabulary of a corpus, with the ids that one process gives.

    Words are ordered by count, descending. Words of equal counts are in the order of
    their first appearance in the corpus.

    Parameters
    ----------
    shards : iterable of ShardWords
        In the order of the corpus.
    min_count, max_final_vocab
        As in `Word2Vec`.

    Raises
    ------
    ValueError
        If fewer than two words remain, or a parameter is out of range.
    """
    total: dict[str, int] = {}
    for shard in shards:
        for word, n in zip(shard.words, shard.counts.tolist(), strict=True):
            total[word] = total.get(word, 0) + n
    return Vocabulary.from_frequencies(total, min_count, max_final_vocab)


def _order_of_appearance(ids: Int32s, words: int) -> Int64s:
    """Return the ids in the order of their first appearance: int64, (words,)."""
    counts, first_seen = np.zeros((2, words), np.int64)
    seen = 0
    for start in range(0, len(ids), _BLOCK):
        seen = count(ids[start : start + _BLOCK], counts, first_seen, seen)
    return first_seen[:seen]


def _fingerprint(encoded: Encoded, words: list[str]) -> str:
    text = zlib.crc32("\n".join(words).encode("utf-8", "surrogatepass"))
    return f"{Fingerprint((encoded.ids, encoded.offsets)).text}{text:08x}"
