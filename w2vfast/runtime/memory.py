"""The memory of this machine, and the budget for token ids."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path


def physical_memory() -> int:
    """Return the machine's memory in bytes, or 8 GiB if it is unknown."""
    if hasattr(os, "sysconf"):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if sys.platform == "win32":
        import ctypes

        status = (ctypes.c_uint64 * 8)(
            64
        )  # MEMORYSTATUSEX; the first field is its size
        if ctypes.windll.kernel32.GlobalMemoryStatusEx(status):
            return status[1]
    return 8 << 30


def available_memory() -> int:
    """
    Return the bytes that this process may still use.

    That is the memory which Linux calls available, with free swap, or the machine's
    memory on other systems; less, if a control group limits this process.
    """
    free = physical_memory()
    fields = _numbers("/proc/meminfo")
    if "MemAvailable:" in fields:
        free = (fields["MemAvailable:"] + fields.get("SwapFree:", 0)) << 10
    with suppress(OSError, ValueError):  # no limit, or no control groups
        limit = int(Path("/sys/fs/cgroup/memory.max").read_text())
        used = int(Path("/sys/fs/cgroup/memory.current").read_text())
        files = _numbers("/sys/fs/cgroup/memory.stat").get("file", 0)
        free = min(free, limit - used + files)
    return max(0, free)


def _numbers(path: str) -> dict[str, int]:
    """Return the first word and the first number of each line of a system file."""
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return {}
    fields = [line.split() for line in lines]
    return {line[0]: int(line[1]) for line in fields if len(line) > 1}


def resolve_limit(memory_limit: int | None) -> int:
    """
    Return the budget in bytes.

    Parameters
    ----------
    memory_limit : int or None
        0 or more; None means half of the machine's memory.

    Raises
    ------
    TypeError, ValueError
        If `memory_limit` is not a whole number of 0 or more.
    """
    if memory_limit is None:
        return physical_memory() // 2
    if isinstance(memory_limit, bool) or not hasattr(memory_limit, "__index__"):
        raise TypeError(
            f"memory_limit={memory_limit!r}: expected bytes as a whole number, or "
            "None for half of the memory"
        )
    if memory_limit < 0:
        raise ValueError(f"memory_limit={memory_limit}: expected 0 bytes or more")
    return int(memory_limit)
