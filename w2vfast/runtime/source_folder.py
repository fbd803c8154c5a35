"""Say why a compiled module is missing: Python started in uncompiled sources."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120


def explain_missing_modules() -> None:
    """
    Explain the error if a compiled module of the package is missing.

    An installed package has no Cython sources; there this does nothing.
    """
    is_source = os.path.exists(os.path.join(_PACKAGE, "runtime", "_holds.pyx"))  # noqa: PTH110, PTH118
    if is_source and _Explanation not in sys.meta_path:
        sys.meta_path.append(_Explanation)


class _Explanation:
    """The last finder: Python asks it for modules that no other finder has found."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None, _: object = None) -> None:
        """Raise ModuleNotFoundError for a module whose Cython source exists."""
        if not name.startswith("w2vfast.") or path is None:
            return
        source = name.rpartition(".")[2] + ".pyx"
        if any(os.path.exists(os.path.join(folder, source)) for folder in path):  # noqa: PTH110, PTH118
            raise ModuleNotFoundError(
                f"{name} is missing: {_PACKAGE} is a source folder that is not "
                "compiled for this Python. To import the installed w2vfast, start "
                "Python in another folder; to compile these sources, run "
                f"pip install -e . in {os.path.dirname(_PACKAGE)}",  # noqa: PTH120
                name=name,
            )
