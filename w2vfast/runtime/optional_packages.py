"""Optional packages: imported at their first use."""

from __future__ import annotations

from importlib import import_module
from typing import Any

#: Packages whose names differ from those of their modules, or whose version matters.
_PACKAGES = {
    "faiss": "faiss-cpu",
    "optuna": "optuna 4 or later",
    "ot": "POT",
    "sklearn": "scikit-learn",
    "umap": "umap-learn",
}


def load(module: str, use: str, extra: str, otherwise: str = "") -> Any:
    """
    Return a module of an optional package.

    Parameters
    ----------
    module : str
        Such as "matplotlib.pyplot".
    use : str
        What needs it, for the error: "a plot", "method='umap'".
    extra : str
        The extra of w2vfast that installs the package.
    otherwise : str, default ""
        What to do without the package, for the error: "use method='pca'".

    Raises
    ------
    ImportError
        If the package is not installed. The message says how to install it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        name = module.partition(".")[0]
        raise ImportError(
            f"{use} needs the package {_PACKAGES.get(name, name)} ({error}): install "
            f"it with: pip install 'w2vfast[{extra}]'{', or ' * bool(otherwise)}"
            f"{otherwise}"
        ) from error
