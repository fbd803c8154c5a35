"""What threads scan: the parts of a corpus, from files or from Arrow columns."""

from __future__ import annotations

from typing import Protocol, Self

from w2vfast.corpus._scanner import WordTable
from w2vfast.corpus.growable import Int32s, Int64s
from w2vfast.corpus.scan_space import ScanSpace
from w2vfast.corpus.text_options import TextOptions
from w2vfast.runtime.threads import StopFlag


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

    def take(self, stop: StopFlag | None = None) -> Chunk | None:
        """Return the next chunk, or None after the last one."""

    def again(self) -> Self:
        """Return the same chunks, to read them once more from the first one on."""

    def check_unchanged(self) -> None:
        """Raise OSError if a file has changed since this object was made."""

    def close(self) -> None:
        """Close the file that is being read."""
