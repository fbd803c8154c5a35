"""One field of JSON Lines, or one column of CSV or TSV, as text."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import chain
from typing import Any

from w2vfast.corpus.content import NotTextError
from w2vfast.corpus.structure import DELIMITERS, split_header
from w2vfast.files.names import local_file, quoted
from w2vfast.wording import counted, shortened

Records = Iterator[tuple[int, Any]]


def field_texts(
    texts: Iterable[str], path: object, field: str, size: int
) -> Generator[str, None, None]:
    """
    Yield the text of one field, one line end after each record.

    Parameters
    ----------
    texts : iterable of str
        The file, in blocks of any size.
    path : path-like
        For messages.
    field : str
    size : int
        Characters of a block of the result, about.

    Raises
    ------
    NotTextError
        With the file and the line of a record that is no record, does not have the
        field, or has something other than text in it.
    """
    lines = _lines(texts)
    first = next((line for line in lines if line[1].strip()), None)
    if first is None:
        return
    start = first[1].lstrip()
    if start.startswith(("[", "<")):
        before, name = local_file(path)
        raise NotTextError(
            f"{path}: line {first[0]}: found {start[:20].strip()!r}: field={field!r} "
            f"reads JSON Lines, CSV and TSV; for a JSON document {before}write one "
            f"object a line: jq -c '.[]' {quoted(name)} > corpus.jsonl"
        )
    read: Callable[..., Records] = _json if start.startswith("{") else _table
    parts, length = [], 0
    for number, value in read(chain([first], lines), path, field):
        parts += [_as_text(value, path, number, field), "\n"]
        length += len(parts[-2]) + 1
        if length >= size:
            yield "".join(parts)
            parts, length = [], 0
    yield "".join(parts)


def _lines(texts: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield the number, from 1, and the text of each line with its line end."""
    number, rest = 0, ""
    for text in texts:
        *whole, rest = (rest + text).split("\n")
        for line in whole:
            number += 1
            yield number, line + "\n"
    if rest:
        yield number + 1, rest


def _json(lines: Iterator[tuple[int, str]], path: object, field: str) -> Records:
    """Yield the line and the value of a field of each JSON object."""
    for number, line in lines:
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", None) or str(error)
            raise NotTextError(
                f"{path}: line {number}: no JSON ({reason}): expected one object a "
                f'line, such as {{{json.dumps(field)}: "words"}}'
            ) from None
        if not isinstance(record, dict):
            raise NotTextError(
                f"{path}: line {number}: a JSON {type(record).__name__}: expected one "
                f'object a line, such as {{{json.dumps(field)}: "words"}}'
            )
        if field not in record:
            raise NotTextError(
                f"{path}: line {number}: no field {field!r}: the fields are "
                f"{', '.join(map(repr, record)) or '(none)'}"
            )
        yield number, record[field]


def _table(lines: Iterator[tuple[int, str]], path: object, field: str) -> Records:
    """Yield the line and the value of a column of each row of CSV or TSV."""
    skipped, header = next(lines)
    delimiter, columns = split_header(header, field)
    if field not in columns:
        shown = ", ".join(shortened(repr(column), 40) for column in columns[:9])
        raise NotTextError(
            f"{path}: line {skipped}: no column {field!r}: field= reads JSON Lines, or "
            f"a table with a header, separated by one of {' '.join(DELIMITERS)!r}; the "
            f"first line has {shown}"
        )
    column = columns.index(field)
    rows = csv.reader((line for _, line in lines), delimiter=delimiter, strict=True)
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            fix = "correct its quotes"
            if "field limit" in str(error):
                fix = "allow longer fields with csv.field_size_limit(10**9)"
            number = skipped + rows.line_num
            raise NotTextError(
                f"{path}: line {number}: no row of a table ({error}): {fix}"
            ) from None
        if row is None:
            return
        number = skipped + rows.line_num
        if row and len(row) != len(columns):
            raise NotTextError(
                f"{path}: line {number}: {counted(len(row), 'field')}, but the header "
                f"has {len(columns)}: put quotes around a field that has {delimiter!r}"
            )
        if row:
            yield number, row[column]


def _as_text(value: Any, path: object, number: int, field: str) -> str:
    """Return the value of a field: text, or a list of words."""
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        value = " ".join(value)
    if not isinstance(value, str):
        raise NotTextError(
            f"{path}: line {number}: the field {field!r} is "
            f"{shortened(json.dumps(value), 40)}: expected text or a list of words; "
            "remove such records"
        )
    if "\0" in value:
        raise NotTextError(
            f"{path}: line {number}: the field {field!r} has a NUL character, which "
            "text does not have: remove it"
        )
    return value
