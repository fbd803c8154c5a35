"""Describe the conditions of a run: machine, versions, commit and command."""

from __future__ import annotations

import os
import platform
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from w2vfast.runtime import threads

PACKAGES = (
    *("w2vfast", "numpy", "scipy", "gensim", "fasttext-wheel", "fasttext", "torch"),
)


def conditions() -> dict[str, Any]:
    """Return machine, versions, commit and command."""
    return {
        "date": time.strftime("%Y-%m-%d"),
        "cpu": _cpu(),
        "cores": threads.available(),
        "memory_gb": _memory(),
        "system": f"{platform.system()} {platform.machine()}",
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "versions": dict(_versions()),
        "commit": _commit(),
        "command": command(),
    }


def command() -> str:
    """Return the command line without the folders of this machine."""
    script = Path(sys.argv[0]).resolve()
    words = [f"{script.parent.name}/{script.name}"]
    for word in sys.argv[1:]:
        words.append(Path(word).name if Path(word).is_absolute() else word)
    return f"python {shlex.join(words)}"


def described(facts: dict[str, Any]) -> str:
    """Return `conditions()` as lines of Markdown."""
    versions = ", ".join(f"{k} {v}" for k, v in facts["versions"].items())
    return (
        f"{facts['cpu']}, {facts['cores']} cores, {facts['memory_gb']} GB, "
        f"{facts['system']}; Python {facts['python']}, {versions}; "
        f"commit {facts['commit']}, {facts['date']}, load {facts['load']}.\n\n"
        f"    {facts['command']}\n"
    )


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return platform.processor() or platform.machine()
    facts: dict[str, str] = {}
    for line in info.read_text().split("\n\n")[0].splitlines():
        key, _, value = line.partition(":")
        facts[key.strip()] = value.strip()
    name = facts.get("model name", platform.machine())
    numbers = f"family {facts.get('cpu family')} model {facts.get('model')}"
    return f"{name} ({numbers})" if "model" in facts else name


def _memory() -> int | None:
    if "SC_PHYS_PAGES" not in getattr(os, "sysconf_names", {}):
        return None
    return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30)


def _versions() -> Iterable[tuple[str, str]]:
    for package in PACKAGES:
        try:
            yield package, metadata.version(package)
        except metadata.PackageNotFoundError:
            if package == "w2vfast":
                yield package, "from its source"


def _commit() -> str:
    """Return the commit; a + says that package or benchmarks differ from it."""
    root = Path(__file__).resolve().parents[2]
    try:
        head = _git(root, "rev-parse", "--short", "HEAD")
        watched = ("w2vfast", "benchmarks/*.py")  # git's * matches sub-folders as well
        changed = _git(root, "status", "--porcelain", "--", *watched)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head + ("+" if changed else "")


def _git(folder: Path, *words: str) -> str:
    answer = subprocess.run(
        ["git", "-C", str(folder), *words], capture_output=True, text=True, check=True
    )
    return answer.stdout.strip()
