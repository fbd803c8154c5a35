"""Text whose braces, commas or tags are hardly meant as words: a warning for each."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable

from w2vfast.files.names import quoted
from w2vfast.runtime.warning import warn_caller
from w2vfast.wording import counted

#: Names of the field with the text, most likely first.
TEXT_FIELDS = ("text", "content", "body", "sentence", "tokens", "title")
DELIMITERS = ",\t;|"
_TABLE_SUFFIXES = (".csv", ".tsv", ".tab")
_MARKUP = re.compile(
    r"<(\?xml|!doctype|!--|(html|head|body|mediawiki|doc|tei|corpus|p|div)\b"
    r"|[a-z][\w:-]*\s+[\w:-]+=\")",
    re.IGNORECASE,
)
#: A tag without attributes; "<s>", the mark of a sentence, is none.
_TAG = re.compile(r"<(?!s\b)[a-z][\w:.-]*\s*>", re.IGNORECASE)
_END_TAG = re.compile(r"</(?!s\b)[a-z][\w:.-]*\s*>", re.IGNORECASE)
_COLUMN = re.compile(r"[^\W\d][\w .-]{0,40}")
_LINES = 6  # compared to recognise a table


def describe(text: str, path: object) -> str | None:
    r"""
    Return what to say about a file that is JSON, a table, or markup; None if plain.

    Parameters
    ----------
    text : str
        The beginning of the file, in whole lines if the file has several.
    path : path-like
        For messages; a suffix such as .csv counts too.

    Examples
    --------
    >>> describe('{"id": 1, "text": "a b"}\n', "x.jsonl").split(":")[0]
    "looks like JSON Lines with the fields 'id', 'text', and braces become words"
    >>> describe("to be or not to be\n", "x.txt")
    """
    start = text.lstrip()
    if start.startswith(("{", "[")):
        return _describe_json(start, path)
    if _MARKUP.match(start) or (_TAG.match(start) and _END_TAG.search(start)):
        return (
            "looks like XML or HTML, and tags become words: extract the text first, "
            f"pandoc -f html -t plain {quoted(path)} -o corpus.txt"
        )
    columns = _table_columns(text, path)
    if columns:
        return (
            f"looks like a table with the columns {_listed(columns)}, and all columns "
            f"become words: pass field={_best_field(columns)!r} to read one column"
        )
    if "\n" not in text and len(list(filter(str.strip, text.split("\r")))) > 2:
        return (
            "ends its lines with \\r, which is only white space, so the file is one "
            f"sentence: convert it, tr '\\r' '\\n' < {quoted(path)} > corpus.txt"
        )
    return None


def warn(found: Iterable[tuple[object, str]]) -> None:
    """
    Warn of structured files, once for each kind.

    Parameters
    ----------
    found : iterable of (path, message)
        From `describe`. Files with the same kind of message are counted.
    """
    groups: dict[str, list[tuple[object, str]]] = {}
    for path, message in found:
        groups.setdefault(message.split(",", 1)[0][:20], []).append((path, message))
    for group in groups.values():
        path, message = group[0]
        others = len(group) - 1
        more = f" (and {counted(others, 'more file')})" if others else ""
        warn_caller(f"{path}{more} {message}")


def split_header(line: str, field: str | None = None) -> tuple[str, list[str]]:
    """Return the delimiter of a table's first line, and its columns.

    It is the delimiter that yields `field`, then the one that yields most columns.
    """
    found = []
    for delimiter in DELIMITERS:
        try:
            rows = list(csv.reader([line.strip("\r\n")], delimiter=delimiter))
        except csv.Error:
            continue
        columns = rows[0] if rows else []
        found.append((field in columns, len(columns), delimiter, columns))
    best = max(found, key=lambda item: item[:2], default=(False, 0, ",", []))
    return best[2], best[3]


def _describe_json(start: str, path: object) -> str | None:
    """Return what to say about JSON Lines, or about a JSON document."""
    if re.match(r"\[\s*[{\"]|\{\s*\n", start):
        return (
            "looks like a JSON document, and braces become words: write one object a "
            f"line, jq -c '.[]' {quoted(path)} > corpus.jsonl, then pass field='text'"
        )
    line, newline, _ = start.partition("\n")
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        if newline or not re.match(r'\{\s*"[^"]*"\s*:', line):
            return None
        record = dict(re.findall(r'[{,]\s*"(\w+)"\s*:\s*("?)', line))
    if not isinstance(record, dict) or not record:
        return None
    strings = [key for key, value in record.items() if isinstance(value, str | list)]
    return (
        f"looks like JSON Lines with the fields {_listed(record)}, and braces become "
        f"words: pass field={_best_field(strings or list(record))!r} to read one field"
    )


def _table_columns(text: str, path: object) -> list[str]:
    """Return the columns of CSV or TSV with a header; none for other text."""
    lines = text.split("\n", _LINES)[:_LINES]
    lines = [line for line in lines if line.strip()]
    if not lines:
        return []
    delimiter, columns = split_header(lines[0])
    named = all(map(_COLUMN.fullmatch, columns)) and len({*columns}) == len(columns)
    if len(columns) < 2 or not named:
        return []
    names = str(path).lower().split("/")[-1].split(".")
    if any("." + part in _TABLE_SUFFIXES for part in names[1:]):
        return columns
    try:
        sizes = {len(row) for row in csv.reader(lines, delimiter=delimiter)}
    except csv.Error:  # for instance a \r within a line
        return []
    spaced = any(" " in column.strip() or column[:1] == " " for column in columns)
    return columns if sizes == {len(columns)} and len(lines) > 2 and not spaced else []


def _best_field(fields: list[str]) -> str:
    likely = [name for name in TEXT_FIELDS if name in fields]
    return (likely or fields)[0]


def _listed(fields: Iterable[str]) -> str:
    names = list(fields)
    shown = ", ".join(map(repr, names[:5]))
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown
