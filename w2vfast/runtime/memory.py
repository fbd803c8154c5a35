"""The memory of this machine, and the budget of a corpus."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from w2vfast.runtime.control_groups import group_memory

#: Words may always take this much, whatever `memory_limit` is, because they can't go
#: to a file.
LEAST_FOR_WORDS = 256 << 20


def physical_memory() -> int:
    """Return the memory of the machine or container in bytes; 8 GiB if unknown."""
    return min([_machine_memory(), *(group.limit for group in group_memory())])


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


def current_memory() -> int:
    """Return the bytes of resident memory of this process; its peak if unknown."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError):
        return peak_memory() or 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def available_memory(swap: bool = True) -> int:
    """
    Return the bytes that a process may still use.

    On Linux these are the memory that the system calls available, and free swap, but
    no more than the container of this process may still use. On other systems they
    are all memory of the machine.

    Parameters
    ----------
    swap : bool, default True
        Whether to count free swap.
    """
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return physical_memory()
    kilobytes = {line.split()[0]: int(line.split()[1]) for line in lines}
    free = kilobytes.get("MemAvailable:", 0) << 10
    free += (kilobytes.get("SwapFree:", 0) << 10) if swap else 0
    free = free or physical_memory()
    return min([free, *(group.free for group in group_memory())])


def resolve_limit(memory_limit: int | None) -> int:
    """
    Return the budget in bytes.

    Parameters
    ----------
    memory_limit : int or None
        0 or more. None means half of the memory of the machine or container, or
        three quarters of what is available at present if that is less.

    Raises
    ------
    TypeError, ValueError
        If `memory_limit` is not a whole number of 0 or more.
    """
    if memory_limit is None:
        return min(physical_memory() // 2, 3 * (available_memory(swap=False) // 4))
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
            f"more than memory_limit={limit} bytes: raise memory_limit, or give text "
            "with fewer distinct words, for instance without numbers and in lower case"
        )
