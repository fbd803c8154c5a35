"""Compile free-threaded CPython and the package for it, and run tests without the GIL.

    python tests/platforms/free_threaded.py

CPython 3.13.15 comes from a source package of Debian, the other packages from wheels.
`debian_files.py` compares the file of Debian with its checksum. Nothing is installed.
CPython 3.13.14 is the first version without a fault that ends the interpreter when a
signal interrupts a thread that waits for a lock (python/cpython#148820).

The CPU must be x86-64. On Debian 12 or later:

    apt install gcc make xz-utils zlib1g-dev libbz2-dev liblzma-dev
    apt install libffi-dev libsqlite3-dev libssl-dev

`--work` keeps what was compiled.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from debian_files import download
from platform_runs import (
    PACKAGES,
    argument_parser,
    compile_in_work,
    compile_source,
    run_tests,
    unpack_source,
    unpack_wheels,
    work_folder,
)

CPYTHON = "p/python3.13/python3.13_3.13.15.orig.tar.xz"
CONFIGURE = (
    "./configure --prefix={prefix} --disable-gil --disable-test-modules "
    "--without-ensurepip --without-doc-strings"
)
WHEELS = ["manylinux_2_28_x86_64", "manylinux2014_x86_64"]
#: Without safetensors, which has no wheel for 3.13t: tests that need it are skipped.
WITHOUT = {"safetensors"}
MORE = ["cython", "setuptools", "pytest-xdist", "psutil", "networkx"]
#: Arguments of pytest.
SELECTIONS = {
    name: [f"tests/{name}"] for name in ("kernels", "corpus", "io", "training")
}
SELECTIONS["runtime"] = ["tests/runtime"]
SELECTIONS["vectors"] = ["tests/vectors", "tests/evaluation"]


def compile_python(work: Path, mirror: str) -> Path:
    """Return free-threaded CPython; compile it unless a run before did."""
    prefix = work / "python"
    program = prefix / "bin" / "python3"
    if not program.exists():
        archive = download(mirror, CPYTHON, work / "archives")
        source = unpack_source(archive, work / "sources" / archive.name)
        commands = [CONFIGURE.format(prefix=prefix), f"make -j{os.cpu_count()}"]
        log = work / "compile.log"
        compile_source(source, [*commands, "make install"], os.environ, log)
    return program


def check_gil(python: Path, copy: Path) -> None:
    """Raise SystemExit if importing the package switches the GIL on."""
    code = "import sys, w2vfast; sys.exit(sys._is_gil_enabled())"
    if subprocess.run([python, "-c", code], cwd=copy).returncode != 0:
        raise SystemExit("the GIL is on after `import w2vfast`")


def main() -> int:
    """Compile and run the chosen tests; return 1 if some failed."""
    options = argument_parser(__doc__, SELECTIONS).parse_args()
    selections = {key: SELECTIONS[key] for key in options.tests}
    with work_folder(options.work, "free-threaded") as work:
        python = compile_python(work, options.mirror)
        packages = [name for name in PACKAGES if name not in WITHOUT]
        unpack_wheels(work / "wheels", WHEELS, "3.13", [*packages, *MORE], "cp313t")
        copy = compile_in_work(python, work)
        check_gil(python, copy)
        os.environ["PYTHON_GIL"] = "0"  # also for packages that do not declare it
        passed = run_tests(python, copy, "free-threaded CPython", selections)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
