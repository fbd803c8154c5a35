"""Output of every command: status lines and error messages."""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def print_status(message: str) -> None:
    """Print one line on standard error, if the process has one."""
    if sys.stderr is not None:  # None if closed: print would then use stdout
        with suppress(OSError):
            print("w2vfast:", " ".join(message.splitlines()), file=sys.stderr)


def error_text(error: Exception) -> str:
    """Return the message of an error, or its class name if the message is empty."""
    if isinstance(error, OSError) and error.strerror:
        where = "" if error.filename is None else f"{error.filename}: "
        return where + error.strerror
    if isinstance(error, MemoryError):
        return str(error) or "out of memory"
    if isinstance(error, KeyError) and error.args:
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
