"""Output of every command: status lines, messages of the log, error messages."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from w2vfast.cli.option_names import OptionNames
from w2vfast.runtime.text_table import printable


def print_status(message: str) -> None:
    """Print one line on standard error, if the process has one."""
    if sys.stderr is not None:  # None if closed: print would then use stdout
        with suppress(OSError):
            text = printable(" ".join(message.splitlines()))
            print("w2vfast:", text, file=sys.stderr)


class _StatusLines(logging.Handler):
    """Print the messages of a logger as status lines."""

    def __init__(self, names: OptionNames) -> None:
        super().__init__()
        self._names = names

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record, with its level if it is a warning or an error."""
        message = record.getMessage()
        if record.levelno >= logging.WARNING:
            level = record.levelname.lower()
            message = f"{level}: {self._names.translate(message)}"
        print_status(message)


@contextmanager
def show_log(verbose: bool, names: OptionNames) -> Iterator[None]:
    """
    Show the warnings of the logger "w2vfast"; with `verbose`, its reports too.

    Warnings name options instead of parameters; reports have values of parameters.
    """
    logger, handler = logging.getLogger("w2vfast"), _StatusLines(names)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO if verbose else logging.WARNING)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def error_text(error: Exception) -> str:
    """Return the message of an error, or its class name if the message is empty."""
    if isinstance(error, OSError) and error.strerror:
        where = "" if error.filename is None else f"{error.filename}: "
        return where + error.strerror
    if isinstance(error, MemoryError):
        return str(error) or "out of memory"
    if type(error) is KeyError and error.args:
        return str(error.args[0])  # str(error) would add quotes
    return str(error) or type(error).__name__


def flush_stdout() -> None:
    """Write buffered output, or discard it so that exit does not fail again."""
    try:
        print(end="", flush=True)
    except OSError:
        with suppress(OSError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, sys.stdout.fileno())
            os.close(null)
