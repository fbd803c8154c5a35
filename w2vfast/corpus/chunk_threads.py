"""Threads that take the chunks of a corpus one after the other, and scan them."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod

import numpy as np

from w2vfast.corpus._scanner import WordTable
from w2vfast.corpus.chunks import Chunk, Chunks
from w2vfast.corpus.growable import ArrayPool
from w2vfast.corpus.scan_space import InvalidChunkError, ScanSpace
from w2vfast.runtime import threads
from w2vfast.runtime.progress import Advance
from w2vfast.runtime.threads import StopFlag


class Worker:
    """
    What one thread has for itself.

    Parameters
    ----------
    number : int
        Of the thread, from 0.
    size : int
        Bytes of a chunk, about.

    Attributes
    ----------
    number : int
    table : WordTable
    pool : ArrayPool of int32
    space : ScanSpace
    """

    def __init__(self, number: int, size: int) -> None:
        self.number = number
        self.table: WordTable = WordTable()
        self.pool: ArrayPool = ArrayPool(np.int32)
        self.space: ScanSpace = ScanSpace(size)


class ChunkThreads(ABC):
    """
    The state that threads share while they scan the chunks of a corpus.

    Parameters
    ----------
    chunks : Chunks
    advance : callable
        Called with the bytes on disk, or the rows, of each chunk scanned.
    """

    def __init__(self, chunks: Chunks, advance: Advance) -> None:
        self._chunks = chunks
        self._advance = advance
        self._lock = threading.Lock()
        self._workers: list[Worker] = []
        self._invalid: list[Chunk] = []

    def run(self, workers: int) -> None:
        """
        Scan all chunks with this number of threads.

        Raises
        ------
        NotTextError
            If a chunk has bytes that are not text.
        OSError
            If a file has changed in the meantime.
        """
        try:
            threads.run(workers, self.work)
        except Exception:  # of a later chunk, perhaps: the first fault counts
            self._check_invalid()
            raise
        self._chunks.check_unchanged()

    def work(self, stop: StopFlag) -> None:
        """Scan chunks in this thread until none is left.

        Raises
        ------
        InvalidChunkError
            If a chunk has bytes that are not text.
        """
        with self._lock:
            worker = Worker(len(self._workers), self._chunks.size)
            self._workers.append(worker)
        while not stop.is_set() and (chunk := self._chunks.take(stop)):
            try:
                self._scan(worker, chunk)
            except InvalidChunkError:
                self._invalid.append(chunk)
                raise

    @abstractmethod
    def _scan(self, worker: Worker, chunk: Chunk) -> None:
        """Scan one chunk; called by many threads at a time."""

    def _check_invalid(self) -> None:
        """Raise NotTextError for the first chunk that is not text, if there is one.

        Chunks are taken in order, and each one taken is scanned. So the first one
        found is the same for any number of threads.
        """
        if self._invalid:
            first = min(self._invalid, key=lambda chunk: chunk.number)
            first.check(self._chunks.options)
