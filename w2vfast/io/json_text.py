"""Parse JSON from files that may be damaged or hostile."""

from __future__ import annotations

import json
from typing import Any

from w2vfast.wording import quoted

#: Objects and lists in a header at most; each takes 30 times its size in memory.
MAX_CONTAINERS = 100_000


def parse_json(
    text: str | bytes, what: str, max_containers: int | None = MAX_CONTAINERS
) -> Any:
    """
    Return the value of a JSON text.

    Parameters
    ----------
    text : str or bytes
        Bytes are UTF-8.
    what : str
        Name of the text, for messages.
    max_containers : int or None
        Objects and lists that the text may have at most; None for any number.

    Raises
    ------
    ValueError
        If the text is not JSON, is nested too deeply, has too many objects, or an
        object has a name twice.

    Examples
    --------
    >>> parse_json('{"alpha": 0.025}', "the header")
    {'alpha': 0.025}
    >>> parse_json('{"a": 1, "a": 2}', "the header")
    Traceback (most recent call last):
    ValueError: the header is not valid JSON: the name 'a' occurs twice; copy or ...
    """
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        containers = text.count("[") + text.count("{")
        if max_containers is not None and containers > max_containers:
            raise ValueError(f"more than {max_containers:,} objects and lists")
        return json.loads(text, object_pairs_hook=_distinct_names)
    except RecursionError:
        reason = "it is nested too deeply"
    except ValueError as error:
        reason = str(error)
    raise ValueError(
        f"{what} is not valid JSON: {reason}; copy or write the file again"
    )


def _distinct_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object as a dict; ValueError if a name occurs twice."""
    values = dict(pairs)
    if len(values) < len(pairs):
        seen: set[str] = set()
        twice = next(n for n, _ in pairs if n in seen or seen.add(n))  # type: ignore[func-returns-value]
        raise ValueError(f"the name {quoted(twice)} occurs twice")
    return values
