"""Threads that scan the chunks of a corpus, each into a word table of its own."""

from __future__ import annotations

import numpy as np

from w2vfast.corpus._ids import count
from w2vfast.corpus._scanner import WordTable
from w2vfast.corpus.chunk_threads import ChunkThreads, Worker
from w2vfast.corpus.chunks import Chunk, Chunks
from w2vfast.corpus.growable import Array, GrowableIds, Int32s, Int64s
from w2vfast.runtime.memory import check_words
from w2vfast.runtime.progress import Advance

_PEAK = 1.7  # memory while words are sorted, in relation to the table of one thread


class ParallelScan(ChunkThreads):
    """
    Threads that encode the chunks of a corpus, each with a word table of its own.

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
    new_words : list of (thread, start, stop)
        For each chunk in order, the words that its thread first saw there.
    """

    def __init__(
        self,
        chunks: Chunks,
        growable: GrowableIds,
        advance: Advance,
        limit: int,
    ) -> None:
        super().__init__(chunks, advance)
        self.new_words: list[tuple[int, int, int]] = []
        self._growable = growable
        self._limit = limit
        self._sizes: dict[int, tuple[int, int]] = {}  # of tables: words, bytes
        self._waiting: dict[int, tuple[tuple[int, int, int], Int32s, Array]] = {}

    def _scan(self, worker: Worker, chunk: Chunk) -> None:
        number, table = worker.number, worker.table
        known = len(table)
        ids, ends = self._encode(worker, chunk)
        new_words = number, known, len(table)
        ids, ends = worker.pool.copy(ids), ends.copy()
        size = len(table), table.memory()
        with self._lock:
            self._sizes[number] = size  # other threads must not read the table
            self._waiting[chunk.number] = new_words, ids, ends
            self._advance(chunk.size_on_disk)
            self._append_in_order()
            self._check_memory()

    def _encode(self, worker: Worker, chunk: Chunk) -> tuple[Int32s, Int32s | Int64s]:
        """Count words in the worker's table; return their ids, and sentence ends."""
        return chunk.scan(worker.table, worker.space, self._chunks.options)

    def merge(self) -> tuple[WordTable, list[Int32s], Int64s]:
        """
        Merge all tables into the largest.

        Returns
        -------
        table : WordTable
            All words.
        mappings : list of int32 arrays
            For each thread, the ids of its words in the merged table.
        first_seen : int64, (words,)
            The words of the merged table in the order of their first appearance.
        """
        tables = [worker.table for worker in self._workers]
        self._workers.clear()
        largest = max(tables, key=len)
        mappings = [np.arange(len(table), dtype=np.int32) for table in tables]
        for mapping in mappings:
            table = tables.pop(0)
            if table is not largest:
                largest.merge(table, mapping)
        largest.finish()
        seen_counts, first_seen = np.zeros((2, len(largest)), np.int64)
        n_seen = 0
        for number, start, stop in self.new_words:
            new = mappings[number][start:stop]
            n_seen = count(new, seen_counts, first_seen, n_seen)
        return largest, mappings, first_seen

    def _check_memory(self) -> None:
        """Raise MemoryError if the words of all threads take too much memory."""
        n_words, n_bytes = map(sum, zip(*self._sizes.values(), strict=True))
        check_words(n_words, int(_PEAK * n_bytes), self._limit)

    def _append_in_order(self) -> None:
        """Append the ids of all chunks whose predecessors have been appended."""
        while (done := self._waiting.pop(len(self.new_words), None)) is not None:
            new_words, ids, ends = done
            self.new_words.append(new_words)
            self._growable.append(ids, ends)
