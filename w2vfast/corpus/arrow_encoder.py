"""Count and encode the columns of Arrow tables."""

from __future__ import annotations

from contextlib import closing
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.corpus.arrow_chunks import ArrowChunks
from w2vfast.corpus.arrow_tables import ArrowTables
from w2vfast.corpus.encoder import Encoded, encode_chunks
from w2vfast.corpus.growable import GrowableArray
from w2vfast.corpus.remap import encode_ids
from w2vfast.files.arrow_checks import ArrowDataError
from w2vfast.runtime.progress import Advance, counting_bar


def encode_tables(
    tables: ArrowTables,
    workers: int,
    limit: int,
    progress: bool | None,
    chunk_bytes: int,
    *,
    accept_ids: bool,
    max_counted_words: int | None = None,
) -> Encoded:
    """
    Count and encode the tokens of one column of each table.

    Parameters
    ----------
    tables : ArrowTables
    workers, limit, progress, chunk_bytes, accept_ids, max_counted_words
        As in `encoder.encode`.

    Raises
    ------
    ValueError
        If `max_counted_words` is given for ids, or the tables are empty.
    """
    chunks = ArrowChunks(tables, chunk_bytes, accept_ids)
    if not chunks.are_ids:
        return encode_chunks(
            chunks, workers, limit, progress, tables.unit, max_counted_words
        )
    with (
        closing(chunks),
        counting_bar(progress, chunks.total, tables.unit) as advance,
    ):
        if max_counted_words is not None:
            raise ValueError(
                f"max_counted_words={max_counted_words} is for words, but the column "
                "has ids: leave it out"
            )
        ids, offsets = _read_ids(chunks, limit, advance)
        chunks.check_unchanged()
    if not len(ids):
        raise ValueError("the corpus is empty: there are no ids in its column")
    return encode_ids(ids, offsets, None, limit)


def _read_ids(
    chunks: ArrowChunks, limit: int, advance: Advance
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return all ids, and where sentences start and end in them."""
    parts = chunks.ids()
    first = next(parts)
    dtype = _dtype(first[0].dtype)
    with (
        closing(GrowableArray(dtype, limit)) as all_ids,
        closing(GrowableArray(np.int64, limit)) as offsets,
    ):
        offsets.extend(np.zeros(1, np.int64))
        for ids, ends, units in chain([first], parts):
            if len(ids) and int(ids.max()) > np.iinfo(dtype).max:
                raise ArrowDataError(
                    f"the id {ids.max()} does not fit {dtype}, the type of the first "
                    "table: give all tables the same type of ids"
                )
            offsets.extend(ends + all_ids.size)
            all_ids.extend(ids)
            advance(units)
        return all_ids.concatenate(), offsets.concatenate()


def _dtype(given: npt.DTypeLike) -> np.dtype[Any]:
    """Return the type to keep ids in: the smallest of three that has all of them."""
    kept = (np.int32, np.int64, np.uint64)
    return np.dtype(next(kind for kind in kept if np.can_cast(given, kind)))
