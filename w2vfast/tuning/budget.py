"""The time of a search: a limit, and the duration of the next trial."""

from __future__ import annotations

import math
import time
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels.arguments import padded_size
from w2vfast.sampling.subsampling import keep_probability
from w2vfast.training.parameters import Parameters
from w2vfast.training.schedule import MINUTES, Schedule

#: One trial takes at most this share of the time, or twice as long as the defaults.
LARGEST_SHARE = 0.25
#: Rough costs of a centre besides its pairs, and of a pair besides its dimensions.
PER_CENTRE, PER_PAIR = 8, 64


class Budget:
    """
    The time and the number of trials of one call.

    Parameters
    ----------
    seconds : float or None
        From now on. None: no limit.
    trials : int or None
        Trials of the study, earlier ones included. None: no limit.
    """

    def __init__(self, seconds: float | None, trials: int | None) -> None:
        self.seconds: float | None = seconds
        self.trials: int | None = trials
        self._start = time.perf_counter()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._start

    @property
    def left(self) -> float:
        """Seconds left, 0 or more; inf without a limit."""
        if self.seconds is None:
            return math.inf
        return max(0.0, self.seconds - self.elapsed)

    def share(self, trials: float) -> float:
        """Return the share of the search that is done, 0 to 1."""
        shares = [0.0]
        if self.seconds is not None:
            shares.append(self.elapsed / self.seconds)
        if self.trials is not None:
            shares.append(trials / self.trials)
        return min(1.0, max(shares))

    def largest_trial(self, default_seconds: float) -> float:
        """Return the most seconds that a trial may take; inf before the defaults."""
        if self.seconds is None:
            return math.inf
        fair = max(LARGEST_SHARE * self.seconds, 2 * default_seconds)
        return math.inf if math.isinf(default_seconds) else min(self.left, fair)


class Durations:
    """
    Predict the seconds of a trial from those of earlier trials.

    Parameters
    ----------
    counts : int64 array, (words,)
        Occurrences of the words in the training corpus.
    """

    def __init__(self, counts: NDArray[np.int64]) -> None:
        self._counts = counts
        self._rates: list[float] = []

    def add(self, p: Parameters, seconds: float) -> None:
        """Learn the seconds of a complete trial."""
        self._rates.append(seconds / self._cost(p))

    def predict(self, p: Parameters) -> float:
        """Return the predicted seconds; 0 before the first trial."""
        return median(self._rates) * self._cost(p) if self._rates else 0.0

    def _cost(self, p: Parameters) -> float:
        """Return a number that grows like the seconds of training."""
        kept = float((self._counts * keep_probability(self._counts, p.sample)).sum())
        pairs = p.window + PER_CENTRE + (p.negative or 0)
        return p.epochs * kept * pairs * (padded_size(p.vector_size) + PER_PAIR)


def parse_time(given: Any) -> float | None:
    """
    Return the seconds of a limit of time.

    Parameters
    ----------
    given : str, int, float or None
        A text such as "90s", "10min" or "2h", or seconds. None: no limit.

    Raises
    ------
    TypeError, ValueError
        If it is something else, or not above 0.

    Examples
    --------
    >>> parse_time("10min"), parse_time(90), parse_time("90")
    (600.0, 90.0, 90.0)
    """
    if given is None:
        return None
    expected = "expected '90s', '10min', '2h' or a number of seconds above 0"
    if isinstance(given, str):
        try:
            # A number without a unit means seconds here, but tokens in a schedule.
            schedule = Schedule.parse(f"{given}s" if _is_number(given) else given)
        except ValueError as error:
            hint = MINUTES * str(error).endswith(MINUTES)
            raise ValueError(f"time={given!r}: {expected}{hint}") from None
        if schedule.unit != "seconds":
            raise ValueError(f"time={given!r}: {expected}")
        return float(schedule.amount)
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise TypeError(f"time={given!r}: {expected}")
    if not 0 < given < math.inf:
        raise ValueError(f"time={given!r}: {expected}")
    return float(given)


def _is_number(text: str) -> bool:
    return text.strip().replace(".", "", 1).isdecimal()


def check_trials(trials: Any) -> int | None:
    """Return a number of trials; raise an error if it is no whole number above 0."""
    if trials is None:
        return None
    if isinstance(trials, bool) or not hasattr(trials, "__index__"):
        raise TypeError(f"trials={trials!r}: expected a whole number, or None")
    if trials < 1:
        raise ValueError(f"trials={trials}: expected 1 or more")
    return int(trials)
