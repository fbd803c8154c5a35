"""The folder for temporary files that are too large for memory."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

#: Survives a restart, so it is on a disk even where the temporary folder is in memory.
ON_DISK = "/var/tmp"
#: File systems that keep files in memory.
IN_MEMORY = ("tmpfs", "ramfs")
_MOUNTS = Path("/proc/self/mounts")


def folder_on_disk() -> str:
    """
    Return a folder for large temporary files.

    It is the usual one, for which TMPDIR can be set. If TMPDIR is not set and the usual
    folder is in memory, as ``/tmp`` is in several Linux distributions, it is
    ``/var/tmp``.
    """
    usual = tempfile.gettempdir()
    if any(os.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP")):
        return usual
    if _file_system(usual) not in IN_MEMORY or _file_system(ON_DISK) in IN_MEMORY:
        return usual
    return ON_DISK if os.access(ON_DISK, os.W_OK | os.X_OK) else usual


def _file_system(folder: str) -> str:
    """Return the type of the file system that holds a folder; "" if unknown."""
    try:
        lines = _MOUNTS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    path = Path(folder).resolve()
    found, longest = "", -1
    for line in lines:
        _, mounted, kind, *_ = line.split(" ")
        # Later mounts cover earlier ones of the same folder.
        if len(mounted) >= longest and path.is_relative_to(mounted):
            found, longest = kind, len(mounted)
    return found
