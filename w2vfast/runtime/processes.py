"""Names of processes that stay unique, so that files of dead processes are found."""

from __future__ import annotations

import os
import platform
import sys
import zlib
from contextlib import suppress
from functools import cache
from pathlib import Path


def name_of_this_process() -> str:
    """
    Return a name that no other process has had: ``machine-pid-start``.

    The machine stands for the boot and the pid namespace, so the processes of other
    machines and other containers that share a folder have other names. The start
    distinguishes processes that had the same pid one after the other.
    """
    pid = os.getpid()
    return f"{_machine()}-{pid}-{_start(pid) or 0}"


def is_dead(name: str) -> bool:
    """
    Return whether a process has certainly ended.

    Parameters
    ----------
    name : str
        What `name_of_this_process` returned there.

    Returns
    -------
    bool
        False if the process runs, or runs on another machine, or if it is unclear.
    """
    machine, _, rest = name.partition("-")
    pid_text, _, start = rest.partition("-")
    if machine != _machine() or not pid_text.isdecimal() or not start.isdecimal():
        return False
    pid = int(pid_text)
    if not 0 < pid < 2**31:
        return False
    if not _exists(pid):
        return True
    now = _start(pid)
    return start != "0" and now is not None and start != str(now)


def _exists(pid: int) -> bool:
    """Return whether a process runs; True if that is unclear."""
    if sys.platform == "win32":
        return _exists_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _exists_on_windows(pid: int) -> bool:
    """Open the process: ``os.kill`` would end it there."""
    if sys.platform != "win32":
        return True
    import ctypes

    query_limited_information, invalid_parameter, still_active = 0x1000, 87, 259
    kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    handle = kernel32.OpenProcess(query_limited_information, False, pid)
    if not handle:
        return ctypes.get_last_error() != invalid_parameter
    code = ctypes.c_ulong()
    known = kernel32.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel32.CloseHandle(handle)
    return not known or code.value == still_active


def _start(pid: int) -> int | None:
    """Return when a process started, in ticks since boot; None if unknown."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        return int(stat.rpartition(")")[2].split()[19])  # field 22
    except (OSError, ValueError, IndexError):
        return None


@cache
def _machine() -> str:
    """Return 8 hexadecimal digits for this boot of this machine or container."""
    parts = [platform.node()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text())
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return f"{zlib.crc32(chr(10).join(parts).encode()):08x}"
