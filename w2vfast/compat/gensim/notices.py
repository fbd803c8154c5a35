"""Notices for users of gensim, such as of arguments without an effect."""

from __future__ import annotations

import logging

logger: logging.Logger = logging.getLogger(__name__)

_reported: set[str] = set()


def report_once(message: str) -> None:
    """Log a message at level INFO, once per process."""
    if message not in _reported:
        _reported.add(message)
        logger.info(message)
