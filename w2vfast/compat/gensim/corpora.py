"""Iterables of sentences that read files again in each pass."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from w2vfast.corpus.content import check_head
from w2vfast.files.corpus_files import remember_open_corpus
from w2vfast.files.decompression import SUFFIXES, decompressed
from w2vfast.files.missing import open_file

#: Longest sentence that the iterables yield, in words.
MAX_WORDS_IN_BATCH = 10_000
_BLOCK_BYTES = 1 << 20
_HEAD_BYTES = 4096


def read_lines(source: Any) -> Iterator[str]:
    """
    Yield the lines of a UTF-8 text.

    Parameters
    ----------
    source : path-like or open file
        A path may end in .gz, .bz2, .xz or .zst. An open file is read from its start
        if it can seek.

    Raises
    ------
    NotTextError
        If the file is an archive, a pickle or the like.
    UnicodeDecodeError
        If the text is not UTF-8.
    """
    if isinstance(source, str | os.PathLike):
        with open_file(source) as file:
            if Path(source).suffix.lower() not in SUFFIXES:
                check_head(file.peek(_HEAD_BYTES)[:_HEAD_BYTES], source)
            remember_open_corpus(file)
            blocks = decompressed(file, Path(source), _BLOCK_BYTES)
            yield from map(_as_text, _split_lines(blocks))
        return
    remember_open_corpus(source)
    if hasattr(source, "seek"):
        source.seek(0)
    yield from map(_as_text, source)


def _split_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        yield from lines
    if rest:
        yield rest


def _as_text(line: bytes | str) -> str:
    return line if isinstance(line, str) else line.decode("utf-8")


def _parts(words: list[str], length: int) -> Iterator[list[str]]:
    """Yield `words` in parts of at most `length` words."""
    for start in range(0, len(words), length):
        yield words[start : start + length]


class LineSentence:
    """
    The sentences of a text file: one line each, words separated by white space.

    Words are separated by all white space of Unicode, as ``str.split`` and gensim do.
    `Corpus` separates the words of a file by ASCII white space only.

    Parameters
    ----------
    source : path-like or open file
        UTF-8 text, possibly compressed (.gz, .bz2, .xz, .zst).
    max_sentence_length : int, default 10,000
        Longer lines are split into sentences of this many words.
    limit : int, optional
        Read only the first `limit` lines.
    """

    def __init__(
        self,
        source: Any,
        max_sentence_length: int = MAX_WORDS_IN_BATCH,
        limit: int | None = None,
    ) -> None:
        self.source = source
        self.max_sentence_length = max_sentence_length
        self.limit = limit

    def __iter__(self) -> Iterator[list[str]]:
        for line in itertools.islice(read_lines(self.source), self.limit):
            yield from _parts(line.split(), self.max_sentence_length)


class PathLineSentences:
    """
    The sentences of a file, or of all files in a folder in order of their names.

    Parameters
    ----------
    source : path-like
        A file or a folder. Files in folders below it are not read.
    max_sentence_length, limit
        As in `LineSentence`; the limit applies to each file.

    Raises
    ------
    ValueError
        If `source` is neither a file nor a folder.
    """

    def __init__(
        self,
        source: str | os.PathLike[str],
        max_sentence_length: int = MAX_WORDS_IN_BATCH,
        limit: int | None = None,
    ) -> None:
        self.source = source
        self.max_sentence_length = max_sentence_length
        self.limit = limit
        path = Path(source)
        if path.is_dir():
            files = sorted(file for file in path.iterdir() if file.is_file())
        elif path.is_file():
            files = [path]
        else:
            raise ValueError(f"{source}: expected a file or a folder, found neither")
        self.input_files: list[str] = [str(file) for file in files]

    def __iter__(self) -> Iterator[list[str]]:
        for path in self.input_files:
            yield from LineSentence(path, self.max_sentence_length, self.limit)


class Text8Corpus:
    """
    The words of a file without line ends, such as text8, in sentences of equal length.

    Parameters
    ----------
    fname : path-like or open file
        UTF-8 text, possibly compressed.
    max_sentence_length : int, default 10,000
        Words of a sentence.
    """

    def __init__(
        self, fname: Any, max_sentence_length: int = MAX_WORDS_IN_BATCH
    ) -> None:
        self.fname = fname
        self.max_sentence_length = max_sentence_length

    def __iter__(self) -> Iterator[list[str]]:
        words: list[str] = []
        for line in read_lines(self.fname):
            words += line.split()
            while len(words) >= self.max_sentence_length:
                yield words[: self.max_sentence_length]
                del words[: self.max_sentence_length]
        if words:
            yield words
