"""Split items into two halves: one chooses parameters, the other tests the choice."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import TypeVar

from w2vfast.wording import counted

Item = TypeVar("Item")
#: The value of `test` that holds out half of the data.
HALF = "half"
#: Fewer items make halves whose scores are mostly chance.
LEAST_ITEMS = 10


def checksum(text: str) -> str:
    """Return the CRC-32 of a text, 8 hexadecimal digits."""
    return f"{zlib.crc32(text.encode('utf-8', 'surrogatepass')):08x}"


def halves(items: Sequence[Item], name: str) -> tuple[list[Item], list[Item]]:
    """
    Return two halves that depend on the items alone, not on their order.

    Parameters
    ----------
    items : sequence
        With distinct `repr`.
    name : str
        Where they are from, for the error.

    Raises
    ------
    ValueError
        If there are too few to split.

    Examples
    --------
    >>> one, two = halves(range(10), "numbers")
    >>> sorted(one + two), halves(range(9, -1, -1), "numbers")[0] == one
    ([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], True)
    """
    if len(items) < LEAST_ITEMS:
        raise ValueError(
            f"{name}: {counted(len(items), 'line')}: too few to hold out half of them "
            f"for a test: expected {LEAST_ITEMS} or more; pass test=None to "
            "search with all, or another file for the test"
        )
    ordered = sorted(items, key=lambda item: (checksum(repr(item)), repr(item)))
    return ordered[::2], ordered[1::2]
