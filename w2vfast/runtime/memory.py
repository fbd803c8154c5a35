"""The memory of this machine, and the budget of a corpus."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

#: Files with the memory limit of a container, in versions 2 and 1 of control groups.
_CONTAINER_LIMITS = (
    "/sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
)
#: Words may always take this much, whatever `memory_limit` is, because they can't go
#: to a file.
LEAST_FOR_WORDS = 256 << 20


def physical_memory() -> int:
    """Return the memory of the machine or container in bytes; 8 GiB if unknown."""
    memory = _machine_memory()
    for path in _CONTAINER_LIMITS:
        with suppress(OSError, ValueError):  # no such file, or "max"
            memory = min(memory, int(Path(path).read_text()))
    return memory


def _machine_memory() -> int:
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


def peak_memory() -> int | None:
    """Return the most bytes that this process has used so far; None on Windows."""
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak << 10  # Linux counts kilobytes


def available_memory() -> int:
    """
    Return the bytes that a process may still use.

    On Linux these are the memory that the system calls available, and free swap; on
    other systems all memory of the machine.
    """
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return physical_memory()
    kilobytes = {line.split()[0]: int(line.split()[1]) for line in lines}
    free = kilobytes.get("MemAvailable:", 0) + kilobytes.get("SwapFree:", 0)
    return min(physical_memory(), free << 10) or physical_memory()


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


def check_words(n_words: int, n_bytes: int, limit: int) -> None:
    """
    Raise MemoryError if the distinct words of a corpus exceed its budget.

    Parameters
    ----------
    n_words : int
        Distinct words so far.
    n_bytes : int
        Memory that they will take, about.
    limit : int
        The budget of the corpus. Words may always take `LEAST_FOR_WORDS`.
    """
    if n_bytes > max(limit, LEAST_FOR_WORDS):
        raise MemoryError(
            f"{n_words:,} distinct words so far need about {n_bytes / 1e9:.2f} GB, "
            f"more than memory_limit={limit:,} bytes: raise memory_limit, or give text "
            "with fewer distinct words, for instance without numbers and in lower case"
        )
