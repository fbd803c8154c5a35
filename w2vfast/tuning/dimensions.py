"""What a parameter of a search varies over: a range, or a list of values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from w2vfast.training.parameters import Parameters

#: Ranges whose ends differ by this factor are searched on a logarithmic scale.
LOG_RATIO = 10
#: Digits of real numbers, so that parameters are short to copy.
DIGITS = 3


@dataclass(frozen=True)
class Whole:
    """Whole numbers from `low` to `high`, both included."""

    low: int
    high: int
    log: bool = False

    def __post_init__(self) -> None:
        _check_range(self, int)

    def contains(self, value: Any) -> bool:
        """Return whether a value is in the range."""
        return isinstance(value, int) and self.low <= value <= self.high

    def nearest(self, value: Any) -> Any:
        """Return the value of the range that is nearest to a number."""
        return min(max(value, self.low), self.high)

    def used(self, value: Any) -> Any:
        """Return the value that a trial uses for one that the sampler suggests."""
        return int(value)

    def examples(self) -> tuple[Any, ...]:
        """Return the ends."""
        return self.low, self.high

    @property
    def size(self) -> float:
        """Number of values."""
        return self.high - self.low + 1

    @property
    def values_in_order(self) -> Sequence[Any]:
        """All values."""
        return range(self.low, self.high + 1)

    def distribution(self, optuna: Any) -> Any:
        """Return the range as a distribution of Optuna."""
        return optuna.distributions.IntDistribution(self.low, self.high, log=self.log)


@dataclass(frozen=True)
class Real:
    """Numbers from `low` to `high`. Trials use three digits of them."""

    low: float
    high: float
    log: bool = False

    def __post_init__(self) -> None:
        _check_range(self, int | float)

    def contains(self, value: Any) -> bool:
        """Return whether a value is in the range."""
        return isinstance(value, int | float) and self.low <= value <= self.high

    def nearest(self, value: Any) -> Any:
        """Return the value of the range that is nearest to a number."""
        return min(max(value, self.low), self.high)

    def used(self, value: Any) -> Any:
        """Return the value with three digits, within the range."""
        return min(max(float(f"{value:.{DIGITS}g}"), self.low), self.high)

    def examples(self) -> tuple[Any, ...]:
        """Return the ends."""
        return self.low, self.high

    @property
    def size(self) -> float:
        """Number of values: infinite, unless the range is one value."""
        return 1 if self.low == self.high else math.inf

    @property
    def values_in_order(self) -> Sequence[Any]:
        """The lowest value: all of a range of one value."""
        return (self.low,)

    def distribution(self, optuna: Any) -> Any:
        """Return the range as a distribution of Optuna."""
        return optuna.distributions.FloatDistribution(self.low, self.high, log=self.log)


@dataclass(frozen=True)
class Choice:
    """One of several values, without an order."""

    values: tuple[Any, ...]

    def __post_init__(self) -> None:
        values: object = self.values
        if not isinstance(values, tuple) or not values:
            raise ValueError(f"{self}: expected a tuple of one value or more")

    def contains(self, value: Any) -> bool:
        """Return whether a value is one of them."""
        return value in self.values

    def nearest(self, value: Any) -> Any:
        """Return the value itself, else the nearest number, else the first value."""
        numbers = [other for other in self.values if _is_number(other)]
        if value in self.values or not (numbers and _is_number(value)):
            return value if value in self.values else self.values[0]
        return min(numbers, key=lambda other: abs(other - value))

    def used(self, value: Any) -> Any:
        """Return the value itself."""
        return value

    def examples(self) -> tuple[Any, ...]:
        """Return all values."""
        return self.values

    @property
    def size(self) -> float:
        """Number of values."""
        return len(self.values)

    @property
    def values_in_order(self) -> Sequence[Any]:
        """All values."""
        return self.values

    def distribution(self, optuna: Any) -> Any:
        """Return the values as a distribution of Optuna."""
        return optuna.distributions.CategoricalDistribution(self.values)


Dimension = Whole | Real | Choice
Space = dict[str, Dimension]


def as_dimension(name: str, values: Any) -> Dimension:
    """
    Return a range or a list of values as a dimension.

    Examples
    --------
    >>> as_dimension("window", (2, 15)), as_dimension("alpha", (0.01, 0.1))
    (Whole(low=2, high=15, log=False), Real(low=0.01, high=0.1, log=True))
    >>> as_dimension("architecture", ["skipgram", "cbow"])
    Choice(values=('skipgram', 'cbow'))
    """
    if isinstance(values, Whole | Real | Choice):
        return values
    if isinstance(values, tuple) and len(values) == 2 and all(map(_is_number, values)):
        low, high = values
        if not low < high:
            raise ValueError(
                f"space[{name!r}]={values}: expected (low, high) with low < high; to "
                f"keep one value, pass {name}={low!r} and leave it out of the space"
            )
        log = low > 0 and high / low >= LOG_RATIO * 0.999
        if all(isinstance(value, int) for value in values) and _is_whole(name):
            return Whole(low, high, log)
        return Real(float(low), float(high), log)
    if isinstance(values, Iterable) and not isinstance(values, str | bytes | tuple):
        found = tuple(values)
        if found:
            return Choice(found)
    raise TypeError(
        f"space[{name!r}]={values!r}: expected a range (low, high), a list of values, "
        "or None to leave the parameter out"
    )


def _check_range(dimension: Whole | Real, kind: Any) -> None:
    """Raise TypeError or ValueError for ends that make no range."""
    low, high = dimension.low, dimension.high
    if not all(
        isinstance(end, kind) and not isinstance(end, bool) for end in (low, high)
    ):
        name = "whole numbers" if kind is int else "numbers"
        raise TypeError(f"{dimension}: expected {name}")
    if not low <= high or (dimension.log and low <= 0):
        least = " above 0, for a logarithmic scale" * dimension.log
        raise ValueError(f"{dimension}: expected low <= high{least}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(name: str) -> bool:
    """Return whether a parameter takes whole numbers."""
    return any(
        f.name == name and "float" not in str(f.type) for f in fields(Parameters)
    )
