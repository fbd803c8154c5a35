"""One trial of a search: its parameters, its score, how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: How a trial can end.
OUTCOMES = ("complete", "pruned", "failed", "stopped", "interrupted", "skipped")
#: Outcomes of trials that count towards a number of trials: they are not repeated.
COUNTED = ("complete", "pruned", "failed")


@dataclass(frozen=True)
class Trial:
    """
    One training run of a search.

    Attributes
    ----------
    number : int
        From 1, in the order of the search. A trial that was stopped, interrupted or
        skipped has the number of the one that came in its place.
    parameters : dict
        The parameters that the search varies.
    score : float or None
        What chooses parameters. None unless the trial is complete.
    test : float or None
        The same on the test data; see `Objective.test_score`.
    seconds : float
        Of training and scoring.
    outcome : str
        "complete", "pruned" (worse than the median at half or three quarters of its
        epochs), "failed", "stopped" (the time was over), "interrupted", or "skipped"
        (predicted to take longer than the time left).
    reason : str
    is_default : bool
        Whether these are the library's defaults, or the nearest values of the space.
    """

    number: int
    parameters: dict[str, Any]
    score: float | None
    test: float | None
    seconds: float
    outcome: str
    reason: str = ""
    is_default: bool = False

    @property
    def counts(self) -> bool:
        """Whether the trial is one of the number of trials."""
        return self.outcome in COUNTED

    @property
    def is_complete(self) -> bool:
        """Whether the trial has a score."""
        return self.score is not None
