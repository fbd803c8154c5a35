"""Check the value of one parameter: a whole number, a number, or one of a few."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import Any

import numpy as np

#: Upper bounds of whole numbers, and of the seed.
MAX_WHOLE = 2**31 - 1
MAX_SEED = 2**64 - 1
#: What to pass instead of a parameter that is 0 in other packages.
_INSTEAD_OF_ZERO = {
    "negative": "; for hierarchical softmax pass loss='hierarchical_softmax'"
}
#: Values that error messages suggest.
_NUMBER_EXAMPLES = {
    "sample": 1e-3,
    "alpha": 0.025,
    "min_alpha": 1e-4,
    "ns_exponent": 0.75,
    "rare_power": 0.25,
}


def whole_number(name: str, value: Any, default: Any, least: int, most: int) -> int:
    """Return a whole number in the bounds; messages suggest the default."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        example = _whole_example(name, value, default)
        raise TypeError(f"{name}={value!r}: expected a whole number{example}")
    if not least <= value <= most:
        fix = f"; pass seed={int(value) % (most + 1)}" if name == "seed" else ""
        fix = fix or _INSTEAD_OF_ZERO.get(name, "") * (value == 0)
        raise ValueError(
            f"{name}={_whole_text(int(value))}: expected a whole number from "
            f"{least} to {most:,}{fix}"
        )
    return int(value)


def finite_number(
    name: str, value: Any, least: float, most: float, *, above: bool = False
) -> float:
    """Return a finite number in the bounds; `above` excludes the lower one."""
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        raise TypeError(
            f"{name}={value!r}: expected a number, such as {name}="
            f"{_NUMBER_EXAMPLES[name]}"
        )
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    within = least < number <= most if above else least <= number <= most
    if not (math.isfinite(number) and within):
        bound = f"a number from {least} to {most}"
        if most == math.inf:
            bound = f"a finite number {'above' if above else 'of at least'} {least}"
        raise ValueError(
            f"{name}={number}: expected {bound}, such as {name}="
            f"{_NUMBER_EXAMPLES[name]}"
        )
    return number


def check_choice(name: str, value: Any, choices: tuple[Any, ...]) -> None:
    """Check that a value is one of the choices: an equal text, or the same object."""
    if not any(value is c or (isinstance(c, str) and value == c) for c in choices):
        if choices == (True, False):
            raise ValueError(f"{name}={value!r}: expected True or False")
        known = ", ".join(repr(choice) for choice in choices)
        raise ValueError(f"{name}={value!r}: expected one of {known}")


def type_name(name: str, value: Any, choices: tuple[str, ...]) -> str:
    """Return the name of a type of NumPy, which must be one of the choices."""
    found = value
    if value is not None and not isinstance(value, bytes):
        with suppress(TypeError, ValueError, SyntaxError):
            found = np.dtype(value).name
    check_choice(name, value if found not in choices else found, choices)
    return str(found)


def _whole_text(value: int) -> str:
    """Return a whole number for a message: Python refuses to print a huge one."""
    bits = value.bit_length()
    return str(value) if bits <= 128 else f"(a number of {bits:,} bits)"


def _whole_example(name: str, value: object, default: Any) -> str:
    """Return what to pass instead of a value that is no whole number, if plain."""
    text = value if isinstance(value, str) else repr(value)
    with suppress(ValueError):
        number = float(text)
        if not isinstance(value, bool) and number.is_integer():
            return f", such as {name}={int(number)}"
    return "" if default is None else f", such as {name}={default}"
