"""Plant errors one at a time, and check that the tests find each of them.

The files *.toml list the errors ("mutants"): the file, what is wrong, the old text, the
new text, and the tests that run in order until one fails. Each mutant is built in a
copy of the tree. Only its extension module is compiled again, for one kernel build and
without optimisation, which is faster to compile and slower to run.

    python tests/mutants/run.py                      all, about 40 CPU minutes
    python tests/mutants/run.py kernels.toml         one list
    python tests/mutants/run.py _sgd.pxd huffman     files whose path contains a word
    python tests/mutants/run.py --each 1             the first of each file
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LISTS = ("kernels.toml", "corpus.toml", "python.toml", "distributed.toml")
BUILD = "base"
SECONDS = 600  # a test run that takes longer counts as failed: an endless loop
NATIVE = {".pyx", ".pxd", ".h"}


class Mutant(NamedTuple):
    """A planted error, and the tests that must find it."""

    file: str
    what: str
    old: str
    new: str
    tests: list[str]
    select: str

    @property
    def module(self) -> str | None:
        """The extension module to compile; None for a Python file."""
        path = Path(self.file)
        if path.suffix not in NATIVE:
            return None
        if path.suffix == ".pyx" and path.stem != "_fast":
            return path.stem
        by_folder = {"kernels": f"_fast_{BUILD}", "corpus": "_scanner"}
        return by_folder.get(path.parent.name, path.stem)


def mutants(words: list[str]) -> Iterator[Mutant]:
    """Yield the mutants of all lists, or those whose list or file has a word."""
    for name in LISTS:
        content = tomllib.loads((HERE / name).read_text("utf-8"))
        general = {key: content.pop(key, "") for key in ("tests", "select")}
        for file, group in content.items():
            if words and not any(word == name or word in file for word in words):
                continue
            settings = {key: group.get(key, general[key]) for key in general}
            for mutant in group["mutants"]:
                yield Mutant(file=file, **settings | mutant)


def planted(mutant: Mutant, text: str) -> str:
    """Return the text of a file with a mutant."""
    if text.count(mutant.old) != 1:
        raise ValueError(
            f"{mutant.file}: {mutant.what}: the old text {mutant.old!r} occurs "
            f"{text.count(mutant.old)} times, expected once: correct the list"
        )
    return text.replace(mutant.old, mutant.new)


def build(copy: Path, *options: str) -> bool:
    """Compile modules of the copy; return whether that worked."""
    command = [sys.executable, ROOT / "tests/builds.py", copy, *options]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        print(done.stdout[-2000:], done.stderr[-2000:], file=sys.stderr)
    return done.returncode == 0


def failure(copy: Path, test: str, select: str) -> str:
    """Run a file or folder of tests; return the first failure, "" if all pass."""
    command = [sys.executable, "-m", "pytest", "-x", "-rfE", "--tb=no", "--no-header"]
    command += ["-p", "no:cacheprovider", "--hypothesis-seed=0", test]
    if select:
        command += ["-k", select]
    changes = {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=copy, env=os.environ | changes, timeout=SECONDS,
            capture_output=True, text=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "no end"
    if done.returncode == 0:
        return ""
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    return found[1] if found else f"{test}: exit status {done.returncode}"


def outcome(copy: Path, mutant: Mutant) -> str:
    """Plant a mutant, run its tests, and restore the copy; return the failure."""
    path = copy / mutant.file
    before, times = path.read_text("utf-8"), path.stat()
    modules = list(path.parent.glob(f"{mutant.module}.*so")) if mutant.module else []
    binaries = [(module, module.read_bytes()) for module in modules]
    path.write_text(planted(mutant, before), "utf-8")
    try:
        options = ["--no-copy", "--flags=-O0", "--only", str(mutant.module)]
        if mutant.module and not build(copy, *options):
            return "not compiled"
        found = (failure(copy, test, mutant.select) for test in mutant.tests)
        return next(filter(None, found), "")
    finally:
        path.write_text(before, "utf-8")
        if path.suffix == ".h":  # Cython's C file is still valid
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        for module, content in binaries:
            module.write_bytes(content)


def check_unchanged(copy: Path, chosen: list[Mutant]) -> None:
    """Run the tests of all mutants without a mutant: they must pass."""
    for test, select in sorted({(test, m.select) for m in chosen for test in m.tests}):
        if failed := failure(copy, test, select):
            sys.exit(f"without a mutant: {failed} fails")
        print(f"pass without a mutant: {test}", flush=True)


def run(copy: Path, chosen: list[Mutant]) -> int:
    """Run mutants; return how many the tests did not find."""
    survivors = []
    for number, mutant in enumerate(chosen, 1):
        start = time.perf_counter()
        found = outcome(copy, mutant)
        if found in ("", "not compiled"):
            survivors.append(mutant)
        verdict = "killed" if mutant not in survivors else found or "SURVIVED"
        print(
            f"{number}/{len(chosen)} {verdict}: {mutant.file}: {mutant.what} "
            f"[{found}, {time.perf_counter() - start:.0f} s]",
            flush=True,
        )
    print(f"{len(chosen) - len(survivors)} killed, {len(survivors)} survived")
    for mutant in survivors:
        print(f"survived: {mutant.file}: {mutant.what}")
    return len(survivors)


def main() -> int:
    """Build a copy and run the mutants; the exit status is 1 if one survived."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("words", nargs="*", help="names of lists, or parts of paths")
    parser.add_argument("--each", type=int, help="only the first so many of each file")
    parser.add_argument("--unchecked", action="store_true", help="skip the first run")
    parser.add_argument("--copy", type=Path, help="folder of the copy, to keep it")
    options = parser.parse_args()
    chosen = list(mutants(options.words))
    if options.each:
        chosen = [m for m in chosen if m in list(mutants([m.file]))[: options.each]]
    copy = options.copy or Path(tempfile.mkdtemp(prefix="w2vfast-mutants-"))
    try:
        if not build(copy, "--kernels", BUILD):
            return 1
        if not options.unchecked:
            check_unchanged(copy, chosen)
        return min(1, run(copy, chosen))
    finally:
        if not options.copy:
            shutil.rmtree(copy)


if __name__ == "__main__":
    sys.exit(main())
