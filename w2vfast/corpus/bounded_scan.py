"""Count only frequent words: find them in a first pass, encode in a second one."""

from __future__ import annotations

import threading
import warnings
from contextlib import closing
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from w2vfast.corpus._ids import translate
from w2vfast.corpus._scanner import WordTable
from w2vfast.corpus.arrow_tables import ArrowTables
from w2vfast.corpus.chunk_threads import ChunkThreads, Worker
from w2vfast.corpus.chunks import Chunk, Chunks
from w2vfast.corpus.count_filter import CountFilter, Hashes
from w2vfast.corpus.growable import GrowableIds, Int32s, Int64s
from w2vfast.corpus.inputs import Files, Resolved
from w2vfast.corpus.parallel_scan import ParallelScan
from w2vfast.corpus.streams import is_regular
from w2vfast.runtime.progress import Advance, counting_bar

_OTHER = b"\xff "  # no text has this word, due to " ", and no list, due to "\xff"


def check_max_counted_words(max_counted_words: int | None, source: Resolved) -> None:
    """
    Raise an error unless a text can be read twice for `max_counted_words`.

    Raises
    ------
    TypeError, ValueError
        If it is not a whole number of 2 or more, or the source can be read only once.
    """
    if max_counted_words is None:
        return
    given = f"max_counted_words={max_counted_words!r}"
    if isinstance(max_counted_words, bool) or not hasattr(
        max_counted_words, "__index__"
    ):
        raise TypeError(f"{given}: expected a whole number, or None for no limit")
    if max_counted_words < 2:
        raise ValueError(f"{given}: expected 2 or more words, or None for no limit")
    if isinstance(source, Files):
        once = [str(path) for path in source.paths if not is_regular(path)]
    elif isinstance(source, ArrowTables):
        once = [table.name for table in source.tables if table.is_read_once]
    else:
        raise ValueError(
            f"{given} is for files and Arrow tables, but the corpus has tokens in "
            "memory: leave it out"
        )
    if once:
        fix = (
            "pass pyarrow.table(source), which has it in memory, or the path of a "
            "Parquet file"
        )
        if isinstance(source, Files):
            fix = "save its text in a file and give its path"
        raise ValueError(
            f"{given} reads the text twice, but {once[0]} can be read only once: {fix}"
        )


def warn_of_missing_words(min_count: int, counted_from: int) -> None:
    """Warn if a corpus lacks words that occur `min_count` times."""
    if min_count < counted_from:
        warnings.warn(
            f"min_count={min_count} has the effect of min_count={counted_from}: more "
            "than max_counted_words occur so often, so the others were not counted; "
            f"raise max_counted_words, or set min_count={counted_from}",
            stacklevel=3,
        )


class Bound(NamedTuple):
    """
    Which words to count.

    Attributes
    ----------
    max_words : int
        Number of words to keep at most.
    threshold : int
        Words that occur less often need not pass.
    count_filter : CountFilter
    """

    max_words: int
    threshold: int
    count_filter: CountFilter

    def passing(self, table: WordTable) -> npt.NDArray[np.uint8]:
        """Return 1 for each word to count, 0 for others: uint8, (words,)."""
        return self.count_filter.passing(hashes_of(table), self.threshold)

    def frequent(self, counts: Int64s, n_tokens: int) -> tuple[int, int]:
        """
        Return the smallest count to keep, and how many words have it or more.

        Parameters
        ----------
        counts : int64
            Of all words that pass, descending.
        n_tokens : int
            Of the text.

        Raises
        ------
        ValueError
            If the text has words, but none can be kept.
        """
        least = self.threshold
        if len(counts) > self.max_words:
            least = max(least, int(counts[self.max_words]) + 1)
        n_words = int(np.count_nonzero(counts >= least))
        if n_tokens and not n_words:
            raise ValueError(
                f"max_counted_words={self.max_words} keeps no word: more words than "
                "that occur as often as the most frequent one; raise max_counted_words"
            )
        return least, n_words


def find_bound(
    chunks: Chunks,
    max_words: int,
    workers: int,
    limit: int,
    progress: bool | None,
    unit: str,
) -> Bound:
    """Read a text for the first time; return which words to count in the second."""
    count_filter = CountFilter(max_words, limit)
    with closing(chunks), counting_bar(progress, chunks.total, unit) as advance:
        FirstPass(chunks, advance, count_filter).run(workers)
    return Bound(max_words, count_filter.threshold(max_words), count_filter)


class FirstPass(ChunkThreads):
    """
    Threads that add the counts of all words to a filter, chunk by chunk.

    Parameters
    ----------
    chunks, advance
        As in `ChunkThreads`.
    count_filter : CountFilter
    """

    def __init__(
        self, chunks: Chunks, advance: Advance, count_filter: CountFilter
    ) -> None:
        super().__init__(chunks, advance)
        self._filter = count_filter

    def _scan(self, worker: Worker, chunk: Chunk) -> None:
        table = worker.table
        table.clear()
        chunk.scan(table, worker.space, self._chunks.options)
        counts = np.empty(len(table), np.int64)
        table.copy_counts(counts)
        hashes = hashes_of(table)
        with self._lock:
            self._filter.add(hashes, counts)
            self._advance(chunk.size_on_disk)


class SecondPass(ParallelScan):
    """
    Threads that encode the words which pass a bound; all others have one id.

    This id is 0 in the table of each thread, where it belongs to a word that no corpus
    has. The count of that word is 0, so its rank is the last one.

    Parameters
    ----------
    chunks, growable, advance, limit
        As in `ParallelScan`.
    bound : Bound
    """

    def __init__(
        self,
        chunks: Chunks,
        growable: GrowableIds,
        advance: Advance,
        limit: int,
        bound: Bound,
    ) -> None:
        super().__init__(chunks, growable, advance, limit)
        self._bound = bound
        self._of_chunk = threading.local()

    def _encode(self, worker: Worker, chunk: Chunk) -> tuple[Int32s, Int32s | Int64s]:
        if not len(worker.table):
            _add_other(worker.table)
            self._of_chunk.table = WordTable()
        words: WordTable = self._of_chunk.table
        words.clear()
        ids, ends = chunk.scan(words, worker.space, self._chunks.options)
        mapping = np.empty(len(words), np.int32)
        worker.table.add(words, self._bound.passing(words), mapping)
        translate(ids, mapping, ids)
        return ids, ends


def _add_other(table: WordTable) -> None:
    """Add the word that stands for all words that do not pass, with a count of 0."""
    start, stop, count = np.array([[0], [len(_OTHER)], [0]], np.int64)
    table.count_words(_OTHER, start, stop, np.empty(1, np.int32), count)


def hashes_of(table: WordTable) -> Hashes:
    """Return hashes of all words, the same in every process: uint64, (words,)."""
    hashes = np.empty(len(table), np.uint64)
    table.copy_hashes(hashes)
    return hashes
