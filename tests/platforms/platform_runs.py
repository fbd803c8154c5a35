"""Compile the package for another platform in a copy of the tree, and run tests there.

`aarch64.py`, `free_threaded.py` and `musl.py` bring a Python for the platform; this
module does the rest.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ["numpy", "tqdm", "pytest", "hypothesis", "safetensors"]


def argument_parser(
    about: str, selections: Mapping[str, object]
) -> argparse.ArgumentParser:
    """Return the parser of the options that all platforms have."""
    parser = argparse.ArgumentParser(description=about.partition("\n")[0])
    add = parser.add_argument
    add("--tests", nargs="+", choices=selections, default=list(selections))
    add("--mirror", default="http://deb.debian.org/debian")
    add("--work", type=Path, help="folder that later runs use again")
    return parser


@contextmanager
def work_folder(chosen: Path | None, name: str) -> Iterator[Path]:
    """Yield the folder of ``--work``, or a new one, deleted unless the block fails."""
    work = chosen or Path(tempfile.mkdtemp(prefix=f"w2vfast-{name}-"))
    work = work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    yield work
    if chosen is None:
        shutil.rmtree(work)


def link_packages(packages: Path, *folders: Path) -> None:
    """Let Python import from folders; some tests start it without PYTHONPATH."""
    packages.mkdir(parents=True, exist_ok=True)
    (packages / "w2vfast.pth").write_text("".join(f"{folder}\n" for folder in folders))


def unpack_source(archive: Path, folder: Path) -> Path:
    """Unpack a source package, and return its only folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run(["tar", "xf", archive, "-C", folder], check=True)
    (source,) = folder.iterdir()
    return source


def compile_source(
    source: Path, commands: Sequence[str], environment: Mapping[str, str], log: Path
) -> None:
    """Run commands of a shell in the folder of a source package; add to a log."""
    with log.open("a") as file:
        for command in commands:
            subprocess.run(
                command, shell=True, cwd=source, env=environment, check=True,
                stdout=file, stderr=file,
            )  # fmt: skip


def unpack_wheels(
    target: Path,
    platforms: Sequence[str],
    version: str,
    packages: Sequence[str],
    abi: str | None = None,
) -> None:
    """Unpack wheels for other platforms, or another version or build of CPython."""
    if target.exists():
        return
    partial = target.with_suffix(".partial")
    command = [sys.executable, "-m", "pip", "install", "-q", f"--target={partial}"]
    command += ["--only-binary=:all:", f"--python-version={version}"]
    command += ["--implementation=cp", *(f"--platform={name}" for name in platforms)]
    if abi is not None:
        command.append(f"--abi={abi}")
    subprocess.run([*command, *packages], check=True)
    partial.rename(target)


def compile_copy(
    python: str | Path, copy: Path, changes: Mapping[str, str], *options: str
) -> None:
    """Copy the tree, and compile it by `python`, with changes of the environment."""
    command = [str(python), str(ROOT / "tests" / "builds.py"), str(copy), *options]
    environment = {**os.environ, **changes}
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def compile_in_work(python: Path, work: Path) -> Path:
    """Compile all kernels by the Python that is in the work folder; return the copy."""
    copy = work / "copy"
    (packages,) = (work / "python").glob("lib/python3.*/site-packages")
    link_packages(packages, copy, work / "wheels")
    compile_copy(python, copy, {}, "--kernels", "base", "avx2", "avx512")
    return copy


def run_tests(
    python: Path, copy: Path, name: str, selections: Mapping[str, list[str]]
) -> bool:
    """Run arguments of pytest, and return whether all tests passed."""
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    command = [str(python), "-m", "pytest", "-rs", "-p", "no:cacheprovider"]
    passed = True
    for selection, arguments in selections.items():
        start = time.monotonic()
        done = subprocess.run([*command, *arguments], cwd=copy, env=environment)
        passed &= done.returncode == 0
        print(f"== {name}, {selection}: {time.monotonic() - start:.0f} s", flush=True)
    return passed
