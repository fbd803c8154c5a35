"""Shards of data sets of Ray: rows of their blocks, which replicas read one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from w2vfast.corpus.arrow_columns import check_type, choose_column
from w2vfast.corpus.arrow_encoder import encode_tables
from w2vfast.corpus.arrow_tables import ArrowTable, ArrowTables
from w2vfast.corpus.encoder import Encoded
from w2vfast.corpus.ray_datasets import NAME, in_order, ray_schema
from w2vfast.corpus.reader import CHUNK_BYTES
from w2vfast.runtime.memory import resolve_limit
from w2vfast.runtime.optional_packages import load

#: Seconds to wait for a block: if its machine was lost, Ray computes it again.
BLOCK_TIMEOUT = 300.0
_FILES = (
    "write the Dataset to files that all machines can read, "
    "dataset.write_parquet('/shared/corpus'), and pass "
    "ray.data.read_parquet('/shared/corpus')"
)
#: What to do if a data set has other text than before.
OTHER_ROWS = (
    "the Dataset gives other rows, or another order, each time it is computed (a "
    f"shuffle without a seed?): {_FILES}"
)
#: Name of a data set in checkpoints.
URL = "ray.data.Dataset"


class BlockLostError(RuntimeError):
    """A block of a data set cannot be read."""


class BlockRows(NamedTuple):
    """
    Rows of a block.

    Attributes
    ----------
    block : ray.ObjectRef
        Of a pyarrow.Table, whose only column is the text.
    start, stop : int
    """

    block: Any
    start: int
    stop: int


class DatasetRows(NamedTuple):
    """
    The piece of a shard that is a range of the rows of a data set.

    Attributes
    ----------
    start, stop : int
        Rows of the data set.
    column : str
    blocks : tuple of BlockRows
        The same rows, in order.
    """

    start: int
    stop: int
    column: str
    blocks: tuple[BlockRows, ...]

    @property
    def url(self) -> str:
        """What checkpoints have as the name of a file."""
        return URL

    @property
    def advice(self) -> str:
        """What to do if the piece has other text than before."""
        return OTHER_ROWS

    def __str__(self) -> str:
        """Return the rows for messages."""
        return f"{NAME} (rows {self.start:,} to {self.stop:,})"


def divide_dataset(
    dataset: Any, shards: int, field: str | None
) -> list[tuple[DatasetRows, ...]]:
    """
    Compute a data set, and divide its rows into shards of equal numbers.

    The blocks stay in the object store of the cluster, with the column alone. Where
    rows are cut depends on their number only, not on how Ray made blocks of them.

    Parameters
    ----------
    dataset : ray.data.Dataset
    shards : int
    field : str or None
        Name of the column. None: the only one of text or words.

    Raises
    ------
    TypeError, ValueError
        If there is no such column, or it has no text or words, or there are no rows.
    """
    schema = ray_schema(dataset)
    index = choose_column(schema, field, NAME)
    column = schema.names[index]
    kind = check_type(schema.types[index], f"{NAME}: column {column!r}")
    if kind == "ids":
        raise TypeError(
            f"{NAME}: column {column!r} has ids, but several machines read text or "
            "words: cast the ids to strings"
        )
    selected = dataset.select_columns([column])
    with in_order(selected):
        blocks = selected.to_arrow_refs()
    sizes = _sizes(blocks)
    rows = sum(sizes)
    if not rows:
        raise ValueError(f"the corpus is empty: {NAME} has no rows")
    cuts = [number * rows // shards for number in range(shards + 1)]
    return [
        (DatasetRows(*cut, column, tuple(_slices(blocks, sizes, *cut))),)
        if cut[0] < cut[1]
        else ()
        for cut in pairwise(cuts)
    ]


def _sizes(blocks: Sequence[Any]) -> list[int]:
    """Return the rows of each block, counted where the block is."""
    ray = load("ray", NAME, "ray")
    count = ray.remote(num_cpus=0)(_n_rows)
    return list(ray.get([count.remote(block) for block in blocks]))


def _n_rows(table: Any) -> int:
    return int(table.num_rows)


def _slices(
    blocks: Sequence[Any], sizes: Sequence[int], start: int, stop: int
) -> Iterator[BlockRows]:
    """Yield the parts of blocks that are rows start..stop-1 of the data set."""
    first = 0
    for block, size in zip(blocks, sizes, strict=True):
        low, high = max(start - first, 0), min(stop - first, size)
        if low < high:
            yield BlockRows(block, low, high)
        first += size


def encode_rows(rows: DatasetRows, workers: int) -> Encoded:
    """
    Count and encode the words of rows; only one block is in memory at a time.

    Raises
    ------
    BlockLostError
        If a block does not arrive, or is lost and Ray cannot compute it again.
    TypeError, ValueError
        If a row or a word is missing, or is no text.
    """
    pyarrow = load("pyarrow", NAME, "arrow")

    def read(_: int) -> Iterator[tuple[Any, int]]:
        for part in rows.blocks:
            column = _fetch(part.block, rows).column(0)
            for array in column.slice(part.start, part.stop - part.start).chunks:
                yield array, len(array)

    schema = pyarrow.schema([(rows.column, pyarrow.string())])  # arrays have the type
    # Like a file: errors name the rows.
    table = ArrowTable(str(rows), schema, read, rows.stop - rows.start, is_file=True)
    return encode_tables(
        ArrowTables([table], rows.column),
        workers,
        resolve_limit(None),
        False,
        CHUNK_BYTES,
        accept_ids=False,
    )


def _fetch(block: Any, rows: DatasetRows) -> Any:
    """Return a block: a pyarrow.Table, in shared memory."""
    ray = load("ray", NAME, "ray")
    load("ray.exceptions", NAME, "ray")
    try:
        return ray.get(block, timeout=BLOCK_TIMEOUT)
    except ray.exceptions.GetTimeoutError as error:
        raise BlockLostError(
            f"a block of {rows} did not arrive in {BLOCK_TIMEOUT:.0f} s: if its "
            "machine was lost, Ray computes it again on a free core, so use fewer "
            f"replicas than the cluster has cores, or {_FILES}"
        ) from error
    except ray.exceptions.ObjectLostError as error:
        raise BlockLostError(
            f"a block of {rows} is lost, and Ray cannot compute it again "
            f"({type(error).__name__}): {_FILES}"
        ) from error
