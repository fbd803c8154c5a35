"""Merge the rows that replicas changed: Adasum, an average, or a weighted average."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from w2vfast.distributed.rows import Rows
from w2vfast.kernels.embeddings import Embeddings

Changes = NDArray[np.float32]  # (replicas, rows, vector_size); 0 where not changed
Weights = NDArray[np.float64]  # (replicas, rows); 0 where not changed
_BLOCK_FLOATS = 1 << 18  # changes of all replicas that are merged at a time: 1 MB


def merge(base: Embeddings, changed: Sequence[Rows], rule: str = "adasum") -> Rows:
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
    places = [np.searchsorted(numbers, rows.numbers) for rows in changed]
    touched = np.zeros(len(numbers), np.int64)
    values = np.empty((len(numbers), size), np.float32)
    for rows, place in zip(changed, places, strict=True):
        touched[place] += 1
        values[place] = rows.values
    shared = np.flatnonzero(touched > 1)
    step = max(1, _BLOCK_FLOATS // (len(changed) * size))
    for start in range(0, len(shared), step):
        block = shared[start : start + step]
        old = base[numbers[block], :size]
        changes, weights = _changes(old, block, changed, places)
        values[block] = old + combine(changes, weights)
    return Rows(numbers, values)


def check_rule(rule: str) -> str:
    """Raise ValueError unless `rule` is the name of a rule."""
    if rule not in RULES:
        known = ", ".join(map(repr, RULES))
        raise ValueError(f"merge_rule={rule!r}: expected one of {known}")
    return rule


def _changes(
    old: NDArray[np.float32],
    block: NDArray[np.int64],
    changed: Sequence[Rows],
    places: Sequence[NDArray[np.int64]],
) -> tuple[Changes, Weights]:
    """Return changes and weights of a block of merged rows, for each replica."""
    changes = np.zeros((len(changed), *old.shape), np.float32)
    weights = np.zeros((len(changed), len(old)))
    for number, (rows, place) in enumerate(zip(changed, places, strict=True)):
        found = np.searchsorted(place, block)
        found[found == len(place)] = 0
        mine = place[found] == block if len(place) else np.zeros(len(block), np.bool_)
        source = found[mine]
        changes[number, mine] = rows.values[source] - old[mine]
        weights[number, mine] = 1 if rows.visits is None else rows.visits[source]
    return changes, weights


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
RULES: dict[str, Callable[[Changes, Weights], NDArray[np.float32]]] = {
    "adasum": adasum,
    "weighted": weighted,
    "average": average,
}
