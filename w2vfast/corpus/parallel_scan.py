"""Threads that scan the chunks of a corpus, each into a word table of its own."""

from __future__ import annotations

import threading

import numpy as np

from w2vfast.corpus._scanner import WordTable, count
from w2vfast.corpus.growable import ArrayPool, GrowableIds, Int32s, Int64s
from w2vfast.corpus.reader import FileChunk, FileChunks
from w2vfast.runtime.memory import check_words
from w2vfast.runtime.progress import Advance

_SPARE_BYTES = 1 << 16  # beyond a chunk, for the end of its last token
_PEAK = 2  # memory while tables are merged and sorted, in relation to the tables


class InvalidChunkError(Exception):
    """A chunk has bytes that are not text."""


class ParallelScan:
    """
    The state that threads share while they scan the chunks of a corpus.

    Parameters
    ----------
    chunks : FileChunks
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
        chunks: FileChunks,
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
        self._invalid: list[FileChunk] = []
        self._sizes: dict[int, tuple[int, int]] = {}  # of tables: words, bytes
        self._waiting: dict[int, tuple[tuple[int, int, int], Int32s, Int32s]] = {}

    def work(self, stop: threading.Event) -> None:
        """Scan chunks into a table of this thread until none is left.

        Raises
        ------
        InvalidChunkError
            If a chunk has bytes that are not text; see `check`.
        """
        options = self._chunks.options
        strict, rewrites = options.errors == "strict", options.rewrites
        buffer = np.empty(self._chunks.size + _SPARE_BYTES, np.uint8)
        output = np.empty((2, len(buffer) // 2 + 2), np.int32)  # ids, sentence ends
        number, table = self._new_table()
        pool = ArrayPool(np.int32)
        while not stop.is_set() and (chunk := self._chunks.take(stop)):
            data = chunk.read(buffer)
            if rewrites:
                data = options.with_replaced(data)
            if output.shape[1] < len(data) // 2 + 2:
                output = np.empty((2, len(data) // 2 + 2), np.int32)
            known = len(table)
            n_tokens, n_ends = table.scan(data, output[0], output[1], chunk.ends_file)
            if table.find_invalid(known, strict) >= 0:
                self._invalid.append(chunk)
                raise InvalidChunkError
            new_words = number, known, len(table)
            ids, ends = pool.copy(output[0, :n_tokens]), output[1, :n_ends].copy()
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
