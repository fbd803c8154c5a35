"""Ctrl-C while the command line still imports its modules: end without a traceback."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

#: Names of the script that installers make for the command.
_SCRIPTS = ("w2vfast", "w2vfast.exe", "w2vfast-script.py")


def quiet_interrupts() -> None:
    """
    End the process at once on Ctrl-C, if it runs the command line.

    The package calls this before its other imports, and the command line calls
    `usual_interrupts` after them. An exception would not do, because NumPy turns
    exceptions during its import into errors of its own.
    """
    usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    in_main_thread = threading.current_thread() is threading.main_thread()
    if usual and in_main_thread and is_command():
        signal.signal(signal.SIGINT, _end)


def usual_interrupts() -> None:
    """Let Ctrl-C raise KeyboardInterrupt again."""
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def is_command() -> bool:
    """Return whether this process was started as ``w2vfast`` or ``-m w2vfast``."""
    # Python has set argv[0] to -m while it imports the package of the module.
    if sys.argv[:1] != ["-m"]:
        return os.path.basename(sys.argv[0] if sys.argv else "") in _SCRIPTS  # noqa: PTH119
    options = iter(sys.orig_argv[1:])
    for option in options:
        if option.startswith("-m"):
            module = option[2:] or next(options, "")
            return module.partition(".")[0] == "w2vfast"
    return False


def _end(_number: int, _frame: FrameType | None) -> None:
    os.write(2, b"w2vfast: interrupted\n")
    os._exit(130)
