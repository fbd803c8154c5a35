"""Read a source of any kind, and count and encode its tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from w2vfast.corpus import remap
from w2vfast.corpus.arrow_tables import ArrowTables
from w2vfast.corpus.bounded_scan import check_max_counted_words
from w2vfast.corpus.encoder import Encoded, encode
from w2vfast.corpus.inputs import Files, Resolved, Walks, resolve
from w2vfast.corpus.pandas_columns import is_frame, pandas_column
from w2vfast.corpus.text_options import TextOptions


def read(
    source: Any,
    workers: int,
    limit: int,
    progress: bool | None,
    chunk_bytes: int,
    options: TextOptions,
    *,
    accept_ids: bool,
    max_counted_words: int | None = None,
) -> Encoded:
    """
    Count and encode the tokens of a source.

    Parameters
    ----------
    source
        As in `Corpus`.
    workers, limit, progress, chunk_bytes, options, accept_ids, max_counted_words
        As in `encoder.encode`.
    """
    if is_frame(source):
        source = pandas_column(source, options.field)
        options = replace(options, field=None)
    text = resolve(source, options.field)
    _check_options(options, text, type(source).__name__)
    check_max_counted_words(max_counted_words, text)
    if isinstance(text, Walks):
        return remap.encode_walks(text.ids, limit)
    if isinstance(text, ArrowTables):
        from w2vfast.corpus.arrow_encoder import encode_tables

        return encode_tables(
            text,
            workers,
            limit,
            progress,
            chunk_bytes,
            accept_ids=accept_ids,
            max_counted_words=max_counted_words,
        )
    return encode(
        text,
        workers,
        limit,
        progress,
        chunk_bytes,
        options,
        accept_ids=accept_ids,
        max_counted_words=max_counted_words,
    )


def _check_options(options: TextOptions, text: Resolved, kind: str) -> None:
    """Raise ValueError for options that the source does not have."""
    if options.is_default or isinstance(text, Files):
        return
    if not isinstance(text, ArrowTables):
        raise ValueError(
            "encoding, errors and field are for files, but the corpus has its text in "
            f"memory ({kind}): leave them out"
        )
    if not TextOptions(options.encoding, options.errors).is_default:
        raise ValueError(
            f"{text.tables[0].name}: encoding and errors are for text files, but text "
            "in Arrow and Parquet is always UTF-8: leave them out"
        )
    if text.tables[0].schema is None:
        raise ValueError(
            f"field={options.field!r} names a column of a table, but the corpus is one "
            f"column ({kind}): leave it out"
        )
