"""Pieces of corpus files: what a shard consists of, and how a piece is read."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from w2vfast.corpus.streams import OpenFile, Source
from w2vfast.distributed.dataset_shards import DatasetRows
from w2vfast.distributed.files import check_version, open_file
from w2vfast.files.names import is_url
from w2vfast.io.url_errors import url_errors


class Piece(NamedTuple):
    """
    A file, or a range of its bytes.

    Attributes
    ----------
    url : str
        A path, or a URL that fsspec opens.
    start : int
        The first byte.
    stop : int or None
        The end of the range. None: the end of the file.
    version : str
        Changes when the file is written: size and time of a path, what the server
        gives of a URL. "": unknown.
    """

    url: str
    start: int = 0
    stop: int | None = None
    version: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether the piece is a whole file."""
        return self.start == 0 and self.stop is None

    @property
    def advice(self) -> str:
        """What to do if the piece has other text than before."""
        return "restore the files and resume from the checkpoint"

    def __str__(self) -> str:
        if self.is_whole:
            return self.url
        stop = "the end" if self.stop is None else f"{self.stop:,}"
        return f"{self.url} (bytes {self.start:,} to {stop})"


#: The pieces of one shard, in the order of the corpus.
Shard = tuple[Piece | DatasetRows, ...]


@contextmanager
def opened(pieces: Sequence[Piece]) -> Iterator[list[Source]]:
    """
    Yield the sources of pieces for the encoder: paths, and open files.

    A URL or a range is opened when it is read first, and closed when its end is
    reached or the block ends. So a shard of many URLs needs one connection at a time.
    """
    with ExitStack() as stack:
        sources: list[Source] = []
        for piece in pieces:
            if piece.is_whole and not is_url(piece.url):
                sources.append(Path(piece.url))
            else:
                reader = stack.enter_context(io.BufferedReader(_Range(piece), 1 << 20))
                sources.append(OpenFile(reader, str(piece)))
        yield sources


class _Range(io.RawIOBase):
    """Reads a piece from its start to its end."""

    def __init__(self, piece: Piece) -> None:
        self._piece = piece
        self._file: Any = None
        self._position = piece.start
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        size, stop = len(buffer), self._piece.stop
        if stop is not None:
            size = min(size, stop - self._position)
        if size <= 0 or self._ended:
            return 0
        data = self._read(size)
        if not data:
            self._ended = True
            self._check_end()
            self._close_file()
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def close(self) -> None:
        self._close_file()
        super().close()

    def _read(self, size: int) -> bytes:
        """Read on; open the file first, if it is not open."""
        if self._file is None:
            self._check_version()
            self._file = open_file(self._piece.url)
            if self._position:
                self._file.seek(self._position)
        if not is_url(self._piece.url):
            return bytes(self._file.read(size))
        try:
            with url_errors(self._piece.url):
                return bytes(self._file.read(size))
        except OSError:
            self._check_version()  # a change is what the message should name
            raise

    def _check_version(self) -> None:
        """
        Raise OSError if a URL has another version than when it was divided.

        Times of paths are not compared: each machine may have a copy.
        """
        url = self._piece.url
        if is_url(url) and not url.startswith(("file://", "local://")):
            check_version(self._piece.url, self._piece.version)

    def _close_file(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _check_end(self) -> None:
        """Raise OSError if the file ends before the piece does."""
        if self._piece.stop is not None:
            raise OSError(
                f"{self._piece} ends at byte {self._position:,}: the file became "
                "shorter after it was divided; start again with the whole corpus"
            )
