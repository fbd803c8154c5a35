"""When checkpoints are due: the values of the parameter `every`."""

from __future__ import annotations

import re
from typing import NamedTuple

#: The default of `every`.
DEFAULT = "5min"
#: Seconds of the units of time.
_SECONDS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1),
    **dict.fromkeys(("min", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hour", "hours"), 3600),
}
_COUNTED = {"": "tokens", "token": "tokens", "epoch": "epochs"}
#: The least number without a unit: less is a fraction of a block, and surely minutes,
#: seconds or epochs were meant.
LEAST = 10_000
_MOST_MINUTES = 120
#: Ends the message for a unit such as m.
MINUTES = "; write 'min' for minutes"
_EXPECTED = (
    "expected a time ('30s', '5min', '2h'), a number of epochs ('1epoch', '2 epochs'), "
    "or a whole number of tokens (1_000_000)"
)


class Schedule(NamedTuple):
    """
    The distance between two checkpoints.

    Attributes
    ----------
    unit : {"seconds", "tokens", "epochs"}
    amount : float
        Above 0; a whole number unless the unit is "seconds".
    """

    unit: str
    amount: float

    @classmethod
    def parse(cls, every: object) -> Schedule:
        """
        Return the schedule that a value of `every` stands for.

        Raises
        ------
        ValueError
            If a text has another form or a number is not above 0.
        TypeError
            If `every` is neither a text nor a whole number.

        Examples
        --------
        >>> Schedule.parse("1.5h"), Schedule.parse("2 epochs")
        (Schedule(unit='seconds', amount=5400.0), Schedule(unit='epochs', amount=2))
        >>> Schedule.parse(10**6)
        Schedule(unit='tokens', amount=1000000)
        """
        if isinstance(every, str):
            return cls._parse_text(every)
        if isinstance(every, bool) or not hasattr(every, "__index__"):
            raise TypeError(f"every={every!r}: {_EXPECTED}")
        return cls._without_unit(every, every.__index__())

    @classmethod
    def _parse_text(cls, every: str) -> Schedule:
        match = re.fullmatch(
            r"\s*([0-9][0-9_]*(?:\.[0-9]+)?)\s*([a-z]*)\s*", every.lower()
        )
        number, unit = match.groups() if match else ("", "?")
        if unit in _SECONDS:
            return cls._checked(every, "seconds", float(number) * _SECONDS[unit])
        if not unit and "." not in number:
            return cls._without_unit(every, int(number))
        unit = _COUNTED.get(unit.removesuffix("s"), "")
        if not unit:
            hint = MINUTES if number and "m" in every else ""
            raise ValueError(f"every={every!r}: {_EXPECTED}{hint}")
        if "." in number:
            raise ValueError(f"every={every!r}: expected a whole number of {unit}")
        return cls._checked(every, unit, int(number))

    @classmethod
    def _without_unit(cls, every: object, number: int) -> Schedule:
        """Return a schedule of tokens; a small number needs a unit."""
        if 0 < number < LEAST:
            raise ValueError(
                f"every={every!r}: a number without a unit means tokens, {LEAST} or "
                f"more; pass {_with_units(number)}"
            )
        return cls._checked(every, "tokens", number)

    @classmethod
    def _checked(cls, every: object, unit: str, amount: float) -> Schedule:
        if amount <= 0:
            raise ValueError(f"every={every!r}: expected more than 0 {unit}")
        return cls(unit, amount)


def _with_units(number: int) -> str:
    """Return what a small number may mean: hundreds of minutes are no distance."""
    plural = "s" * (number != 1)
    if number > _MOST_MINUTES:
        return f"'{number} tokens', or a time such as '5min'"
    return f"'{number}min' or '{number} epoch{plural}'"
