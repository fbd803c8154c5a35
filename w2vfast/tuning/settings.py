"""The settings of a small search space: which of them were not tried yet."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import Any

from w2vfast.tuning.dimensions import Space
from w2vfast.tuning.trial import Trial

#: Larger spaces are not listed. A search hardly meets a setting of them twice.
MOST_LISTED = 10_000


def n_settings(space: Space) -> float:
    """
    Return the number of settings of a space; inf if a parameter is a real number.

    Examples
    --------
    >>> from w2vfast.tuning.dimensions import Choice, Whole
    >>> n_settings({"window": Whole(2, 4), "architecture": Choice(("skipgram",))})
    3
    """
    return math.prod(dimension.size for dimension in space.values())


def untried(space: Space, trials: Iterable[Trial]) -> list[dict[str, Any]] | None:
    """
    Return the settings without a trial that counts.

    Returns
    -------
    list of dict, or None
        None if the space is too large to list.
    """
    if n_settings(space) > MOST_LISTED:
        return None
    values = [dimension.values_in_order for dimension in space.values()]
    tried = [
        tuple(trial.parameters.get(name) for name in space)
        for trial in trials
        if trial.counts
    ]
    known = set(tried)
    return [
        dict(zip(space, setting, strict=True))
        for setting in itertools.product(*values)
        if setting not in known
    ]
