"""
Prediction of the next item of baskets and sessions: hit rate and MRR.

The last item of each session is held out and predicted from the items before it, as in
arXiv:1511.06939 (section 4: recall and MRR among the best 20) and arXiv:1804.04212
(section 3.2: the last item from the item before, hit rate at k).
"""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from w2vfast.evaluation.next_item_scores import NextItemScorer
from w2vfast.keyedvectors import KeyedVectors
from w2vfast.vectors.target_ranks import IntArray, target_ranks
from w2vfast.wording import counted, quoted

QUERIES = ("mean", "last")
SCORES = ("cosine", "output")


class ModelWithVectors(Protocol):
    """A model with centre vectors and outside vectors, such as `Word2Vec`."""

    @property
    def wv(self) -> KeyedVectors:
        """The centre vectors."""

    @property
    def outside_vectors(self) -> npt.NDArray[Any]:
        """The outside vectors, shape (V, d)."""


@dataclass(frozen=True)
class NextItem:
    """
    How well the last items of sessions are predicted.

    Attributes
    ----------
    hit_rate : float
        Share of the counted sessions whose last item is among the best `k`, 0 to 1.
    mrr : float
        Mean of 1 / rank of the last item over the counted sessions, where an item
        that is not among the best `k` adds 0.
    k : int
        Number of items recommended for each session.
    sessions : int
        Sessions given.
    counted : int
        Sessions with a known last item, a known item before it, and, if items seen
        are excluded, a last item that did not occur before.
    unknown : int
        Sessions not counted because the last item or all items before it are unknown,
        or because they have fewer than two items.
    repeated : int
        Sessions not counted because the last item occurred before.
    ranks : int64 array, shape (sessions,)
        Rank of each last item, from 1 to `k`; 0 if it is not among the best `k` or the
        session is not counted.
    """

    hit_rate: float
    mrr: float
    k: int
    sessions: int
    counted: int
    unknown: int
    repeated: int
    ranks: IntArray = field(repr=False, compare=False)


def evaluate_next_item(
    model: KeyedVectors | ModelWithVectors,
    sessions: Iterable[Sequence[str]],
    k: int = 20,
    *,
    query: str = "mean",
    score: str = "cosine",
    exclude_seen: bool = True,
    batch: int = 256,
) -> NextItem:
    """
    Predict the last item of each session from the items before it.

    Train on sessions without their last items; otherwise the result is too good::

        model = Word2Vec([session[:-1] for session in sessions]).train()
        evaluate_next_item(model, sessions, k=20)

    Parameters
    ----------
    model : KeyedVectors or Word2Vec
        The item vectors, or a model.
    sessions : iterable of sequences of str
        The items of each session in order; the last one is predicted.
    k : int, default 20
        Number of items recommended for each session.
    query : {"mean", "last"}
        Mean of the centre vectors of all known items before the last one (an item
        that occurs twice counts twice), or the vector of the known item nearest to
        the end.
    score : {"cosine", "output"}
        Rank items by the cosine of their centre vectors with the query, or by the
        product of their outside vectors with it, which is the score that training
        raises. "output" requires a model.
    exclude_seen : bool, default True
        Recommend no item that occurs earlier in the session. Sessions that end in
        such an item are then not counted.
    batch : int, default 256
        Sessions scored at a time; 256 take about 3 MB.

    Returns
    -------
    NextItem
        Equal scores rank in order of the vocabulary.

    Raises
    ------
    TypeError
        If a session is a string, or `score` is "output" and `model` has no outside
        vectors.
    ValueError
        If no session can be counted, a parameter has an unknown value, or the model's
        outside vectors belong to a Huffman tree instead of items.

    Examples
    --------
    >>> vectors = np.array([[1, 0], [2, 1], [1, 2], [0, 1.0]])
    >>> wv = KeyedVectors(["bread", "butter", "jam", "soap"], vectors)
    >>> sessions = [["bread", "butter"], ["butter", "jam"], ["bread", "soap"]]
    >>> result = evaluate_next_item(wv, sessions, k=2)
    >>> round(result.hit_rate, 2), round(result.mrr, 2), result.ranks.tolist()
    (0.67, 0.5, [1, 2, 0])
    """
    _check_options(k, query, score, batch)
    wv = model if isinstance(model, KeyedVectors) else model.wv
    outside = _outside_vectors(model) if score == "output" else None
    data = _Sessions(sessions, wv.key_to_index, exclude_seen)
    if not len(data.targets):
        raise ValueError(
            f"of {counted(len(data.status), 'session')} none can be counted: no known "
            f"item before a known last item in {data.unknown:,}, a last item that "
            f"occurred before in {data.repeated:,}; expected sessions of at least two "
            "items of the vocabulary"
        )
    vectors = wv.vectors.astype(np.float32, copy=False)
    scorer = NextItemScorer(
        vectors, outside, data.items, data.offsets, data.targets, query
    )
    session, seen = data.session_of_items, data.items
    if not exclude_seen:
        session, seen = session[:0], seen[:0]
    found = target_ranks(scorer, len(wv), data.targets, (session, seen), k, batch)
    ranks = np.zeros(len(data.status), np.int64)
    ranks[data.status == COUNTED] = found
    hits = found[found > 0]
    return NextItem(
        hit_rate=len(hits) / len(found),
        mrr=float((1 / hits).sum()) / len(found),
        k=int(k),
        sessions=len(data.status),
        counted=len(found),
        unknown=data.unknown,
        repeated=data.repeated,
        ranks=ranks,
    )


def _check_options(k: int, query: str, score: str, batch: int) -> None:
    for name, number in (("k", k), ("batch", batch)):
        if isinstance(number, bool) or not isinstance(number, numbers.Integral):
            raise TypeError(f"{name}={number!r}: expected a whole number")
        if number < 1:
            raise ValueError(f"{name}={number}: expected 1 or more")
    for name, value, known in (("query", query, QUERIES), ("score", score, SCORES)):
        if value not in known:
            raise ValueError(f"{name}={value!r}: expected one of {', '.join(known)}")


def _outside_vectors(model: Any) -> npt.NDArray[Any]:
    """Return the model's outside vectors, one for each item."""
    outside: npt.NDArray[Any] | None = getattr(model, "outside_vectors", None)
    if outside is None:
        raise TypeError(
            f"score='output' with {quoted(model)}: expected a model with outside "
            "vectors, such as Word2Vec; for vectors alone use score='cosine'"
        )
    parameters = getattr(model, "parameters", None)
    if getattr(parameters, "loss", None) == "hierarchical_softmax":
        raise ValueError(
            "score='output' with a model trained by hierarchical softmax: its outside "
            "vectors belong to inner nodes of a tree, not to items; use score='cosine'"
        )
    return outside


COUNTED, UNKNOWN, REPEATED = 0, 1, 2


class _Sessions:
    """
    Sessions as rows of the vocabulary.

    Attributes
    ----------
    status : int array, shape (sessions,)
        `COUNTED`, `UNKNOWN` or `REPEATED`.
    targets : int64 array, shape (n,)
        Row of the last item of each counted session.
    items : int64 array, shape (m,)
        Rows of the known items before the last one, session after session.
    offsets : int64 array, shape (n + 1,)
        Session i has ``items[offsets[i] : offsets[i + 1]]``, at least one.
    """

    def __init__(
        self,
        sessions: Iterable[Sequence[str]],
        key_to_index: dict[str, int],
        exclude_seen: bool,
    ) -> None:
        status, targets, items, lengths = [], [], [], []
        for number, session in enumerate(sessions):
            if isinstance(session, str):
                raise TypeError(
                    f"sessions[{number}] is {quoted(session)}: expected a list of "
                    "items, not a string"
                )
            rows = [key_to_index.get(item, -1) for item in session]
            target = rows.pop() if rows else -1
            before = [row for row in rows if row >= 0]
            if target < 0 or not before:
                status.append(UNKNOWN)
            elif exclude_seen and target in before:
                status.append(REPEATED)
            else:
                status.append(COUNTED)
                targets.append(target)
                items += before
                lengths.append(len(before))
        self.status = np.array(status, np.int8)
        self.targets = np.array(targets, np.int64)
        self.items = np.array(items, np.int64)
        self.offsets = np.cumsum([0, *lengths], dtype=np.int64)

    @property
    def unknown(self) -> int:
        """Number of sessions without a known last item and a known item before it."""
        return int((self.status == UNKNOWN).sum())

    @property
    def repeated(self) -> int:
        """Number of sessions that end in an item that occurred before."""
        return int((self.status == REPEATED).sum())

    @property
    def session_of_items(self) -> IntArray:
        """Number of the counted session of each item, shape (m,)."""
        return np.arange(len(self.targets)).repeat(np.diff(self.offsets))
