"""The result of a search: its trials, the best one, and the gain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from w2vfast.tuning.report import as_dict, report
from w2vfast.tuning.trial import Trial
from w2vfast.wording import counted


@dataclass(frozen=True, repr=False)
class Tuning:
    """
    The trials of a search. ``print(result)`` shows a table.

    Attributes
    ----------
    trials : tuple of Trial
        In the order of the search.
    fixed : dict
        Parameters that did not vary and differ from the library's defaults.
    score_name : str
    higher_is_better : bool
    summary : str
        What was scored.
    note : str
        Why the search ended.
    corpus : str
        For the command line in the report.
    has_defaults : bool
        Whether the space contains the library's defaults. If not, the trial `default`
        uses the nearest values of the space.
    """

    trials: tuple[Trial, ...]
    fixed: dict[str, Any]
    score_name: str
    higher_is_better: bool
    summary: str
    note: str = ""
    corpus: str = "corpus.txt"
    has_defaults: bool = True

    @property
    def ranked(self) -> Sequence[Trial]:
        """The complete trials, the best first; of equal ones the earlier."""
        sign = -1 if self.higher_is_better else 1
        complete = [trial for trial in self.trials if trial.is_complete]
        return sorted(complete, key=lambda t: (sign * (t.score or 0), t.number))

    @property
    def best(self) -> Trial | None:
        """The best trial; None if no trial is complete."""
        ranked = self.ranked
        return ranked[0] if ranked else None

    @property
    def default(self) -> Trial | None:
        """The trial of the defaults; None if it is not complete. See `has_defaults`."""
        return next((t for t in self.ranked if t.is_default), None)

    @property
    def parameters(self) -> dict[str, Any]:
        """What to train with: ``Word2Vec(corpus, **result.parameters)``."""
        best = self.best
        if best is None or (best.is_default and self.has_defaults):
            return dict(self.fixed)
        return {**self.fixed, **best.parameters}

    @property
    def gain(self) -> float | None:
        """How much better the best trial scores than `default`, 0 or more."""
        return self._gain("score")

    @property
    def test_gain(self) -> float | None:
        """The same on the test data; may be negative."""
        return self._gain("test")

    def as_dict(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return as_dict(self)

    def __str__(self) -> str:
        return report(self)

    def __repr__(self) -> str:
        best, gain = self.best, self.gain
        score = "none complete"
        if best is not None:
            score = f"best {self.score_name} {best.score:.4f}"
        gained = "" if gain is None else f", gain {gain:.4f}"
        return (
            f"<Tuning: {counted(len(self.trials), 'trial')}, {score}{gained}; print "
            "shows the table>"
        )

    def _gain(self, name: str) -> float | None:
        best, default = self.best, self.default
        if best is None or default is None:
            return None
        new, old = getattr(best, name), getattr(default, name)
        if new is None or old is None:
            return None
        return float(new - old if self.higher_is_better else old - new)
