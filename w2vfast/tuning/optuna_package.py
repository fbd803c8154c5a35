"""Optuna, an optional package: imported at its first use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any


def load_optuna() -> Any:
    """
    Return the package Optuna.

    Raises
    ------
    ImportError
        If it is not installed, or is older than version 4.
    """
    try:
        optuna: Any = import_module("optuna")
        import_module("optuna.storages.journal").JournalFileBackend  # noqa: B018
    except (ImportError, AttributeError) as error:
        raise ImportError(
            f"tuning needs Optuna 4 or later ({error}): install it with "
            "pip install 'w2vfast[tune]'"
        ) from error
    return optuna


@contextmanager
def quiet(optuna: Any) -> Iterator[None]:
    """Show only warnings of Optuna's own log in the block."""
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(max(level, optuna.logging.WARNING))
    try:
        yield
    finally:
        optuna.logging.set_verbosity(level)
