"""The text of one source as blocks of UTF-8: decompressed, decoded, or one field."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path

from w2vfast.corpus.compression import check_single, corpus_suffix
from w2vfast.corpus.content import HEAD_BYTES, check_head
from w2vfast.corpus.decoding import as_utf8, decoded
from w2vfast.corpus.plausibility import check_plausible
from w2vfast.corpus.streams import (
    Source,
    is_regular,
    open_source,
    read_head,
    rejoined,
)
from w2vfast.corpus.text_options import TextOptions
from w2vfast.files.decompression import content_suffix, decompressed


class SourceText:
    """
    The text of one source as UTF-8.

    Parameters
    ----------
    source : Path or OpenFile
    options : TextOptions
    size : int
        Bytes of a block, about.
    is_stopped : callable
        Asked while a pipe has no data. If it returns True, the pipe ends.

    Attributes
    ----------
    position : int
        Bytes of the file on disk that have been read; 0 for pipes.
    """

    def __init__(
        self,
        source: Source,
        options: TextOptions,
        size: int,
        is_stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self.position: int = 0
        self._source = source
        self._options = options
        self._size = size
        self._is_stopped = is_stopped

    def blocks(self) -> Generator[bytes, None, None]:
        """Yield UTF-8, which may end within a character. Check what is no text."""
        source, options = self._source, self._options
        with open_source(source, self._is_stopped) as raw:
            is_file = is_regular(source)
            head = read_head(raw)
            suffix = _suffix(head, source)
            file = rejoined(head, raw)
            with closing(decompressed(file, source, self._size, suffix)) as blocks:
                whole = _checked(blocks, source, suffix, options)
                for block in _as_utf8(whole, source, options, self._size):
                    self.position = raw.tell() if is_file else 0
                    yield block


def examine(sources: Iterable[Source], options: TextOptions) -> None:
    """
    Check the beginning of every file before any file is read.

    Raises
    ------
    NotTextError
        If a file is not text.

    Warns
    -----
    UserWarning
        If a file is text with braces, commas or tags that would become words.
    """
    from w2vfast.corpus import structure  # imported here: csv and json take time

    found = []
    for source in filter(is_regular, sources):
        head = _content_head(source, options)
        if options.field is None:
            encoding = "utf-8" if options.is_utf8 else options.encoding
            text = head.decode(encoding, "ignore").removeprefix("\ufeff")
            note = structure.describe(text, source)
            found += [] if note is None else [(source, note)]
    structure.warn(found)


def _content_head(source: Source, options: TextOptions) -> bytes:
    """Return the first bytes of a file's content, after checking that it is text."""
    with open_source(source, lambda: True) as raw:
        head = read_head(raw)
        suffix = _suffix(head, source)
        file = rejoined(head, raw)
        with closing(decompressed(file, source, HEAD_BYTES, suffix)) as blocks:
            for block in _checked(blocks, source, suffix, options):
                return block[:HEAD_BYTES]
    return b""


def _suffix(head: bytes, source: Source) -> str:
    """Return the suffix of the compression; pipes have no name to agree with."""
    if isinstance(source, Path) and is_regular(source):
        return corpus_suffix(head, source)
    return content_suffix(head)


def _checked(
    blocks: Iterator[bytes], source: Source, suffix: str, options: TextOptions
) -> Iterator[bytes]:
    """Yield the blocks, the first at least `HEAD_BYTES` long; check that one."""
    first = b""
    for block in blocks:
        first += block
        if len(first) >= HEAD_BYTES:
            break
    head = first[:HEAD_BYTES]
    check_single(head, source, suffix)
    check_head(head, source, suffix, is_wide=options.is_wide)
    check_plausible(head, source, options)
    return chain([first] if first else [], blocks)


def _as_utf8(
    blocks: Iterable[bytes], source: Source, options: TextOptions, size: int
) -> Iterable[bytes]:
    if options.is_native:
        return blocks
    texts = decoded(blocks, source, options)
    if options.field is not None:
        from w2vfast.corpus.fields import field_texts

        texts = field_texts(texts, source, options.field, size)
    return as_utf8(texts, source, options)
