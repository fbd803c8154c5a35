"""Threads that scan the chunks of a corpus, each into a word table of its own."""

from __future__ import annotations

import threading
from typing import Protocol

import numpy as np

from w2vfast.corpus._scanner import WordTable, count
from w2vfast.corpus.growable import Array, ArrayPool, GrowableIds, Int32s, Int64s
from w2vfast.corpus.scan_space import InvalidChunkError, ScanSpace
from w2vfast.corpus.text_options import TextOptions
from w2vfast.runtime.memory import check_words
from w2vfast.runtime.progress import Advance

_PEAK = 2  # memory while tables are merged and sorted, in relation to the tables


class Chunk(Protocol):
    """A part of a corpus: `reader.FileChunk` or `arrow_chunks.ArrowChunk`."""

    @property
    def number(self) -> int:
        """Position of the chunk in the corpus, from 0."""

    @property
    def size_on_disk(self) -> int:
        """Bytes of the file, or rows, that this chunk accounts for."""

    def scan(
        self, table: WordTable, space: ScanSpace, options: TextOptions
    ) -> tuple[Int32s, Int32s | Int64s]:
        """Count the words; return their ids, and where sentences end."""

    def check(self, options: TextOptions) -> None:
        """Raise NotTextError where `scan` has raised InvalidChunkError."""


class Chunks(Protocol):
    """All chunks of a corpus. Threads take them one at a time."""

    @property
    def size(self) -> int:
        """Bytes of a chunk, about."""

    @property
    def options(self) -> TextOptions:
        """How bytes become text."""

    @property
    def total(self) -> int | None:
        """Bytes of all files, or rows of all tables; None if unknown."""

    def take(self, stop: threading.Event | None = None) -> Chunk | None:
        """Return the next chunk, or None after the last one."""

    def check_unchanged(self) -> None:
        """Raise OSError if a file has changed since this object was made."""

    def close(self) -> None:
        """Close the file that is being read."""


class ParallelScan:
    """
    The state that threads share while they scan the chunks of a corpus.

    Parameters
    ----------
    chunks : Chunks
    growable : GrowableIds
        Receives the ids of all chunks, in order. An id is a row of the table of the
        thread that scanned the chunk.
    advance : callable
        Called with the bytes on disk of each chunk scanned.
    limit : int
        Bytes that words may take; see `memory.check_words`.

    Attributes
    ----------
    tables : list of WordTable
        One for each thread.
    new_words : list of (table, start, stop)
        For each chunk in order, the words that its table first saw there.
    """

    def __init__(
        self,
        chunks: Chunks,
        growable: GrowableIds,
        advance: Advance,
        limit: int,
    ) -> None:
        self.tables: list[WordTable] = []
        self.new_words: list[tuple[int, int, int]] = []
        self._growable = growable
        self._chunks = chunks
        self._advance = advance
        self._limit = limit
        self._lock = threading.Lock()
        self._invalid: list[Chunk] = []
        self._sizes: dict[int, tuple[int, int]] = {}  # of tables: words, bytes
        self._waiting: dict[int, tuple[tuple[int, int, int], Int32s, Array]] = {}

    def work(self, stop: threading.Event) -> None:
        """Scan chunks into a table of this thread until none is left.

        Raises
        ------
        InvalidChunkError
            If a chunk has bytes that are not text; see `check`.
        """
        space = ScanSpace(self._chunks.size)
        number, table = self._new_table()
        pool = ArrayPool(np.int32)
        while not stop.is_set() and (chunk := self._chunks.take(stop)):
            known = len(table)
            try:
                ids, ends = chunk.scan(table, space, self._chunks.options)
            except InvalidChunkError:
                self._invalid.append(chunk)
                raise
            new_words = number, known, len(table)
            ids, ends = pool.copy(ids), ends.copy()
            size = len(table), table.memory()
            with self._lock:
                self._sizes[number] = size  # other threads must not read the table
                self._waiting[chunk.number] = new_words, ids, ends
                self._advance(chunk.size_on_disk)
                self._append_in_order()
                self._check_memory()

    def check(self) -> None:
        """Raise NotTextError for the first chunk that is not text, if there is one.

        Chunks are taken in order, and each one taken is scanned. So the first one
        found is the same for any number of threads.
        """
        if self._invalid:
            first = min(self._invalid, key=lambda chunk: chunk.number)
            first.check(self._chunks.options)

    def merge(self) -> tuple[WordTable, list[Int32s], Int64s]:
        """
        Merge all tables into the largest.

        Returns
        -------
        table : WordTable
            All words.
        mappings : list of int32 arrays
            For each table, the ids of its words in the merged table.
        first_seen : int64, (words,)
            The words of the merged table in the order of their first appearance.
        """
        largest = max(self.tables, key=len)
        mappings = [np.arange(len(table), dtype=np.int32) for table in self.tables]
        for table, mapping in zip(self.tables, mappings, strict=True):
            if table is not largest:
                largest.merge(table, mapping)
        self.tables.clear()
        seen_counts, first_seen = np.zeros((2, len(largest)), np.int64)
        n_seen = 0
        for number, start, stop in self.new_words:
            new = mappings[number][start:stop]
            n_seen = count(new, seen_counts, first_seen, n_seen)
        return largest, mappings, first_seen

    def _new_table(self) -> tuple[int, WordTable]:
        with self._lock:
            self.tables.append(WordTable())
            return len(self.tables) - 1, self.tables[-1]

    def _check_memory(self) -> None:
        """Raise MemoryError if the words of all threads take too much memory."""
        n_words, n_bytes = map(sum, zip(*self._sizes.values(), strict=True))
        check_words(n_words, _PEAK * n_bytes, self._limit)

    def _append_in_order(self) -> None:
        """Append the ids of all chunks whose predecessors have been appended."""
        while (done := self._waiting.pop(len(self.new_words), None)) is not None:
            new_words, ids, ends = done
            self.new_words.append(new_words)
            self._growable.append(ids, ends)
