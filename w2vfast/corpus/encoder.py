"""Encode tokens as ids. The most frequent word has id 0."""

from __future__ import annotations

import sys
from array import array
from collections import deque
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial
from itertools import repeat
from typing import NamedTuple

import numpy as np

from w2vfast.corpus._scanner import WordTable
from w2vfast.corpus.bounded_scan import Bound, SecondPass, find_bound
from w2vfast.corpus.chunks import Chunks
from w2vfast.corpus.growable import GrowableIds, Int32s, Int64s, Tasks
from w2vfast.corpus.inputs import Files
from w2vfast.corpus.packed_words import PackedWords
from w2vfast.corpus.parallel_scan import ParallelScan
from w2vfast.corpus.reader import FileChunks
from w2vfast.corpus.text_blocks import examine
from w2vfast.corpus.text_options import TextOptions
from w2vfast.corpus.token_lists import TokenIds, TokenLists
from w2vfast.corpus.vocabulary import rank_order
from w2vfast.runtime import threads
from w2vfast.runtime.memory import check_words
from w2vfast.runtime.progress import counting_bar
from w2vfast.runtime.threads import StopFlag

_BLOCK = 1 << 20  # tokens, or words, handled at a time
_BYTES_PER_WORD = 200  # a str, its number, and the arrays that sort it


class Encoded(NamedTuple):
    """
    The content of a corpus. Ids are ranks by count, then by first appearance.

    Attributes
    ----------
    ids : int32, (tokens,)
    offsets : int64, (sentences + 1,)
        Where sentences start and end in `ids`.
    counts : int64, (words,)
        How often each word occurs.
    words : PackedWords
    counted_from : int
        The smallest count of a word that is certain to be in `words`. Tokens of other
        words have the id ``len(words)``.
    """

    ids: Int32s
    offsets: Int64s
    counts: Int64s
    words: PackedWords
    counted_from: int = 1

    @classmethod
    def read_only(
        cls,
        ids: Int32s,
        offsets: Int64s,
        counts: Int64s,
        words: PackedWords,
        counted_from: int = 1,
    ) -> Encoded:
        """Make all arrays read-only."""
        for data in (ids, offsets, counts):
            data.flags.writeable = False
        return cls(ids, offsets, counts, words, counted_from)


def encode(
    source: Files | TokenLists,
    workers: int,
    limit: int,
    progress: bool | None,
    chunk_bytes: int,
    options: TextOptions,
    *,
    accept_ids: bool = True,
    max_counted_words: int | None = None,
) -> Encoded:
    """
    Count and encode the tokens of a corpus.

    Parameters
    ----------
    source : Files or TokenLists
    workers : int
        Number of threads. The result is the same for any number.
    limit : int
        Bytes of ids, and of offsets, above which they go to temporary files.
    progress : bool or None
        Whether to show a bar. None: only if standard error is a terminal.
    chunk_bytes : int
        Bytes of a file that a thread scans at a time.
    options : TextOptions
        How the bytes of files become text.
    accept_ids : bool, default True
        Whether the tokens of token lists may be integers.
    max_counted_words : int, optional
        Number of words to count at most; see `Corpus`.
    """
    if isinstance(source, Files):
        examine(source.paths, options)
        chunks = FileChunks(source.paths, chunk_bytes, options)
        return encode_chunks(
            chunks, workers, limit, progress, max_counted_words=max_counted_words
        )
    return _encode_token_lists(source, workers, limit, progress, accept_ids)


def encode_chunks(
    chunks: Chunks,
    workers: int,
    limit: int,
    progress: bool | None,
    unit: str = "B",
    max_counted_words: int | None = None,
) -> Encoded:
    """
    Count and encode the words of chunks, on threads.

    Parameters
    ----------
    chunks : Chunks
        Closed at the end.
    unit : str, default "B"
        Name of what the progress bar counts.
    max_counted_words : int, optional
        Read the chunks twice to count this many words at most.
    """
    if max_counted_words is None:
        return _encode_all(chunks, workers, limit, progress, unit)
    bound = find_bound(chunks, max_counted_words, workers, limit, progress, unit)
    try:
        return _encode_all(chunks.again(), workers, limit, progress, unit, bound)
    finally:
        chunks.check_unchanged()


def _encode_all(
    chunks: Chunks,
    workers: int,
    limit: int,
    progress: bool | None,
    unit: str,
    bound: Bound | None = None,
) -> Encoded:
    """Encode all words, or those that pass a bound."""
    errors = "surrogateescape" if chunks.options.errors != "strict" else "strict"
    with (
        closing(chunks),
        counting_bar(progress, chunks.total, unit) as advance,
        closing(GrowableIds(limit)) as growable,
    ):
        scan = ParallelScan(chunks, growable, advance, limit)
        if bound is not None:
            scan = SecondPass(chunks, growable, advance, limit, bound)
        scan.run(workers)
        table, mappings, first_seen = scan.merge()
        order, counts = _ranked(table, first_seen)
        del first_seen
        rank = inverse(order)
        counted_from = 1
        if bound is not None:
            counted_from, n_words = bound.frequent(counts, growable.ids.size)
            order, counts = order[:n_words], counts[:n_words]
            np.minimum(rank, n_words, out=rank)
        words, tasks = _pack_words(table, order, errors)
        mappings = [rank[mapping] for mapping in mappings]
        del table, order, rank
        by_part = [mappings[number] for number, *_ in scan.new_words]
        ids = growable.translate(by_part, tasks)
        _run_all(workers, tasks)
        offsets = growable.offsets()
        return Encoded.read_only(ids, offsets, counts, words, counted_from)


def _ranked(table: WordTable, first_seen: Int64s) -> tuple[Int64s, Int64s]:
    """
    Return the words of `table` by count, then by first appearance, and their counts.

    There may be many millions, so each array is dropped as soon as possible.
    """
    counts = np.empty(len(table), np.int64)
    table.copy_counts(counts)
    counts = counts[first_seen]
    order = rank_order(counts)
    counts = counts[order]
    return first_seen[order], counts


def _pack_words(
    table: WordTable, order: Int64s, errors: str
) -> tuple[PackedWords, Tasks]:
    """Return the words of `table` in this order, and the tasks that copy their text."""
    offsets = np.zeros(len(order) + 1, np.int64)
    table.copy_lengths(order, offsets[1:])
    np.cumsum(offsets, out=offsets)
    text = np.empty(offsets[-1], np.uint8)
    tasks: Tasks = deque(
        partial(table.copy_text, order[i : i + _BLOCK], offsets[i:], text)
        for i in range(0, len(order), _BLOCK)
    )
    return PackedWords(text, offsets, errors), tasks


def _encode_token_lists(
    source: TokenLists,
    workers: int,
    limit: int,
    progress: bool | None,
    accept_ids: bool,
) -> Encoded:
    token_ids = TokenIds(accept_ids)
    counts = np.empty(0, np.int64)
    with (
        counting_bar(progress, source.total, "sentences") as advance,
        closing(GrowableIds(limit)) as growable,
    ):
        for ids, ends in _id_blocks(source, token_ids):
            block_counts = np.bincount(ids, minlength=len(token_ids))
            block_counts[: len(counts)] += counts
            counts = block_counts
            growable.append(ids, ends)
            advance(len(ends))
            n_bytes = sys.getsizeof(token_ids) + len(token_ids) * _BYTES_PER_WORD
            check_words(len(token_ids), n_bytes, limit)
        order = rank_order(counts)
        tasks: Tasks = deque()
        encoded = growable.translate(repeat(inverse(order)), tasks)
        _run_all(workers, tasks)
        words = PackedWords.pack(token_ids.words(order.tolist()))
        return Encoded.read_only(encoded, growable.offsets(), counts[order], words)


def _id_blocks(
    source: TokenLists, token_ids: TokenIds
) -> Iterator[tuple[Int32s, Int64s]]:
    """Yield ids, and where sentences end in them, about _BLOCK tokens at a time."""
    ids, ends = array("i"), array("q")
    for number, sentence in enumerate(source):
        token_ids.append(ids, number, sentence)
        ends.append(len(ids))
        if len(ids) >= _BLOCK:
            yield np.array(ids, np.int32), np.array(ends, np.int64)
            del ids[:], ends[:]
    yield np.array(ids, np.int32), np.array(ends, np.int64)


def inverse(order: Int64s) -> Int32s:
    """Return the rank of each item of `order`: ``rank[order[i]] = i``."""
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank


def _run_all(workers: int, tasks: Tasks) -> None:
    """Run all tasks on threads; each task is freed once it has run."""

    def work(stop: StopFlag) -> None:
        with suppress(IndexError):
            while not stop.is_set():
                tasks.popleft()()

    threads.run(workers, work)
