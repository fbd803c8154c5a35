"""Build the packages twice, in folders with other names; the files must be equal.

    pip install build cython setuptools
    python tests/reproducible.py            # exits with 1 if a byte differs

It packs what git tracks, with the time of the last commit as SOURCE_DATE_EPOCH, and
uses the installed build dependencies, so it needs no network.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def build(folder: Path, time: str) -> dict[str, str]:
    """Clone into a folder, and build there; return the SHA-256 of each package."""
    subprocess.run(["git", "clone", "-q", ROOT, folder / "source"], check=True)
    command = [sys.executable, "-m", "build", "-q", "--no-isolation"]
    environment = os.environ | {"SOURCE_DATE_EPOCH": time, "TZ": "UTC"}
    subprocess.run(command, cwd=folder / "source", env=environment, check=True)
    packages = sorted((folder / "source" / "dist").iterdir())
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in packages}


def main() -> None:
    """Build twice and compare."""
    command = ["git", "log", "-1", "--format=%ct"]
    time = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    results = []
    for name in ("a", "a longer folder"):
        with tempfile.TemporaryDirectory() as parent:
            os.umask(0o022 if name == "a" else 0o077)
            folder = Path(parent, name)
            folder.mkdir()
            results.append(build(folder, time.stdout.strip()))
    first, second = results
    for name, digest in first.items():
        equal = second.get(name) == digest
        print(f"{digest}  {name}: {'equal' if equal else 'DIFFERS'}")
    sys.exit(first != second)


if __name__ == "__main__":
    main()
