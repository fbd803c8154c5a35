"""Optuna, an optional package: imported at its first use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from w2vfast.runtime.optional_packages import load


def load_optuna() -> Any:
    """
    Return the package Optuna.

    Raises
    ------
    ImportError
        If it is not installed, or is older than version 4.
    """
    optuna = load("optuna", "tuning", "tune")
    load("optuna.storages.journal", "tuning", "tune")  # not in Optuna 3
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
