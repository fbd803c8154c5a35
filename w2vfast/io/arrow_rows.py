"""Rows of words, counts and vectors from batches of Arrow; each column is checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.files.arrow_checks import (
    ArrayChecks,
    ArrowDataError,
    arrow,
    is_list,
    is_text,
    list_offsets,
    list_values,
)
from w2vfast.io.growing_rows import GrowingRows
from w2vfast.io.limits import MAX_DIMENSIONS
from w2vfast.vectors.arrow_table import COUNT, VECTOR, WORD
from w2vfast.vectors.validation import Float32Array
from w2vfast.wording import counted, shortened

Columns = tuple[str, str, str | None]


@dataclass(frozen=True)
class ColumnNames:
    """Names of the columns with words, vectors and counts."""

    word: str = WORD
    vector: str = VECTOR
    count: str = COUNT

    def find(self, schema: Any, name: str) -> Columns:
        """
        Return the names of the columns, None for counts that are not there.

        Raises
        ------
        ValueError
            If a column is missing, is there twice, or has another type.
        """
        types = arrow("pyarrow").types
        for column, needed in ((self.word, 1), (self.vector, 1), (self.count, 0)):
            found = schema.names.count(column)
            if not needed <= found <= 1:
                listed = ", ".join(map(repr, schema.names))
                raise ArrowDataError(
                    f"{name}: {found or 'no'} column{'s' * (found > 1)} {column!r}, "
                    f"expected one; the columns are {listed}; KeyedVectors"
                    ".from_arrow(table, word=…, vector=…) reads others"
                )
        word, vector = schema.field(self.word).type, schema.field(self.vector).type
        if not is_text(word.value_type if types.is_dictionary(word) else word):
            raise _wrong(name, self.word, word, "text (string)")
        if not is_list(vector) or not types.is_floating(vector.value_type):
            expected = "lists of floats (fixed_size_list<float>)"
            raise _wrong(name, self.vector, vector, expected)
        if self.count not in schema.names:
            return self.word, self.vector, None
        count = schema.field(self.count).type
        if not types.is_integer(count):
            raise _wrong(name, self.count, count, "whole numbers (int64)")
        return self.word, self.vector, self.count


def _wrong(name: str, column: str, kind: Any, expected: str) -> ArrowDataError:
    return ArrowDataError(
        f"{name}: the column {column!r} has the type {shortened(str(kind), 80)}: "
        f"expected {expected}"
    )


@dataclass(frozen=True)
class Rows:
    """
    Some rows.

    Attributes
    ----------
    words : list of str
    vectors : float array, shape (rows, d)
    counts : int array, shape (rows,), or None
    name : str
        Name of the source, for messages.
    """

    words: list[str]
    vectors: npt.NDArray[Any]
    counts: npt.NDArray[Any] | None
    name: str

    @classmethod
    def of(cls, batch: Any, columns: Columns, name: str) -> Rows:
        """Check and convert a record batch."""
        checks = ArrayChecks(name)
        found = []
        for column in columns:
            if column is None:
                continue
            array = batch.column(batch.schema.get_field_index(column))
            checks.check(array)
            _reject_nulls(array, f"{name}: the column {column!r}")
            found.append(array)
        counts = found[2].to_numpy(zero_copy_only=False) if len(found) > 2 else None
        return cls(_words(found[0]), _vectors(found[1], name), counts, name)


def _reject_nulls(array: Any, place: str) -> None:
    missing = array.null_count
    if hasattr(array, "values") and not missing:
        missing = list_values(array, list_offsets(array)).null_count
    if missing:
        raise ArrowDataError(f"{place} has missing values: remove these rows")


def _words(array: Any) -> list[str]:
    if hasattr(array, "dictionary"):
        words = array.dictionary.to_pylist()
        found = [words[i] for i in array.indices.to_pylist()]
        if None in found:
            raise ArrowDataError("the column of words has missing values")
        return found
    listed: list[str] = array.to_pylist()
    return listed


def _vectors(array: Any, name: str) -> npt.NDArray[Any]:
    """Return lists of one length as a matrix."""
    offsets = list_offsets(array)
    values = list_values(array, offsets).to_numpy(zero_copy_only=False)
    lengths = np.diff(offsets)
    if not len(lengths):
        return np.empty((0, 0), values.dtype)
    if (lengths != lengths[0]).any():
        row = int((lengths != lengths[0]).argmax())
        raise ArrowDataError(
            f"{name}: vectors of {lengths[0]:,} and of "
            f"{counted(lengths[row], 'number')}: expected the same number in each"
        )
    if not 1 <= lengths[0] <= MAX_DIMENSIONS:
        raise ArrowDataError(
            f"{name}: vectors of {counted(lengths[0], 'number')}: expected 1 to "
            f"{MAX_DIMENSIONS:,}"
        )
    matrix: npt.NDArray[Any] = values.reshape(len(lengths), int(lengths[0]))
    return matrix


def collect(
    batches: Iterator[Rows], end: float
) -> tuple[list[str], Float32Array, npt.NDArray[np.int64] | None]:
    """Join rows, up to `end` of them; numbers become float32."""
    keys: list[str] = []
    counts: list[npt.NDArray[np.int64]] = []
    rows: GrowingRows | None = None
    for batch in batches:
        if not batch.words:
            continue
        start, kept = len(keys), int(min(len(batch.words), end - len(keys)))
        d = batch.vectors.shape[1]
        rows = rows or GrowingRows(d)
        if rows.array.shape[1] != d:
            raise ArrowDataError(
                f"{batch.name}: vectors of {rows.array.shape[1]:,} and of "
                f"{counted(d, 'number')}: expected the same number in each"
            )
        keys += batch.words[:kept]
        rows.reserve(len(keys))[start : len(keys)] = _float32(batch, kept)
        if batch.counts is not None:
            counts.append(_int64(batch, kept))
        if len(keys) >= end:
            break
    if rows is None:
        return [], np.empty((0, 1), np.float32), None
    joined = np.concatenate(counts) if counts else None
    return keys, rows.take(len(keys)), joined


def _float32(batch: Rows, kept: int) -> npt.NDArray[Any]:
    given = batch.vectors[:kept]
    with np.errstate(over="ignore"):
        floats = given.astype(np.float32, copy=False)
    too_large = np.isinf(floats) & np.isfinite(given)
    if too_large.any():
        row, column = np.argwhere(too_large)[0]
        raise ArrowDataError(
            f"{batch.name}: the vector of {batch.words[row]!r} has the number "
            f"{given[row, column]}, which is beyond float32's range (3.4e38)"
        )
    return floats


def _int64(batch: Rows, kept: int) -> npt.NDArray[np.int64]:
    assert batch.counts is not None
    given = batch.counts[:kept]
    if len(given) and int(given.max()) > np.iinfo(np.int64).max:
        raise ArrowDataError(
            f"{batch.name}: a count is {given.max()}, expected < 2**63"
        )
    return given.astype(np.int64)
