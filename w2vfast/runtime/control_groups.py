"""The memory limits of the control groups of this process, such as a container."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import NamedTuple

#: Lists the groups of this process: "number:controllers:path" on each line.
MEMBERSHIP = Path("/proc/self/cgroup")
#: Where the groups are mounted.
MOUNT = Path("/sys/fs/cgroup")
#: Bytes of this and more mean "no limit" in version 1.
UNLIMITED = 1 << 60


class _Names(NamedTuple):
    """Names of files in a version of control groups."""

    limits: tuple[str, ...]
    used: str
    reclaimable: str  # in memory.stat: pages of files, which can be dropped


_VERSION_1 = _Names(
    ("memory.limit_in_bytes",), "memory.usage_in_bytes", "total_inactive_file"
)
#: Above memory.high the system slows a group down until it uses less.
_VERSION_2 = _Names(("memory.max", "memory.high"), "memory.current", "inactive_file")


class GroupMemory(NamedTuple):
    """The limit of a group in bytes, and what its processes may still use of it."""

    limit: int
    free: int


def group_memory() -> list[GroupMemory]:
    """Return the memory of each group that holds this process and has a limit.

    Groups are nested, and the limits of all of them apply.
    """
    found = []
    for folder, names in _groups():
        with suppress(OSError, ValueError):
            limits = [_number(folder / name) for name in names.limits]
            limit = min(limits)
            if limit < UNLIMITED:
                found.append(GroupMemory(limit, _free(folder, names, limit)))
    return found


def _free(folder: Path, names: _Names, limit: int) -> int:
    """Return the unused part of a limit; the whole limit if the use is unknown."""
    try:
        used = _number(folder / names.used)
        lines = (folder / "memory.stat").read_text().splitlines()
    except (OSError, ValueError):
        return limit
    counts = dict(line.split()[:2] for line in lines if " " in line)
    return max(0, limit - used + int(counts.get(names.reclaimable, 0)))


def _groups() -> Iterator[tuple[Path, _Names]]:
    """Yield the folder of each group that holds this process, and its file names."""
    try:
        lines = MEMBERSHIP.read_text().splitlines()
    except OSError:
        lines = []
    # A container often sees its own group as the root.
    paths = {"memory": {"/"}, "": {"/"}}
    for line in lines:
        _, controllers, path = line.split(":", 2)
        for controller, found in paths.items():
            if controller in controllers.split(","):
                found.add(path)
    for group in _with_parents(paths["memory"]):
        yield MOUNT / "memory" / group, _VERSION_1
    for root in (MOUNT, MOUNT / "unified"):
        for group in _with_parents(paths[""]):
            yield root / group, _VERSION_2


def _with_parents(paths: set[str]) -> set[PurePosixPath]:
    """Return paths below the root, relative to it, with all of their parents."""
    found = set()
    for path in paths:
        parts = PurePosixPath(path).relative_to("/")
        found |= {parts, *parts.parents}
    return found


def _number(path: Path) -> int:
    """Read a number of bytes; "max", or no file, means no limit."""
    try:
        text = path.read_text().strip()
    except FileNotFoundError:
        return UNLIMITED
    return UNLIMITED if text == "max" else int(text)
