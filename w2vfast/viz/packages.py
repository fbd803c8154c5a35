"""Optional packages for pictures."""

from __future__ import annotations

from typing import Any

from w2vfast.runtime import optional_packages


def load(module: str, use: str) -> Any:
    """
    Return a module of a package of the extra `viz`; see `optional_packages.load`.

    Parameters
    ----------
    module : str
        Such as "matplotlib.pyplot".
    use : str
        What needs it, for the error: "a plot", "method='umap'".
    """
    return optional_packages.load(module, use, "viz")
