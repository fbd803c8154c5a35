"""Merge the rows that replicas changed: Adasum, an average, or a weighted average."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast.distributed.rows import Rows
from w2vfast.kernels.arguments import Embeddings
from w2vfast.runtime import threads

Changes = NDArray[np.float32]  # (replicas, rows, vector_size); 0 where not changed
Weights = NDArray[np.float64]  # (replicas, rows); 0 where not changed
Rule = Callable[[Changes, Weights], NDArray[np.float32]]
_BLOCK_FLOATS = 1 << 19  # changes of all replicas that are merged at a time: 2 MB


def merge(
    base: Embeddings, changed: Sequence[Rows], rule: str = "adasum", workers: int = 1
) -> Rows:
    """
    Return the merged rows of one embedding matrix.

    A row that one replica changed takes its value. The changes of a row that several
    replicas changed are combined by a rule, in the order of the replicas. So the result
    does not depend on where replicas run, or on which of them finishes first.

    Parameters
    ----------
    base : float32, (rows, padded vector_size)
        The matrix that all replicas started from. It is not changed.
    changed : sequence of Rows
        One item for each replica, in a fixed order.
    rule : {"adasum", "weighted", "average"}
        "adasum" adds changes that are orthogonal, and averages changes that are
        parallel (Maleki et al., 2021, arXiv:2006.02924). "average" is the mean change
        of the replicas that changed the row. "weighted" weights it by the occurrences
        of the word in the round of each replica.
    workers : int, default 1
        Number of threads. The result is the same for any number.

    Returns
    -------
    Rows
        All rows that any replica changed, with their new values.

    Examples
    --------
    >>> base = np.zeros((1, 16), np.float32)
    >>> one, two = np.zeros((2, 1, 16), np.float32)
    >>> one[0, 0], two[0, 1] = 1, 1
    >>> first = np.zeros(1, np.int32)
    >>> merge(base, [Rows(first, one), Rows(first, two)]).values[0, :2].tolist()
    [1.0, 1.0]
    """
    combine = RULES[check_rule(rule)]
    size = changed[0].values.shape[1]
    numbers = np.unique(np.concatenate([rows.numbers for rows in changed]))
    values = np.empty((len(numbers), size), np.float32)

    def merge_range(first: int, last: int) -> None:
        some = numbers[first:last]
        _merge_rows(
            base,
            some,
            [_part(rows, some) for rows in changed],
            combine,
            values[first:last],
        )

    step = max(1, _BLOCK_FLOATS // (len(changed) * size))
    threads.run_ranges(workers, len(numbers), step, merge_range)
    return Rows(numbers, values)


def check_rule(rule: Any) -> str:
    """Raise ValueError unless `rule` is the name of a rule."""
    if not isinstance(rule, str) or rule not in RULES:
        known = ", ".join(map(repr, RULES))
        raise ValueError(f"merge_rule={rule!r}: expected one of {known}")
    return rule


def _part(rows: Rows, numbers: NDArray[np.int32]) -> Rows:
    """Return the rows of a replica in a range of merged rows."""
    first = np.searchsorted(rows.numbers, numbers[0])
    last = np.searchsorted(rows.numbers, numbers[-1], "right")
    part = slice(int(first), int(last))
    visits = None if rows.visits is None else rows.visits[part]
    return Rows(rows.numbers[part], rows.values[part], visits)


def _merge_rows(
    base: Embeddings,
    numbers: NDArray[np.int32],
    changed: Sequence[Rows],
    combine: Rule,
    out: NDArray[np.float32],
) -> None:
    """Write the merged values of some rows to `out`; a replica changed each of them."""
    old = base[numbers, : out.shape[1]]
    changes = np.zeros((len(changed), *old.shape), np.float32)
    weights = np.zeros((len(changed), len(old)))
    for number, rows in enumerate(changed):
        place = np.searchsorted(numbers, rows.numbers)
        changes[number, place] = rows.values - old[place]
        weights[number, place] = 1 if rows.visits is None else rows.visits
        out[place] = rows.values
    shared = np.count_nonzero(weights, axis=0) > 1
    np.copyto(out, old + combine(changes, weights), where=shared[:, None])


def adasum(changes: Changes, weights: Weights) -> NDArray[np.float32]:
    """Combine pairs of changes, then pairs of results, until one is left."""
    parts = list(changes)
    while len(parts) > 1:
        pairs = zip(parts[::2], parts[1::2], strict=False)
        odd = parts[len(parts) // 2 * 2 :]
        parts = [*(_adasum_pair(a, b) for a, b in pairs), *odd]
    total: NDArray[np.float32] = parts[0]
    return total


def _adasum_pair(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (1 - a·b / 2a²) a + (1 - a·b / 2b²) b for each row."""
    dot, a_squared, b_squared = _dots(a, b), _dots(a, a), _dots(b, b)
    share = [
        1 - np.divide(dot, 2 * squared, out=np.zeros_like(dot), where=squared > 0)
        for squared in (a_squared, b_squared)
    ]
    total: NDArray[np.float32] = share[0][:, None] * a
    total += share[1][:, None] * b
    return total


def _dots(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the dot product of each row."""
    dots: NDArray[np.float32] = np.einsum("ij,ij->i", a, b)
    return dots


def average(changes: Changes, weights: Weights) -> NDArray[np.float32]:
    """Return the mean change of the replicas that changed each row."""
    return weighted(changes, (weights > 0).astype(np.float64))


def weighted(changes: Changes, weights: Weights) -> NDArray[np.float32]:
    """Return the mean change, weighted."""
    shares = (weights / weights.sum(0)).astype(np.float32)
    total: NDArray[np.float32] = shares[0, :, None] * changes[0]
    for share, change in zip(shares[1:], changes[1:], strict=True):
        total += share[:, None] * change
    return total


#: Rules by name.
RULES: dict[str, Rule] = {
    "adasum": adasum,
    "weighted": weighted,
    "average": average,
}
