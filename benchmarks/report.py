"""What every benchmark says in the same way: machine, seconds, medians, tables."""

from __future__ import annotations

import json
import os
import platform
import shlex
import statistics
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from options import asked
from results_file import write_results

from w2vfast.runtime import threads

T = TypeVar("T")
PACKAGES = (
    *("w2vfast", "numpy", "scipy", "gensim", "fasttext-wheel", "fasttext", "torch"),
)
MISSING = "–"


class Seconds(NamedTuple):
    """CPU seconds of the whole process, all its threads, and seconds on the clock."""

    cpu: float
    wall: float

    def less(self, other: Seconds) -> Seconds:
        """Return the difference."""
        return Seconds(self.cpu - other.cpu, self.wall - other.wall)


def timed(call: Callable[[], T]) -> tuple[T, Seconds]:
    """Call, and return the result and what it took."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = call()
    return result, Seconds(time.process_time() - cpu, time.perf_counter() - wall)


def spread(values: Sequence[float]) -> float:
    """Return (largest - smallest) / median."""
    return (max(values) - min(values)) / statistics.median(values)


def conditions() -> dict[str, Any]:
    """Describe machine, versions, commit and command."""
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
    """Return the command line, without the folders of this machine."""
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


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; the columns after the first are set flush right."""
    cells = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    cells.insert(1, rule)
    return "".join(f"| {_line(row, widths)} |\n" for row in cells)


def show(
    as_json: bool,
    head: Sequence[str],
    rows: Sequence[Any],
    cells: Callable[[Any], Sequence[str]],
    about: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """
    Print rows, dataclasses, as JSON or as a table with `about` over it.

    `facts` are what the JSON is to say about the runs beside `conditions()`.
    """
    known = conditions()
    if as_json:
        given = [asdict(row) for row in rows]
        found = {"conditions": known | dict(facts or {}), "rows": given}
        print(json.dumps(found, indent=1))
        return
    if about:
        print(about + "\n")
    print(table(head, map(cells, rows)))
    print(described(known))


def save(
    options: Namespace,
    name: str,
    markdown: str,
    facts: Mapping[str, Any],
    rows: Sequence[Any],
    drawing: str | None = None,
) -> None:
    """Write name.md, name.json and name.svg to the folder `options.output`."""
    given = [asdict(row) for row in rows]
    found = {"conditions": dict(facts), "options": asked(options), "rows": given}
    write_results(options.output, name, found, markdown, drawing)


def number(value: float | None, pattern: str) -> str:
    """Format a figure that may be missing."""
    return MISSING if value is None else format(value, pattern)


def note(text: str) -> None:
    """Tell the user how far things are, on standard error."""
    print(text, file=sys.stderr, flush=True)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    return " | ".join([first[0].ljust(first[1]), *(c.rjust(w) for c, w in others)])


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
    """Return the commit of these files, with a + if the package was changed since."""
    here = Path(__file__).resolve().parent.parent
    try:
        head = _git(here, "rev-parse", "--short", "HEAD")
        watched = ("w2vfast", "benchmarks/*.py")
        changed = _git(here, "status", "--porcelain", "--", *watched)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head + ("+" if changed else "")


def _git(folder: Path, *words: str) -> str:
    answer = subprocess.run(
        ["git", "-C", str(folder), *words], capture_output=True, text=True, check=True
    )
    return answer.stdout.strip()
