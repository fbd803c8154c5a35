"""Data sets of Ray (`ray.data.Dataset`): one column, block by block, in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from w2vfast.files.arrow_checks import arrow

#: Name of such a source in messages.
NAME = "the Dataset of Ray"


def is_ray_dataset(source: object) -> bool:
    """Return whether an object is a data set of Ray; Ray is not imported for it."""
    is_of_ray = type(source).__module__.partition(".")[0] == "ray"
    return is_of_ray and hasattr(source, "to_arrow_refs")


def ray_schema(dataset: Any) -> Any:
    """
    Return the schema of a data set: pyarrow.Schema.

    Rows are computed for it only if Ray does not know the schema, or has blocks of
    pandas, whose text and lists have no type of their own.

    Raises
    ------
    ValueError
        If the data set has no row.
    """
    pyarrow = arrow("pyarrow")
    known = dataset.schema()
    found = getattr(known, "base_schema", known)
    if isinstance(found, pyarrow.Schema):
        return found
    batches = iter(dataset.limit(1).iter_batches(batch_size=1, batch_format="pyarrow"))
    first = next(batches, None)
    if first is None:
        raise ValueError(f"the corpus is empty: {NAME} has no rows")
    return first.schema


@contextmanager
def in_order(dataset: Any) -> Iterator[None]:
    """
    Keep the order of rows while a data set is computed, and its own choice after it.

    Without this, Ray returns blocks as they become ready: another order in each run.
    """
    options = dataset.context.execution_options
    before = options.preserve_order
    options.preserve_order = True
    try:
        yield
    finally:
        options.preserve_order = before


def read_blocks(dataset: Any, column: str) -> Iterator[Any]:
    """Yield a column of a data set as arrays, of which few are in memory at a time."""
    selected = dataset.select_columns([column])
    with in_order(selected):
        for table in selected.iter_batches(batch_size=None, batch_format="pyarrow"):
            yield from table.column(0).chunks
