"""The column of a table that has the text, and what its type means."""

from __future__ import annotations

from typing import Any

from w2vfast.corpus.token_lists import short
from w2vfast.files.arrow_checks import arrow, is_list, is_text
from w2vfast.wording import shortened

_EXPECTED = (
    "expected text (string: one sentence a row), lists of words (list<string>) or "
    "lists of ids (list<int64>)"
)


def meaning(kind: Any) -> str | None:
    """
    Return what the rows of a type are: "text", "words" or "ids"; None: no sentences.

    Words may be in a dictionary, and so may text.
    """
    types = arrow("pyarrow").types
    if types.is_dictionary(kind):
        return "text" if is_text(kind.value_type) else None
    if is_text(kind):
        return "text"
    if not is_list(kind):
        return None
    value = kind.value_type
    if types.is_dictionary(value):
        value = value.value_type
        return "words" if is_text(value) else None
    if is_text(value):
        return "words"
    return "ids" if types.is_integer(value) else None


def choose_column(schema: Any, field: str | None, name: str) -> int:
    """
    Return the position of the column to read.

    Parameters
    ----------
    schema : pyarrow.Schema
    field : str or None
        Name of the column. None: the only column of text or words, or else of ids.
    name : str
        Name of the source, for messages.

    Raises
    ------
    ValueError
        If there is no such column, or several, or none has sentences.
    """
    if field is not None:
        found = [i for i, column in enumerate(schema.names) if column == field]
        if len(found) == 1:
            return found[0]
        problem = f"{len(found)} columns {field!r}" if found else f"no column {field!r}"
        raise ValueError(f"{name}: {problem}: the columns are {_listed(schema)}")
    if _has_vectors(schema):
        raise ValueError(
            f"{name}: word vectors, not text: KeyedVectors.load reads them; "
            "field='word' reads their words as text"
        )
    kinds = [meaning(column.type) for column in schema]
    for wanted in (("text", "words"), ("ids",)):
        found = [i for i, kind in enumerate(kinds) if kind in wanted]
        if len(found) == 1:
            return found[0]
        if found:
            best = schema.names[found[0]]
            raise ValueError(
                f"{name}: {len(found)} columns have sentences: name one of them, such "
                f"as field={best!r}: the columns are {_listed(schema)}"
            )
    raise ValueError(
        f"{name}: no column has sentences: {_EXPECTED}; the columns are "
        f"{_listed(schema)}"
    )


def _has_vectors(schema: Any) -> bool:
    """Return whether a table is one that `KeyedVectors.save` writes."""
    if not {"word", "vector"} <= set(schema.names):
        return False
    kind = schema.types[schema.names.index("vector")]
    return is_list(kind) and bool(arrow("pyarrow").types.is_floating(kind.value_type))


def check_type(kind: Any, place: str) -> str:
    """Return the `meaning` of a type; raise TypeError if it has none."""
    found = meaning(kind)
    if found is not None:
        return found
    types = arrow("pyarrow").types
    value = kind.value_type if is_list(kind) else kind
    fix = "cast it first"
    if types.is_binary(value) or types.is_large_binary(value):
        fix = "if its bytes are UTF-8, cast it: column.cast('string')"
    elif types.is_integer(kind):
        fix = "if its ids are one sentence, pass [ids]"
    elif types.is_floating(value) and is_list(kind):
        fix = "if its numbers are ids, cast them to int64"
    elif types.is_struct(kind):
        fix = "take a field of it: column.field('text')"
    raise TypeError(
        f"{place} has the type {shortened(str(kind), 80)}: {_EXPECTED}: {fix}"
    )


def _listed(schema: Any) -> str:
    """Return names and types of columns, the first 20 of them."""
    shown = [
        f"{short(field.name)} ({shortened(str(field.type), 40)})" for field in schema
    ]
    more = ["…"] if len(shown) > 20 else []
    return ", ".join(shown[:20] + more) or "(none)"
