"""The loggers of the package. The first message imports `logging`, not the start-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging


def logger(part: str = "") -> logging.Logger:
    """Return the logger ``w2vfast``, or that of a part: ``w2vfast.training``."""
    import logging

    return logging.getLogger(f"w2vfast.{part}" if part else "w2vfast")
