"""Optional packages for pictures: imported at their first use."""

from __future__ import annotations

from importlib import import_module
from typing import Any

#: What to install for each module, where the names differ.
_PACKAGES = {"sklearn": "scikit-learn", "umap": "umap-learn"}


def load(module: str, use: str) -> Any:
    """
    Return a module of an optional package.

    Parameters
    ----------
    module : str
        Such as "matplotlib.pyplot".
    use : str
        What needs it, for the error: "a plot", "method='umap'".

    Raises
    ------
    ImportError
        If the package is not installed. The message says how to install it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        name = module.partition(".")[0]
        package = _PACKAGES.get(name, name)
        raise ImportError(
            f"{use} needs the package {package} ({error}): install it with "
            f'pip install "w2vfast[viz]", or alone with pip install {package}'
        ) from None
