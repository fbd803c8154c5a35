"""Threads that take the chunks of a corpus one after the other, and read them."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt

from w2vfast.corpus._scanner import WordTable
from w2vfast.corpus.growable import ArrayPool, Int32s
from w2vfast.corpus.reader import FileChunk, FileChunks
from w2vfast.runtime import threads
from w2vfast.runtime.progress import Advance

_SPARE_BYTES = 1 << 16  # beyond a chunk, for the end of its last token


class InvalidChunkError(Exception):
    """A chunk has bytes that are not text."""


class Worker:
    """
    What one thread has for itself.

    Attributes
    ----------
    number : int
        Of the thread, from 0.
    table : WordTable
    pool : ArrayPool of int32
    output : int32, (2, n)
        Room for the ids of a chunk, and for its sentence ends.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.table = WordTable()
        self.pool = ArrayPool(np.int32)
        self.output: Int32s = np.empty((2, 0), np.int32)

    def make_room(self, n_bytes: int) -> None:
        """Make `output` large enough for the tokens of `n_bytes` bytes."""
        if self.output.shape[1] < n_bytes // 2 + 2:
            self.output = np.empty((2, n_bytes // 2 + 2), np.int32)


class ChunkThreads(ABC):
    """
    The state that threads share while they scan the chunks of a corpus.

    Parameters
    ----------
    chunks : FileChunks
    advance : callable
        Called with the bytes on disk of each chunk scanned.
    """

    def __init__(self, chunks: FileChunks, advance: Advance) -> None:
        self._chunks = chunks
        self._advance = advance
        self._lock = threading.Lock()
        self._workers: list[Worker] = []
        self._invalid: list[FileChunk] = []

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
        except InvalidChunkError:
            self._check_invalid()
            raise
        self._chunks.check_unchanged()

    def work(self, stop: threading.Event) -> None:
        """Scan chunks in this thread until none is left.

        Raises
        ------
        InvalidChunkError
            If a chunk has bytes that are not text.
        """
        options = self._chunks.options
        buffer = np.empty(self._chunks.size + _SPARE_BYTES, np.uint8)
        with self._lock:
            worker = Worker(len(self._workers))
            self._workers.append(worker)
        worker.make_room(len(buffer))
        while not stop.is_set() and (chunk := self._chunks.take(stop)):
            data = chunk.read(buffer)
            if options.rewrites:
                data = options.with_replaced(data)
            worker.make_room(len(data))
            self._scan(worker, chunk, data)

    @abstractmethod
    def _scan(
        self, worker: Worker, chunk: FileChunk, data: npt.NDArray[np.uint8]
    ) -> None:
        """Scan one chunk; called by many threads at a time."""

    def _check_text(self, worker: Worker, chunk: FileChunk, known: int) -> None:
        """Raise InvalidChunkError unless all words from number `known` on are text."""
        strict = self._chunks.options.errors == "strict"
        if worker.table.find_invalid(known, strict) >= 0:
            self._invalid.append(chunk)
            raise InvalidChunkError

    def _check_invalid(self) -> None:
        """Raise NotTextError for the first chunk that is not text, if there is one.

        Chunks are taken in order, and each one taken is scanned. So the first one
        found is the same for any number of threads.
        """
        if self._invalid:
            first = min(self._invalid, key=lambda chunk: chunk.number)
            first.check(self._chunks.options)
