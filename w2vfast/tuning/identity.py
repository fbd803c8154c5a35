"""What the scores of a study depend on, compared with those of another search."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

#: Parts that are checksums, with what they stand for.
_CHECKSUMS = {
    "corpus": "the corpus has other text",
    "content": "the data of the objective are others",
    "parts": "the parts of the objective are others",
}


def differences(
    old: dict[str, Any],
    new: dict[str, Any],
    varied: Container[str] = (),
    varies: Container[str] = (),
) -> list[str]:
    """
    Return the differences of two identities as texts.

    Parameters
    ----------
    old, new : dict
        See `Plan.identity`.
    varied, varies : container of str
        The parameters that the old search varied, and those that the new one varies.

    Examples
    --------
    >>> old = {"corpus": "1f", "parameters": {"epochs": 5, "negative": 5}}
    >>> new = {"corpus": "1f", "parameters": {"epochs": 2, "negative": 7}}
    >>> differences(old, new, varied=["epochs"])
    ['epochs varied before, epochs=2 now', 'negative=5 before, negative=7 now']
    """
    found: dict[str, None] = {}
    for name in dict.fromkeys([*old, *new]):
        one, two = old.get(name), new.get(name)
        if isinstance(one, dict) and isinstance(two, dict):
            is_model = name == "parameters"
            some = differences(one, two, *((varied, varies) if is_model else ()))
            if len(some) > 1:  # the default learning rate follows from the others
                some = [text for text in some if not text.startswith("alpha=")]
            found |= dict.fromkeys(some)
        elif one != two and name in _CHECKSUMS:
            found[_CHECKSUMS[name]] = None
        elif one != two and name == "name":
            found[f"the objective was {one!r} before, {two!r} now"] = None
        elif name in varied and name in varies:
            continue  # no trial has this value
        elif one != two and (name != "class" or old["name"] == new["name"]):
            before = f"{name} varied" if name in varied else f"{name}={one!r}"
            now = f"{name} varies" if name in varies else f"{name}={two!r}"
            found[f"{before} before, {now} now"] = None
    return list(found)
