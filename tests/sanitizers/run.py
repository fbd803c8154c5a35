"""Run tests on builds with sanitizers; `tests/sanitize.sh` is the command.

Python itself is not instrumented, so the sanitizer's library is preloaded. A run passes
if the tests pass and there is no report.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

#: Run pytest after all extension modules are loaded: ThreadSanitizer (GCC 12) does not
#: find names of functions in modules that are loaded after its first report, so
#: suppressions by name would not apply.
START = """
import sys
from importlib import import_module
from pathlib import Path

for path in sorted(Path("w2vfast").rglob("_*.so")):
    import_module(".".join((*path.parent.parts, path.name.partition(".")[0])))

import pytest

sys.exit(pytest.main(sys.argv[1:]))
"""
HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FLAGS = "-O1 -g -fno-omit-frame-pointer -fno-wrapv"
#: Tests of a kernel build have its name. An emulated CPU can't preload the libraries.
COMPILED = "(base or avx2 or avx512) and not cpu_dispatch"


class Sanitizer(NamedTuple):
    """A sanitizer: its compiler option, its library, its environment, its tests."""

    name: str
    option: str
    library: str
    environment: dict[str, str]
    tests: list[list[str]]


ASAN = Sanitizer(
    "asan",
    "-fsanitize=address,undefined",
    "libasan.so",
    {
        # CPython frees little at its end, so every object would be a leak. The stack
        # that finds uses after a return does not align variables of 64 bytes (GCC 12),
        # so the AVX-512 build would crash on it.
        "ASAN_OPTIONS": "detect_leaks=0:detect_stack_use_after_return=0",
        "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
        "PYTHONMALLOC": "malloc",  # so that each Python object has guards too
    },
    [
        ["tests/kernels", "-k", COMPILED],
        ["tests/corpus", "tests/io", "tests/vectors/test_quantised.py"],
        ["tests/runtime/test_threads.py"],
    ],
)
TSAN = Sanitizer(
    "tsan",
    "-fsanitize=thread",
    "libtsan.so",
    {"TSAN_OPTIONS": f"suppressions={HERE / 'tsan.supp'}:history_size=4"},
    [
        ["tests/kernels/test_threads.py", "-k", COMPILED],
        # Polars crashes under this sanitizer.
        ["tests/corpus", "tests/io/test_text_parser.py", "-k", "not polars"],
        ["tests/runtime/test_threads.py"],
    ],
)
# Deterministic training has no race: nothing is suppressed.
TSAN_ROUNDS = TSAN._replace(
    name="tsan-rounds",
    environment={"TSAN_OPTIONS": "history_size=4"},
    tests=[
        ["tests/kernels/test_rounds.py", "-k", f"threads and ({COMPILED})"],
        ["tests/integration/test_concurrent_models.py"],
    ],
)
SANITIZERS = {s.name: s for s in (ASAN, TSAN, TSAN_ROUNDS)}
SCANNER = [
    *("tests/corpus/test_scanner.py", "tests/corpus/test_scanner_values.py"),
    *("tests/corpus/test_ids.py", "tests/corpus/test_white_space.py"),
    "tests/corpus/test_encoder.py",
]
QUICK = [[*SCANNER, "tests/io/test_text_parser.py"]]


class Fault(NamedTuple):
    """An error to plant, and the words that a report of it has."""

    sanitizer: Sanitizer
    file: str
    old: str
    new: str
    module: str
    tests: list[str]
    report: str


FAULTS = [
    Fault(
        ASAN, "w2vfast/corpus/_word_hash.pxd",
        "if words.used + length > words.arena_capacity:",
        "if words.used > words.arena_capacity:",
        "_scanner", SCANNER, "heap-buffer-overflow",
    ),
    Fault(
        ASAN, "w2vfast/corpus/_tokenizer.pxd",
        "cursor.ends[n] = <int32_t> tokens",
        "cursor.ends[n] = (<int32_t> tokens + 2) * 2000000000",
        "_scanner", SCANNER, "signed integer overflow",
    ),
    Fault(
        ASAN, "w2vfast/kernels/_batching.pxd",
        "b.target_start[k + 1] = n", "b.target_start[k + 18] = n",
        "_fast_base", ["tests/kernels/test_kernels.py", "-k", "base"],
        "use-after-poison",
    ),
    Fault(
        TSAN, "w2vfast/corpus/_scan.pxd",
        "            words.entries[word].count += 1",
        "            words.entries[word].count += 1\n"
        "            PLANTED[0] += 1",
        "_scanner", SCANNER, "data race",
    ),
]  # fmt: skip
PLANTED = (
    "cdef inline bint scan_tokens(",
    'cdef extern from * nogil:\n    """\n    static volatile int PLANTED[1];\n    """\n'
    "    int *PLANTED\n\n\ncdef inline bint scan_tokens(",
)


def runnable() -> list[str]:
    """Return the kernel builds that this CPU runs."""
    from w2vfast.kernels._cpu import runnable

    return runnable()


def library(name: str) -> str:
    """Return the path of a library that the compiler links."""
    compiler = os.environ.get("CC", "cc")
    command = [compiler, f"-print-file-name={name}"]
    return subprocess.run(
        command, capture_output=True, text=True, check=True
    ).stdout.strip()


def build(copy: Path, sanitizer: Sanitizer, *options: str) -> None:
    """Compile modules of a copy with a sanitizer."""
    command = [sys.executable, ROOT / "tests/builds.py", copy]
    command += [f"--flags={FLAGS} {sanitizer.option}", *options]
    command += [f"--link-flags={sanitizer.option}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def run_tests(copy: Path, sanitizer: Sanitizer, tests: list[str]) -> tuple[int, str]:
    """Run tests in a copy; return the exit status and the reports.

    UndefinedBehaviorSanitizer writes to standard error, which pytest must not capture.
    The others write to files, so reports of processes that tests start are kept too.
    """
    reports = copy / "reports"
    shutil.rmtree(reports, ignore_errors=True)
    reports.mkdir()
    changes = dict(sanitizer.environment)
    option = "ASAN_OPTIONS" if sanitizer is ASAN else "TSAN_OPTIONS"
    changes[option] += f":log_path={reports / sanitizer.name}"
    preload = [library(sanitizer.library), library("libstdc++.so.6")]
    changes |= {"LD_PRELOAD": " ".join(preload), "PYTHONPATH": str(copy)}
    changes |= {"OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", START, "-q", "-p", "no:cacheprovider"]
    command += ["--capture=sys", *tests]
    if sanitizer is not ASAN:  # its shadow memory needs a fixed layout of addresses
        command = ["setarch", platform.machine(), "-R", *command]
    done = subprocess.run(
        command, cwd=copy, env=os.environ | changes, stderr=subprocess.PIPE, text=True
    )
    found = "".join(p.read_text() for p in sorted(reports.iterdir()))
    if "runtime error:" in done.stderr:
        found += done.stderr
    return done.returncode, found


def check(sanitizer: Sanitizer, work: Path, quick: bool) -> bool:
    """Build with a sanitizer and run its tests; return whether all is clean."""
    start = time.perf_counter()
    print(f"== {sanitizer.name}: build {sanitizer.option}", flush=True)
    copy = work / sanitizer.name
    build(copy, sanitizer, "--kernels", *([] if quick else runnable()))
    clean = True
    for tests in QUICK if quick else sanitizer.tests:
        print(f"== {sanitizer.name}: {' '.join(tests)}", flush=True)
        status, reports = run_tests(copy, sanitizer, tests)
        print(reports[:20000], flush=True)
        clean = clean and status == 0 and not reports
    verdict = "clean" if clean else "FAILED"
    print(f"== {sanitizer.name}: {verdict}, {time.perf_counter() - start:.0f} s")
    return clean


def add_suppressions(sanitizer: Sanitizer, more: Path, work: Path) -> Sanitizer:
    """Return ThreadSanitizer with more suppressions, such as those of CPython."""
    if sanitizer is ASAN:
        return sanitizer
    text = more.read_text("utf-8")
    if sanitizer is TSAN:
        text += (HERE / "tsan.supp").read_text("utf-8")
    path = work / f"{sanitizer.name}.supp"
    path.write_text(text, "utf-8")
    options = sanitizer.environment["TSAN_OPTIONS"] + f":suppressions={path}"
    return sanitizer._replace(environment={"TSAN_OPTIONS": options})


def plant(copy: Path, fault: Fault) -> dict[Path, str]:
    """Plant an error in a copy; return the files and the text that they had."""
    path = copy / fault.file
    before = path.read_text("utf-8")
    changes = [(fault.old, fault.new)]
    changes += [PLANTED] if "PLANTED" in fault.new else []
    after = before
    for old, new in changes:
        if after.count(old) != 1:
            raise ValueError(
                f"{path}: {old!r} occurs {after.count(old)} times, not once"
            )
        after = after.replace(old, new)
    path.write_text(after, "utf-8")
    return {path: before}


def self_test(work: Path) -> bool:
    """Plant errors one at a time; return whether every one was reported."""
    found = []
    for fault in FAULTS:
        copy = work / f"faults-{fault.sanitizer.name}"
        build(copy, fault.sanitizer, "--kernels")
        before = plant(copy, fault)
        build(copy, fault.sanitizer, "--no-copy", "--only", fault.module)
        _, reports = run_tests(copy, fault.sanitizer, fault.tests)
        for path, text in before.items():
            path.write_text(text, "utf-8")
        found.append(fault.report in reports)
        verdict = "reported" if found[-1] else "NOT reported"
        print(f"== {fault.sanitizer.name}: {fault.report} in {fault.file}: {verdict}")
        print("\n".join(reports.splitlines()[:12]), flush=True)
    return all(found)


def main() -> int:
    """Run the sanitizers; the exit status is 1 if there was a report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("which", nargs="?", default="all", choices=[*SANITIZERS, "all"])
    parser.add_argument("--quick", action="store_true", help="only scanner and parser")
    parser.add_argument("--self-test", action="store_true", help="plant errors")
    parser.add_argument("--work", type=Path, help="folder of the copies, to keep them")
    parser.add_argument("--suppressions", type=Path, help="more of them, for tsan")
    options = parser.parse_args()
    work = options.work or Path(tempfile.mkdtemp(prefix="w2vfast-sanitizers-"))
    names = [*SANITIZERS] if options.which == "all" else [options.which]
    if options.quick and options.which == "all":
        names.remove(TSAN_ROUNDS.name)
    try:
        if options.self_test:
            return int(not self_test(work))
        chosen = [SANITIZERS[name] for name in names]
        if options.suppressions:
            work.mkdir(parents=True, exist_ok=True)
            chosen = [add_suppressions(s, options.suppressions, work) for s in chosen]
        results = [check(sanitizer, work, options.quick) for sanitizer in chosen]
        return int(not all(results))
    finally:
        if not options.work:
            shutil.rmtree(work)


if __name__ == "__main__":
    sys.exit(main())
