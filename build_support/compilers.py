"""Flags of the compiler and the linker, by compiler, target CPU and module."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from pathlib import PurePath
from typing import Any

#: What -ffast-math gains, without its global side effects (docs/algorithm.md).
FLAGS = (
    "-O3 -g0 -fno-math-errno -fno-trapping-math -fno-signed-zeros -fassociative-math"
)
#: Modules that promise exact bits: no reordered operations, no contraction.
EXACT_MODULES = {
    "w2vfast.io._subwords",
    "w2vfast.io._text_parser",
    "w2vfast.io._text_writer",
    "w2vfast.vectors._exact_cosines",
}
EXACT_FLAGS = "-fno-associative-math -fsigned-zeros -ffp-contract=off"
#: The CPU checks in kernels/_cpu.pyx name the same features, one by one.
BUILDS = {
    "base": "",
    "avx2": "-mavx2 -mfma -mf16c",
    "avx512": "-mavx2 -mfma -mf16c -mavx512f -mavx512bw -mavx512dq -mavx512vl",
}
MSVC_BUILDS = {"base": "", "avx2": "/arch:AVX2", "avx512": "/arch:AVX512"}
#: Code that nothing calls, mostly of Cython, is left out: a section per function.
SECTIONS = "-ffunction-sections -fdata-sections"


class Compiler(Enum):
    """A family of compilers that takes the same options."""

    GNU = "gnu"
    CLANG_CL = "clang-cl"
    MSVC = "msvc"


def kernel_builds(cpus: Iterable[str]) -> list[str]:
    """Return the names of the kernel builds for some target CPUs."""
    return list(BUILDS) if "x86_64" in cpus else ["base"]


def clang_cl(
    environment: Mapping[str, str] = os.environ,
    which: Callable[[str], str | None] = shutil.which,
) -> str | None:
    """
    Return the path of clang-cl if it compiles for Windows, else None for MSVC's cl.

    CC=clang-cl or CC=cl decides. Without CC, clang-cl is used if it is in PATH: the
    vector extensions of Clang make the kernels several times as fast as plain loops.
    """
    wanted = environment.get("CC", "clang-cl").strip('"')
    if PurePath(wanted.replace("\\", "/")).stem.lower() != "clang-cl":
        return None
    found = which(wanted)
    if found is None and "CC" in environment:
        raise SystemExit(f"CC={wanted}: this program was not found in PATH")
    return found


def compile_flags(
    compiler: Compiler, module: str, cpus: Iterable[str], flags: str = FLAGS
) -> list[str]:
    """
    Return the options that compile one module.

    Parameters
    ----------
    compiler : Compiler
    module : str
        The name of the module; `_fast_avx2` gets the flags of AVX2.
    cpus : iterable of str
        The CPU families of the target. With several, as on macOS, those of x86 apply
        to x86 only.
    flags : str
        The options of all modules, for GCC and Clang.
    """
    cpus = frozenset(cpus)
    build = module.rpartition("._fast_")[2]
    if compiler is Compiler.MSVC:
        # Since Visual Studio 17.0 only /fp:contract makes one FMA of two roundings.
        rounding = "/fp:precise" if module in EXACT_MODULES else "/fp:contract"
        return ["/O2", rounding, *MSVC_BUILDS.get(build, "").split()]
    options = [*flags.split(), *SECTIONS.split()]
    instructions = BUILDS.get(build, "").split()
    if len(cpus) > 1:
        instructions = [part for x in instructions for part in ("-Xarch_x86_64", x)]
    options += instructions
    if module in EXACT_MODULES:
        options += EXACT_FLAGS.split()
    if compiler is Compiler.CLANG_CL:  # takes options of Clang after this prefix
        (cpu,) = cpus
        return [f"--target={cpu}-pc-windows-msvc",
                *(f"/clang:{option}" for option in options)]  # fmt: skip
    return options


def link_flags(compiler: Compiler, platform: str) -> list[str]:
    """Return the options that leave unused code and symbols out of a module."""
    if compiler is not Compiler.GNU:
        return []  # link.exe does both
    if platform.startswith("macosx"):
        return ["-Wl,-dead_strip", "-Wl,-x"]
    return ["-Wl,--gc-sections", "-Wl,--strip-all"]


def require_compiler(compiler: Any) -> None:
    """
    Exit if the compiler that setuptools chose is not installed.

    Its own error has no name of a package, and follows a long traceback.
    """
    command = getattr(compiler, "compiler_so", None)  # MSVC's has none
    if command and shutil.which(command[0]) is None:
        raise SystemExit(
            f"error: a C compiler is needed, and {command[0]!r} was not found. Install "
            "one (Debian, Ubuntu: apt install gcc; Fedora: dnf install gcc; macOS: "
            "xcode-select --install), or name it: CC=/path/to/compiler"
        )
