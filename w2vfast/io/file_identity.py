"""Which file a name stands for: a model knows the files that hold its own state."""

from __future__ import annotations

import os
from pathlib import Path

from w2vfast.io.atomic import StrPath

#: Device, inode, time of the last change in ns, and size of a file: a new file, also
#: of the same name, differs from it.
FileIdentity = tuple[int, int, int, int]
#: The files that a model was read from and written to last: their paths and identities.
KnownFiles = tuple[tuple[str, FileIdentity], ...]


def file_identity(path: StrPath) -> FileIdentity | None:
    """Return the identity of a file, or None if there is none."""
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size


def written_identity(path: StrPath, before: FileIdentity | None) -> FileIdentity | None:
    """
    Return the identity of a file that was just written, not of one that replaced it.

    Parameters
    ----------
    path : path-like
    before : tuple or None
        The identity of the new file before it was renamed to `path`. Some file
        systems, such as FAT, give it another inode then.
    """
    after = file_identity(path)
    if before is None or after is None or before[2:] == after[2:]:
        return after
    return before


def is_known(path: StrPath, known: KnownFiles) -> bool:
    """Return whether a file is one that the model was read from or written to."""
    return any(file_identity(path) == identity for _, identity in known)


def known_files(
    known: KnownFiles, path: StrPath, identity: FileIdentity | None
) -> KnownFiles:
    """Return the known files of a model that was read from or written to `path`."""
    name = os.path.realpath(path)
    others = tuple(item for item in known if item[0] != name)
    return others if identity is None else (*others, (name, identity))
