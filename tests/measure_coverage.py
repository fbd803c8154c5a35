"""Measure which lines and branches the tests run: Python, Cython and C.

    make coverage                                the whole suite, about ten CPU minutes
    python tests/measure_coverage.py tests/kernels       some tests

coverage.py measures Python, also in the processes that tests start. The extension
modules are compiled in a copy with GCC's counters (gcov); Cython writes #line
directives, so the counters belong to lines of .pyx, .pxd and .h files. Cython's own
tracing would count no branches, no headers, and would take the interpreter lock for
each line of code that runs without it.

A line that GCC compiles several times, because it is inlined, counts once. Branches are
counted on lines of code that contain one: Cython adds others, for errors of the Python
API and for the start of a module.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
PYTHON_TARGET = 95.0
NATIVE_TARGET = 90.0
BRANCHING = re.compile(r"\b(if|elif|while|for|and|or|min|max)\b|&&|\|\||\?")
FLAGS = "-O1 -g1 --coverage -fprofile-abs-path -fprofile-update=atomic"


class Counts(NamedTuple):
    """Lines and branches of a file: how many there are, and which did not run."""

    lines: int
    missed: list[int]
    branches: int
    partial: list[int]  # the line of each branch that was not taken

    @property
    def percent(self) -> float:
        """Share of lines and branches together that ran."""
        total = self.lines + self.branches
        return 100 - 100 * (len(self.missed) + len(self.partial)) / max(1, total)


def build(copy: Path) -> None:
    """Make the copy, with counters in its extension modules."""
    command = [sys.executable, ROOT / "tests/builds.py", copy, "--line-directives"]
    command += [f"--flags={FLAGS}", "--link-flags=--coverage"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def run_tests(copy: Path, tests: list[str]) -> int:
    """Run tests in the copy and print the table of Python; return the exit status.

    pytest-cov starts too late: the filter of a warning in pyproject.toml makes pytest
    import the package before.
    """
    coverage = [sys.executable, "-m", "coverage"]
    pytest = ["run", "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    report = ["report", "--show-missing"]
    report += [f"--fail-under={PYTHON_TARGET}"] if tests == ["tests"] else []
    environment = os.environ | {"PYTHONPATH": str(copy)}
    statuses = [
        subprocess.run([*coverage, *command], cwd=copy, env=environment).returncode
        for command in (["erase"], pytest, ["combine", "--quiet"], report)
    ]
    return max(statuses, key=abs)


def counters(copy: Path) -> dict[str, dict[int, list[dict[str, Any]]]]:
    """Return what gcov counted: file, line, one entry for each copy of the line."""
    found: dict[str, dict[int, list[dict[str, Any]]]] = defaultdict(dict)
    for data in sorted((copy / "build").rglob("*.gcda")):
        command = ["gcov", "--json-format", "--stdout", "-b", str(data)]
        text = subprocess.run(command, cwd=copy, capture_output=True, check=True).stdout
        for file in json.loads(text)["files"]:
            path = Path(copy, file["file"]).resolve()
            if not path.is_relative_to(copy.resolve() / "w2vfast"):
                continue
            if path.suffix in {".pyx", ".pxd", ".h"}:
                name = str(path.relative_to(copy.resolve()))
                for line in file["lines"]:
                    found[name].setdefault(line["line_number"], []).append(line)
    return found


def code(source: list[str]) -> list[str]:
    """Return the lines without comments and docstrings, which may contain "if"."""
    found, in_docstring = [], False
    for line in source:
        parts = line.split('"""')
        kept = parts[in_docstring::2]
        in_docstring ^= len(parts) % 2 == 0
        found.append("".join(kept).partition("# ")[0])
    return found


def count(source: list[str], lines: dict[int, list[dict[str, Any]]]) -> Counts:
    """Merge the copies of each line."""
    missed, partial, n_branches = [], [], 0
    for number, copies in sorted(lines.items()):
        if not any(copy["count"] for copy in copies):
            missed.append(number)
            continue
        if not BRANCHING.search(source[number - 1]):
            continue
        by_size: dict[int, list[int]] = {}
        for branches in (copy["branches"] for copy in copies if copy["branches"]):
            taken = by_size.setdefault(len(branches), [0] * len(branches))
            for i, branch in enumerate(branches):
                taken[i] += branch["count"]
        taken = max(by_size.values(), key=len, default=[])
        n_branches += len(taken)
        partial += [number] * taken.count(0)
    return Counts(len(lines), missed, n_branches, partial)


def report(copy: Path) -> bool:
    """Print a table of native files; return whether their total reaches the target."""
    rows = {
        name: count(code((ROOT / name).read_text("utf-8").splitlines()), lines)
        for name, lines in sorted(counters(copy).items())
    }
    if not rows:
        print(f"no counters in {copy / 'build'}: no test has run there")
        return False
    print(f"{'file':42} lines  missed  branches  missed  covered")
    for name, c in rows.items():
        print(
            f"{name:42} {c.lines:5} {len(c.missed):7} {c.branches:9} "
            f"{len(c.partial):7} {c.percent:7.1f}%"
        )
        if c.missed or c.partial:
            print(f"    lines {c.missed}, branches {sorted(set(c.partial))}")
    good = True
    for kind, suffixes in {"Cython": (".pyx", ".pxd"), "C headers": (".h",)}.items():
        some = [c for name, c in rows.items() if name.endswith(suffixes)]
        parts = [sum(c.lines for c in some), sum(len(c.missed) for c in some)]
        parts += [sum(c.branches for c in some), sum(len(c.partial) for c in some)]
        share = 100 - 100 * (parts[1] + parts[3]) / max(1, parts[0] + parts[2])
        lines, branches = (100 - 100 * parts[i + 1] / max(1, parts[i]) for i in (0, 2))
        print(f"{kind}: {share:.1f}% (lines {lines:.1f}%, branches {branches:.1f}%)")
        good = good and share >= NATIVE_TARGET
    return good


def main() -> int:
    """Measure; the exit status is not 0 if a target is missed or a test fails."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("tests", nargs="*", default=["tests"])
    parser.add_argument("--copy", type=Path, help="folder of the copy, to keep it")
    parser.add_argument("--no-run", action="store_true", help="report the last run")
    options = parser.parse_args()
    copy = options.copy or Path(tempfile.mkdtemp(prefix="w2vfast-coverage-"))
    status = 0
    try:
        if not options.no_run:
            build(copy)
            status = run_tests(copy, options.tests)
        reached = report(copy)  # also if a test failed: a timing test on a busy machine
        return status or int(not reached)
    except subprocess.CalledProcessError as error:
        return error.returncode
    finally:
        if not options.copy:
            shutil.rmtree(copy)


if __name__ == "__main__":
    sys.exit(main())
