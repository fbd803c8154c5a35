"""Options of the page, with their checks."""

from __future__ import annotations

import numbers
from dataclasses import dataclass

from w2vfast.viz.projection import METHODS

#: Words of a page, unless `top` says otherwise.
DEFAULT_TOP = 20_000
#: With 100 dimensions the page then has 8 MB, and a search takes milliseconds.
MAX_TOP = 50_000


@dataclass(frozen=True)
class PageOptions:
    """
    What a page contains.

    Parameters
    ----------
    top : int, default 20,000
        Number of words, the most frequent ones: from 2 to 50,000. A model with fewer
        words gives all of its words.
    method : {"pca", "tsne", "umap", "pacmap"}, default "pca"
        How the map is computed.
    names : tuple of str
        What the page calls the models: one name, or two for a comparison.

    Raises
    ------
    TypeError
        If `top` is not a whole number.
    ValueError
        If `top` is out of range or `method` is unknown.

    Examples
    --------
    >>> PageOptions(top=60_000)
    Traceback (most recent call last):
    ValueError: top=60000: expected 2 to 50000, which a browser searches at once
    """

    top: int = DEFAULT_TOP
    method: str = "pca"
    names: tuple[str, ...] = ("vectors", "other vectors")

    def __post_init__(self) -> None:
        if isinstance(self.top, bool) or not isinstance(self.top, numbers.Integral):
            raise TypeError(f"top={self.top!r}: expected a whole number")
        if not 2 <= self.top <= MAX_TOP:
            raise ValueError(
                f"top={self.top}: expected 2 to {MAX_TOP}, which a browser searches "
                "at once"
            )
        if self.method not in METHODS:
            raise ValueError(
                f"method={self.method!r}: expected one of {', '.join(METHODS)}"
            )
