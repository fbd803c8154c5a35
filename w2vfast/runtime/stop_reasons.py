"""Why something stopped: the name of an error, or of the signal that led to it."""

from __future__ import annotations

import signal

#: Signals that asked the process to end, as the command line received them.
received_signals: list[int] = []


def stop_reason(error: BaseException) -> str:
    """
    Return the name of an error for `Stopped` and for the log.

    A KeyboardInterrupt after another signal than that of Ctrl-C, such as SIGTERM, has
    the name of the signal: Ray raises plain ones.

    Examples
    --------
    >>> stop_reason(MemoryError()), stop_reason(KeyboardInterrupt())
    ('MemoryError', 'KeyboardInterrupt')
    """
    if isinstance(error, KeyboardInterrupt) and received_signals:
        return signal.Signals(received_signals[-1]).name
    return type(error).__name__
