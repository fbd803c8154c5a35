"""The logger of the package. The first message imports `logging`, not the start-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging


def logger() -> logging.Logger:
    """Return the logger ``w2vfast``."""
    import logging

    return logging.getLogger("w2vfast")
