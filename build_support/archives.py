"""Archives that depend on the content of files only: reproducible builds.

setuptools puts times, owners and permissions of the files on this machine into the
source package, and permissions into the wheel.
"""

from __future__ import annotations

import gzip
import os
import tarfile
import time
from collections.abc import Mapping
from pathlib import Path


def source_date(environment: Mapping[str, str] = os.environ) -> int:
    """Return the time of the build: SOURCE_DATE_EPOCH, else now."""
    return int(environment.get("SOURCE_DATE_EPOCH", time.time()))


def normalise_modes(folder: Path) -> None:
    """Let everyone read the files, and only the owner write them."""
    for path in folder.rglob("*"):
        is_program = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if is_program else 0o644)


def write_tar_gz(target: Path, folder: Path, seconds: int) -> None:
    """Write the files of a folder, sorted by name, all with one time and owner."""

    def normalised(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.mtime = seconds
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        is_program = member.isdir() or member.mode & 0o100
        member.mode = 0o755 if is_program else 0o644
        return member

    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", fileobj=raw, mtime=seconds) as packed,
        tarfile.open(mode="w", fileobj=packed, format=tarfile.PAX_FORMAT) as archive,
    ):
        for path in sorted([folder, *folder.rglob("*")]):
            archive.add(path, recursive=False, filter=normalised)
