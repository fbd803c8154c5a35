"""Import the modules of a package at the first use of their names."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module


def lazy_name(
    package: str, name: str, names: Sequence[str], modules: Sequence[str]
) -> object:
    """
    Return a public name of a package, for its ``__getattr__``.

    Parameters
    ----------
    package : str
    name : str
    names : sequence of str
        The package's ``__all__``.
    modules : sequence of str
        Submodules that may define the name.

    Raises
    ------
    AttributeError
        If the package has no such name.
    """
    if name in names:
        for module in modules:
            found = import_module(f"{package}.{module}")
            if hasattr(found, name):
                return getattr(found, name)
    raise AttributeError(f"module {package!r} has no attribute {name!r}")
