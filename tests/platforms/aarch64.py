"""Compile the package for aarch64 and run tests of compiled code in an emulator.

    python tests/platforms/aarch64.py --compilers gcc clang

The compilers run natively and compile for aarch64. QEMU's user mode then runs the tests
with Debian's Python for arm64 and with wheels for aarch64. Everything is unpacked in
the work folder; nothing is configured or installed. On Debian 12:

    apt install qemu-user-static mmdebstrap gcc-aarch64-linux-gnu clang-14

The emulator is 10 to 30 times slower than the CPU, so the tests are a selection.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

from platform_runs import (
    PACKAGES,
    argument_parser,
    compile_copy,
    link_packages,
    run_tests,
    unpack_wheels,
    work_folder,
)

EMULATOR = "qemu-aarch64-static"
PYTHON = "python3.11"
#: Both use the C library of the cross compiler.
COMPILERS = {
    "gcc": "aarch64-linux-gnu-gcc",
    "clang": "clang-14 --target=aarch64-linux-gnu",
}
#: The names of wheels that a glibc of Debian 12 runs.
WHEELS = ["manylinux2014", *(f"manylinux_2_{minor}" for minor in range(17, 37))]
KERNEL_TESTS = [
    "build_choice",
    "kernels",
    "padding",
    "row_scale",
    "sentence_order",
    "thin_gradients",
    "threads",
    "written_rows",
]
#: Arguments of pytest. "kernels" compares a part of the settings with the reference,
#: because NumPy takes most of the time.
SELECTIONS = {
    "kernels": [
        *(f"tests/kernels/test_{name}.py" for name in KERNEL_TESTS),
        "-k=base and (L7 or not test_training_equals_the_reference)",
    ],
    "16 bits": [
        "tests/kernels/test_half_rows.py",
        "tests/kernels/test_rounded_products.py",
        "-k=base",
    ],
    "rounds": ["tests/kernels/test_rounds.py", "-k=base and cbow"],
    "scanner": ["tests/corpus/test_scanner.py", "tests/corpus/test_encoder.py"],
    "parser": ["tests/io/test_text_parser.py"],
    "training": [
        "tests/training/test_deterministic.py",
        "tests/training/test_resume.py",
        "tests/training/test_shuffle.py",
    ],
}


def require(*commands: str) -> None:
    """Raise SystemExit if the program of a command is not installed."""
    missing = [c.split()[0] for c in commands if shutil.which(c.split()[0]) is None]
    if missing:
        raise SystemExit(
            f"{', '.join(missing)}: not found in PATH. Install them with: apt install "
            "qemu-user-static mmdebstrap gcc-aarch64-linux-gnu clang-14"
        )


def unpack_python(root: Path, mirror: str) -> None:
    """Unpack Debian's Python for arm64, and the libraries that it and NumPy need."""
    if root.exists():
        return
    partial = root.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    command = ["mmdebstrap", "--quiet", "--variant=extract", "--architectures=arm64"]
    command += [f"--include={PYTHON},libstdc++6", "bookworm", str(partial), mirror]
    subprocess.run(command, check=True)
    # The emulator looks for files below the root first: tests use the real /tmp.
    shutil.rmtree(partial / "tmp", ignore_errors=True)
    partial.rename(root)


def write_python(root: Path) -> Path:
    """Write a command that runs Python in the emulator; it becomes sys.executable."""
    path = root / "usr" / "bin" / "emulated-python"
    program = root / "usr" / "bin" / PYTHON
    path.write_text(f'#!/bin/sh\nexec {EMULATOR} -L {root} -0 "$0" {program} "$@"\n')
    path.chmod(0o755)
    return path


def compile_for_aarch64(copy: Path, compiler: str) -> None:
    """Compile the modules for aarch64 in a copy of the tree.

    The headers of this machine's Python serve too: both systems are 64-bit Linux.
    """
    changes = {
        "CC": compiler,
        "LDSHARED": f"{compiler} -shared",
        "_PYTHON_HOST_PLATFORM": "linux-aarch64",
    }
    compile_copy(sys.executable, copy, changes)


def main() -> int:
    """Run the chosen tests with each compiler's build; return 1 if some failed."""
    parser = argument_parser(__doc__, SELECTIONS)
    parser.add_argument(
        "--compilers", nargs="+", choices=COMPILERS, default=list(COMPILERS)
    )
    options = parser.parse_args()
    require(EMULATOR, "mmdebstrap", *(COMPILERS[name] for name in options.compilers))
    selections = {key: SELECTIONS[key] for key in options.tests}
    passed = True
    with work_folder(options.work, "aarch64") as work:
        unpack_python(work / "root", options.mirror)
        wheels = [f"{name}_aarch64" for name in WHEELS]
        unpack_wheels(work / "wheels", wheels, "3.11", PACKAGES)
        python = write_python(work / "root")
        for name in options.compilers:
            start = time.monotonic()
            compile_for_aarch64(work / name, COMPILERS[name])
            packages = work / "root" / "usr" / "lib" / "python3" / "dist-packages"
            link_packages(packages, work / name, work / "wheels")
            print(
                f"== {name}: compiled in {time.monotonic() - start:.0f} s", flush=True
            )
            passed &= run_tests(python, work / name, name, selections)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
