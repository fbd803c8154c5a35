"""Objective on baskets and sessions: the last item, predicted from those before it."""

from __future__ import annotations

from typing import Any

import numpy as np

from w2vfast.corpus import Corpus
from w2vfast.evaluation.next_item import evaluate_next_item
from w2vfast.training.parameters import Parameters
from w2vfast.tuning.halves import HALF, checksum
from w2vfast.tuning.known_tokens import known_tokens
from w2vfast.tuning.objective import Objective
from w2vfast.wording import counted

Sessions = list[list[str]]


class NextItemObjective(Objective):
    """
    Share of sessions whose last item is among the k recommended ones.

    Every sentence of the corpus is a session. Training omits the last item of all
    sessions of two items or more.

    Parameters
    ----------
    k : int, default 20
        Number of items recommended.
    test : "half" or None
        "half", the default: half of the sessions, drawn at random, always the same
        ones, test the result. None: all choose parameters.
    query, score : str
        See `evaluate_next_item`. By default, the items nearest to the mean of the
        session's vectors.
    sessions : int, default 10,000
        Score at most so many sessions, drawn at random once.
    """

    def __init__(
        self,
        k: int = 20,
        test: str | None = HALF,
        *,
        query: str = "mean",
        score: str = "cosine",
        sessions: int = 10_000,
    ) -> None:
        if test not in (HALF, None):
            raise ValueError(f"test={test!r}: expected 'half' or None")
        self.name: str = f"hit@{k}"
        self._k, self._half, self._most = k, test == HALF, sessions
        self._options: dict[str, Any] = {"query": query, "score": score}
        self._sessions: Sessions = []
        self._test: Sessions = []

    def prepare(self, corpus: Corpus, base: Parameters) -> Corpus:
        """Hold out the last items; return the corpus without them."""
        words = corpus.words()
        ids, offsets = known_tokens(corpus, len(words))
        sizes = np.diff(offsets)
        long = np.flatnonzero(sizes > 1)
        if len(long) < 2:
            raise ValueError(
                "next items need sessions, but fewer than two lines have two items or "
                "more: expected one session per line"
            )
        chosen = np.random.default_rng(0).permutation(long)[: self._most]
        middle = (len(chosen) + 1) // 2 if self._half else len(chosen)
        read = [
            [[words[i] for i in ids[offsets[s] : offsets[s + 1]]] for s in part]
            for part in (chosen[:middle], chosen[middle:])
        ]
        self._sessions, self._test = read
        kept = np.ones(len(ids), bool)
        kept[offsets[1:][long] - 1] = False
        shorter = np.concatenate([[0], np.cumsum(sizes - (sizes > 1))])
        return Corpus.from_ids(ids[kept], shorter, words)

    def describe(self) -> dict[str, Any]:
        """Return k, the options, and a checksum of the sessions."""
        return {
            **super().describe(),
            **self._options,
            "content": checksum(repr([self._sessions, self._test])),
        }

    def summary(self) -> str:
        """Return the numbers of sessions."""
        text = (
            f"{self.name} on the last items of "
            f"{counted(len(self._sessions), 'session')}"
        )
        other = f"test: {counted(len(self._test), 'other session')}"
        return f"{text}; {other if self._half else 'no test'}"

    def score(self, model: Any) -> float:
        """Return the hit rate of the sessions that choose parameters."""
        return self._hit_rate(model, self._sessions)

    def test_score(self, model: Any) -> float | None:
        """Return the hit rate of the other sessions."""
        return self._hit_rate(model, self._test) if self._test else None

    def _hit_rate(self, model: Any, sessions: Sessions) -> float:
        found = evaluate_next_item(model, sessions, self._k, **self._options)
        return found.hit_rate
