"""Parts of an Arrow column that threads scan: buffers and bounds, nothing copied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.corpus._ids import count, translate
from w2vfast.corpus._scanner import WordTable
from w2vfast.corpus.content import NotTextError
from w2vfast.corpus.growable import Int32s, Int64s
from w2vfast.corpus.scan_space import InvalidChunkError, ScanSpace
from w2vfast.files.arrow_checks import (
    ArrowDataError,
    arrow,
    buffer_offsets,
    list_offsets,
    list_values,
)

Bytes = npt.NDArray[np.uint8]
_BYTES_PER_TOKEN = 4  # about, in text: pieces of either kind take the same time


@dataclass(frozen=True)
class Texts:
    """
    Texts to split, each a sentence.

    Attributes
    ----------
    data : uint8
    starts, stops : int64, (texts,)
        Text i is ``data[starts[i]:stops[i]]``.
    """

    data: Bytes
    starts: Int64s
    stops: Int64s

    def scan(self, table: WordTable, space: ScanSpace) -> tuple[Int32s, Int32s]:
        """Return the ids of the words, and where sentences end."""
        room = int(((self.stops - self.starts + 1) // 2).sum())
        ids, ends = space.output(room)
        known = len(table)
        n, n_ends = table.scan_texts(self.data, self.starts, self.stops, ids, ends)
        if table.find_invalid(known, strict=True) >= 0:
            raise InvalidChunkError
        return ids[:n], ends[:n_ends]

    def check(self, place: str, row: int) -> None:
        """Raise NotTextError for the first text that has a NUL character."""
        bounds = enumerate(zip(self.starts.tolist(), self.stops.tolist(), strict=True))
        row += next((i for i, (a, b) in bounds if not self.data[a:b].all()), 0)
        raise NotTextError(
            f"{place}: row {row}, counted from 0, has a NUL character, which text does "
            "not have: remove it"
        )


@dataclass(frozen=True)
class Words:
    """
    Words in lists.

    Attributes
    ----------
    data : uint8
    bounds : int64, (words + 1,)
        Word i is ``data[bounds[i]:bounds[i + 1]]``, with any white space in it.
    ends : int64, (sentences,)
        Where sentences end, in words.
    """

    data: Bytes
    bounds: Int64s
    ends: Int64s

    def scan(self, table: WordTable, space: ScanSpace) -> tuple[Int32s, Int64s]:
        """Return the ids of the words, and where sentences end."""
        n = len(self.bounds) - 1
        ids, _ = space.output(n)
        known = len(table)
        table.count_words(self.data, self.bounds[:-1], self.bounds[1:], ids)
        if table.find_invalid(known, strict=True, with_nul=True) >= 0:
            raise InvalidChunkError
        return ids[:n], self.ends

    def check(self, place: str, row: int) -> None:
        """Raise ArrowDataError for the first word that is not UTF-8."""
        bounds = self.bounds.tolist()
        for number, (start, stop) in enumerate(pairwise(bounds)):
            try:
                self.data[start:stop].tobytes().decode()
            except UnicodeDecodeError as error:
                row += int(np.searchsorted(self.ends, number, "right"))
                raise ArrowDataError(
                    f"{place}: row {row}, counted from 0, has a word that is not UTF-8 "
                    f"({error.reason}): the data are damaged, or bytes that were "
                    "declared as text"
                ) from None


@dataclass(frozen=True)
class Codes:
    """
    Codes of words in lists.

    Attributes
    ----------
    codes : int32, (words,)
        Each from 0 to the number of words in the dictionary.
    data : uint8
    bounds : int64, (words in the dictionary + 1,)
        Word i of the dictionary is ``data[bounds[i]:bounds[i + 1]]``.
    ends : int64, (sentences,)
        Where sentences end, in words.
    """

    codes: Int32s
    data: Bytes
    bounds: Int64s
    ends: Int64s

    def scan(self, table: WordTable, space: ScanSpace) -> tuple[Int32s, Int64s]:
        """Look up each code that occurs once, in the order of its first appearance."""
        codes, used = self.codes, np.arange(len(self.bounds) - 1)
        if 4 * len(codes) < len(used):  # do not count all words of a large dictionary
            used, compact = np.unique(codes, return_inverse=True)
            codes = compact.astype(np.int32)
        counts, order = np.zeros((2, len(used)), np.int64)
        order = order[: count(codes, counts, order, 0)]
        words = used[order]
        found = np.empty(len(words), np.int32)
        starts, stops = self.bounds[:-1][words], self.bounds[1:][words]
        table.count_words(self.data, starts, stops, found, counts[order])
        mapping = np.empty(len(used), np.int32)
        mapping[order] = found
        ids, _ = space.output(len(codes))
        translate(codes, mapping, ids[: len(codes)])
        return ids[: len(codes)], self.ends

    def check(self, place: str, row: int) -> None:
        """Do nothing: the dictionary was checked before."""


Piece = Texts | Words | Codes


def text_pieces(array: Any, size: int) -> Iterator[tuple[int, Texts]]:
    """Yield the first row and the texts of parts of about `size` bytes."""
    if arrow("pyarrow").types.is_dictionary(array.type):
        data, bounds = text_buffers(array.dictionary)
        codes = array.indices.to_numpy(zero_copy_only=False)
        starts, stops = bounds[:-1][codes], bounds[1:][codes]
        ends = np.concatenate([[0], np.cumsum(stops - starts)])
    else:
        data, ends = text_buffers(array)
        starts, stops = ends[:-1], ends[1:]
    for first, last in cuts(ends, size):
        yield first, Texts(data, starts[first:last], stops[first:last])


def word_pieces(array: Any, size: int) -> Iterator[tuple[int, Words | Codes]]:
    """Yield the first row and the words of parts of some sentences."""
    offsets = list_offsets(array)
    values = list_values(array, offsets)
    offsets = offsets - offsets[0]
    codes = None
    if arrow("pyarrow").types.is_dictionary(values.type):
        codes = values.indices.to_numpy(zero_copy_only=False)
        codes = codes.astype(np.int32, copy=False)
        values = values.dictionary
    data, bounds = text_buffers(values)
    for first, last in cuts(offsets, max(1, size // _BYTES_PER_TOKEN)):
        start, stop = offsets[first], offsets[last]
        ends = offsets[first + 1 : last + 1] - start
        if codes is None:
            yield first, Words(data, bounds[start : stop + 1], ends)
        else:
            yield first, Codes(codes[start:stop], data, bounds, ends)


def text_buffers(array: Any) -> tuple[Bytes, Int64s]:
    """Return the bytes of all texts, and their bounds: int64, (len(array) + 1,)."""
    pyarrow = arrow("pyarrow")
    types = pyarrow.types
    if not (types.is_string(array.type) or types.is_large_string(array.type)):
        array = array.cast(pyarrow.large_string())  # views: the only copy
    bounds = buffer_offsets(array, types.is_large_string(array.type))
    buffer = array.buffers()[2]
    if buffer is None or not buffer.size:
        return np.empty(0, np.uint8), bounds
    return np.frombuffer(buffer, np.uint8), bounds


def cuts(bounds: Int64s, size: int) -> Iterator[tuple[int, int]]:
    """
    Yield ranges of rows that span about `size` units, at least one row each.

    Examples
    --------
    >>> list(cuts(np.array([0, 3, 4, 9, 10]), 4))
    [(0, 2), (2, 3), (3, 4)]
    """
    first, n = 0, len(bounds) - 1
    while first < n:
        last = int(np.searchsorted(bounds, bounds[first] + size, "right")) - 1
        last = max(first + 1, last)
        yield first, last
        first = last
