"""Tokens -> ids: every token once, the most frequent word first."""

from __future__ import annotations

import sys
import threading
from array import array
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sized
from contextlib import closing, contextmanager, suppress
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from w2vfast.corpus._scanner import Table, count, translate
from w2vfast.corpus.growable import Copies, Growing
from w2vfast.corpus.inputs import sentences
from w2vfast.corpus.reader import Pieces
from w2vfast.corpus.vocabulary import Words, rank_order
from w2vfast.runtime import threads

Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]
Advance = Callable[[int], object]
Tasks = deque[Callable[[], object]]

_CHUNK = 1 << 20  # tokens, or words, handled at a time
_SPARE = 1 << 16  # bytes beside a piece, for the end of its last token


class Encoded(NamedTuple):
    """What is known of a corpus: see `Corpus` for the first three."""

    ids: Int32s
    offsets: Int64s
    counts: Int64s
    words: Words


class Sentences:
    """
    Ids and sentence offsets that grow together; empty sentences are left out.

    Parameters
    ----------
    limit : int
        Bytes above which the ids, and the offsets, go to a temporary file.
    """

    def __init__(self, limit: int) -> None:
        self.ids = Growing(np.int32, limit)
        self._offsets = Growing(np.int64, limit)
        self._offsets.append(np.zeros(1, np.int64))
        self._last = 0

    def append(self, ids: npt.NDArray[Any], ends: npt.NDArray[Any]) -> None:
        """Add ids, and the numbers of them after which a sentence ends."""
        if len(ends):
            found = ends.astype(np.int64) + self.ids.size
            found = found[np.diff(found, prepend=self._last) > 0]
            self._offsets.append(found)
            self._last = int(found[-1]) if len(found) else self._last
        self.ids.append(ids)

    def translate(self, mappings: Iterable[Int32s], tasks: Tasks) -> Int32s:
        """
        Return the array of ids, and add to `tasks` what will fill it.

        `mappings` gives for each part appended the new ids of its ids. Tasks own
        the parts, so that memory is freed as they are done.
        """
        whole, parts = self.ids.finish()
        start = 0
        for part, mapping in zip(parts, mappings, strict=False):
            stop = start + len(part)
            tasks.append(partial(translate, part, mapping, whole[start:stop]))
            start = stop
        return whole

    def offsets(self) -> Int64s:
        """Return where sentences start and end: int64, (sentences + 1,)."""
        return self._offsets.settle()

    def close(self) -> None:
        """Release the memory and the temporary files."""
        self.ids.close()
        self._offsets.close()


class Scan:
    """
    What threads share while they scan the pieces of a corpus.

    Attributes
    ----------
    tables : list of Table
        One for each thread.
    spans : list of (table, start, stop)
        For each piece in order, the words that its table first saw there.
    """

    def __init__(self, pieces: Pieces, grown: Sentences, advance: Advance) -> None:
        self.tables: list[Table] = []
        self.spans: list[tuple[int, int, int]] = []
        self._grown = grown
        self._pieces = pieces
        self._advance = advance
        self._lock = threading.Lock()
        self._waiting: dict[int, tuple[tuple[int, int, int], Int32s, Int32s]] = {}

    def work(self, stop: threading.Event) -> None:
        """Scan pieces into a table of this thread until there are none left."""
        buffer = np.empty(self._pieces.size + _SPARE, np.uint8)
        room = np.empty((2, len(buffer) // 2 + 2), np.int32)
        number, table = self._new_table()
        copies = Copies(np.int32)
        while not stop.is_set() and (piece := self._pieces.take()) is not None:
            data = piece.read(buffer)
            if room.shape[1] < len(data) // 2 + 2:
                room = np.empty((2, len(data) // 2 + 2), np.int32)
            known = len(table)
            tokens, ended = table.scan(data, room[0], room[1], piece.closed)
            span = number, known, len(table)
            done = span, copies.copy(room[0, :tokens]), room[1, :ended].copy()
            with self._lock:
                self._waiting[piece.number] = done
                self._advance(piece.cost)
                self._put()

    def merge(self) -> tuple[Table, list[Int32s], Int64s]:
        """
        Add all tables to the largest.

        Returns
        -------
        table : Table
            All words.
        mappings : list of int32 arrays
            For each table, what its words are in `table`.
        first : int64, (words,)
            The words of `table` in the order of their first appearance.
        """
        largest = max(self.tables, key=len)
        mappings = [np.arange(len(table), dtype=np.int32) for table in self.tables]
        for table, mapping in zip(self.tables, mappings, strict=True):
            if table is not largest:
                largest.absorb(table, mapping)
        self.tables.clear()
        met, first = np.zeros((2, len(largest)), np.int64)
        seen = 0
        for number, start, stop in self.spans:
            seen = count(mappings[number][start:stop], met, first, seen)
        return largest, mappings, first

    def _new_table(self) -> tuple[int, Table]:
        with self._lock:
            self.tables.append(Table())
            return len(self.tables) - 1, self.tables[-1]

    def _put(self) -> None:
        """Move pieces on whose turn has come."""
        while (done := self._waiting.pop(len(self.spans), None)) is not None:
            span, ids, ends = done
            self.spans.append(span)
            self._grown.append(ids, ends)


def encode_files(
    paths: list[Path], workers: int, limit: int, progress: bool | None, size: int
) -> Encoded:
    """
    Count and encode the tokens of files, ordered by count, then first appearance.

    Parameters
    ----------
    paths : list of pathlib.Path
    workers : int
        Number of threads; the result is the same for any.
    limit : int
        Bytes of ids, and of offsets, above which they go to temporary files.
    progress : bool or None
        Whether to show a bar; None: if standard error is a terminal.
    size : int
        Bytes that a thread scans at a time.
    """
    with (
        closing(Pieces(paths, size)) as pieces,
        _bar(progress, pieces.total, "B") as advance,
        closing(Sentences(limit)) as grown,
    ):
        scan = Scan(pieces, grown, advance)
        threads.run(workers, scan.work)
        table, mappings, first = scan.merge()
        counts, lengths = np.empty((2, len(table)), np.int64)
        table.measure(counts, lengths)
        order = first[rank_order(counts[first])]
        rank = inverse(order)
        bounds = np.concatenate([[0], np.cumsum(lengths[order])])
        text = np.empty(bounds[-1], np.uint8)
        tasks: Tasks = deque(
            partial(table.spell, order[i : i + _CHUNK], bounds[i:], text)
            for i in range(0, len(order), _CHUNK)
        )
        mappings = [rank[mapping] for mapping in mappings]
        ids = grown.translate([mappings[number] for number, *_ in scan.spans], tasks)
        _run_all(workers, tasks)
        words = Words(text, bounds, "surrogateescape")
        return Encoded(ids, grown.offsets(), counts[order], words)


class _Numbers(dict[str, int]):
    """Numbers words from 0 as they are looked up first."""

    def __missing__(self, word: str) -> int:
        if not isinstance(word, str):
            raise TypeError(f"the token {word!r} is a {type(word).__name__}, not a str")
        self[word] = number = len(self)
        return number


def encode_sentences(
    source: Iterable[Any], workers: int, limit: int, progress: bool | None
) -> Encoded:
    """Count and encode token lists; otherwise as `encode_files`."""
    numbers = _Numbers()
    counts = np.empty(0, np.int64)
    total = len(source) if isinstance(source, Sized) else None
    with (
        _bar(progress, total, "sentences") as advance,
        closing(Sentences(limit)) as grown,
    ):
        for ids, ends in _chunks(source, numbers):
            counts = _sum(np.bincount(ids, minlength=len(numbers)), counts)
            grown.append(ids, ends)
            advance(len(ends))
        order = rank_order(counts)
        tasks: Tasks = deque()
        encoded = grown.translate(repeat(inverse(order)), tasks)
        _run_all(workers, tasks)
        found = list(numbers)
        words = Words.pack(found[i] for i in order.tolist())
        return Encoded(encoded, grown.offsets(), counts[order], words)


def _chunks(
    source: Iterable[Any], numbers: _Numbers
) -> Iterator[tuple[Int32s, Int64s]]:
    """Yield ids, and where sentences end in them, about _CHUNK tokens at a time."""
    ids, ends = array("i"), array("q")
    for number, sentence in enumerate(sentences(source)):
        try:
            ids.extend(map(numbers.__getitem__, sentence))
        except TypeError as error:
            raise TypeError(
                f"sentence {number}: {error}; expected a list of words (str)"
            ) from error
        ends.append(len(ids))
        if len(ids) >= _CHUNK:
            yield np.array(ids, np.int32), np.array(ends, np.int64)
            del ids[:], ends[:]
    yield np.array(ids, np.int32), np.array(ends, np.int64)


def inverse(order: Int64s) -> Int32s:
    """Return the rank of each item of `order`."""
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank


def _sum(more: Int64s, counts: Int64s) -> Int64s:
    more[: len(counts)] += counts
    return more


def _run_all(workers: int, tasks: Tasks) -> None:
    def work(stop: threading.Event) -> None:
        with suppress(IndexError):
            while not stop.is_set():
                tasks.popleft()()

    threads.run(workers, work)


@contextmanager
def _bar(
    progress: bool | None, total: int | None, unit: str
) -> Generator[Advance, None, None]:
    """Give a function that moves a progress bar on, if there is to be one."""
    if progress is None:
        progress = sys.stderr is not None and sys.stderr.isatty()
    if not progress:
        yield lambda count: None
        return
    from tqdm import tqdm

    with tqdm(total=total, unit=unit, unit_scale=True, desc="scan") as bar:
        yield bar.update
