"""Compile and link every module for other systems, with the Clang that Zig brings.

This finds code that only GCC or only Linux accepts. It does not run the modules. The
flags are those of `build_support`. Zig brings the headers and libraries of each
system. The headers of CPython are those of the interpreter that runs this, with sizes
of the target where they differ.

    pip install ziglang cython setuptools
    python tests/cross_compile.py                                   # all targets
    python tests/cross_compile.py --targets x86_64-windows-gnu --modules _cpu _scanner
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from setuptools import Extension

from build_support import compilers, modules, target

ZIG = [sys.executable, "-m", "ziglang"]
#: Target of Zig: name of the platform, and the first bytes of a module.
TARGETS = {
    "x86_64-windows-gnu": ("win-amd64", b"MZ"),
    "aarch64-windows-gnu": ("win-arm64", b"MZ"),
    "x86_64-macos": ("macosx-11.0-x86_64", b"\xcf\xfa\xed\xfe\x07\0\0\x01"),
    "aarch64-macos": ("macosx-11.0-arm64", b"\xcf\xfa\xed\xfe\x0c\0\0\x01"),
    "x86_64-linux-musl": ("linux-x86_64", b"\x7fELF\2"),
    "aarch64-linux-musl": ("linux-aarch64", b"\x7fELF\2"),
    "aarch64-linux-gnu.2.28": ("linux-aarch64", b"\x7fELF\2"),
}
#: What PC/pyconfig.h says of 64-bit Windows, as far as the limited API reads it.
WINDOWS = """
#define MS_WINDOWS 1
#define MS_WIN32 1
#define MS_WIN64 1
#define NT_THREADS 1
#define WITH_THREAD 1
#define HAVE_DECLSPEC_DLL 1
#define Py_ENABLE_SHARED 1
#define SIZEOF_SHORT 2
#define SIZEOF_INT 4
#define SIZEOF_LONG 4
#define SIZEOF_LONG_LONG 8
#define SIZEOF_SIZE_T 8
#define SIZEOF_VOID_P 8
#define SIZEOF_WCHAR_T 2
#define ALIGNOF_SIZE_T 8
#define HAVE_STDINT_H 1
"""
#: Names that the headers of CPython declare: functions, and data.
FUNCTION = re.compile(r"PyAPI_FUNC\([^)]*\)\s*(?:_Py_NO_RETURN\s)?\**\s*(_?Py\w+)\s*\(")
DATA = re.compile(r"PyAPI_DATA\([^)]*\)\s*\**\s*(_?Py\w+)")


def copy_headers(folder: Path, platform: str) -> None:
    """Copy the headers of CPython; Windows has another pyconfig.h."""
    shutil.copytree(sysconfig.get_path("include"), folder)
    if platform.startswith("win"):
        (folder / "pyconfig.h").write_text(WINDOWS)


def write_import_library(folder: Path, headers: Path, zig_target: str) -> None:
    """Write python3.lib: Windows wants each name from a DLL when it links."""
    text = "\n".join(path.read_text("utf-8") for path in sorted(headers.rglob("*.h")))
    names = sorted(set(FUNCTION.findall(text)))
    names += [f"{name} DATA" for name in sorted(set(DATA.findall(text)))]
    definition = folder / "python3.def"
    definition.write_text("LIBRARY python3.dll\nEXPORTS\n" + "\n".join(names) + "\n")
    machine = "arm64" if zig_target.startswith("aarch64") else "i386:x86-64"
    command = [*ZIG, "dlltool", "-m", machine, "-d", definition]
    subprocess.run([*command, "-l", folder / "python3.lib"], check=True)


def command(module: Extension, zig_target: str, work: Path) -> list[str]:
    """Return the command that compiles and links one module."""
    platform = TARGETS[zig_target][0]
    cpus = target.target_cpus(platform, {})
    flags = compilers.compile_flags(compilers.Compiler.GNU, module.name, cpus)
    build = module.name.rpartition("._fast_")[2]
    macros = [f"-D{name}={value}" for name, value in module.define_macros]
    if "._fast_" in module.name:
        macros.append(f"-DPyInit__fast=PyInit__fast_{build}")
    links = compilers.link_flags(compilers.Compiler.GNU, platform)
    if platform.startswith("macosx"):
        links += ["-undefined", "dynamic_lookup"]
    if platform.startswith("win"):
        links += [str(work / "python3.lib")]
    return [
        *ZIG, "cc", "-target", zig_target, "-shared", "-fPIC", *flags, *macros,
        f"-I{work / 'include'}", *(f"-I{path}" for path in module.include_dirs),
        "-Werror=implicit-function-declaration", "-Werror=incompatible-pointer-types",
        *module.sources, *links, "-o", str(work / f"{module.name}.bin"),
    ]  # fmt: skip


def compile_module(module: Extension, zig_target: str, work: Path) -> str | None:
    """Compile and link one module; return what is wrong, or None."""
    done = subprocess.run(
        command(module, zig_target, work), capture_output=True, text=True, check=False
    )
    if done.returncode:
        return f"{module.name}: {done.stderr}"
    content = (work / f"{module.name}.bin").read_bytes()
    name = f"PyInit_{module.name.rpartition('.')[2]}".encode()
    if not content.startswith(TARGETS[zig_target][1]) or name not in content:
        return f"{module.name}: no module of {zig_target}"
    return None


def compile_target(zig_target: str, wanted: list[str] | None, jobs: int) -> bool:
    """Compile the modules for one target; return whether all are good."""
    platform = TARGETS[zig_target][0]
    builds = compilers.kernel_builds(target.target_cpus(platform, {}))
    listed = modules.extensions(builds)
    if wanted:
        listed = [m for m in listed if m.name.rpartition(".")[2] in wanted]
    modules.translate(listed)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
        work = Path(folder)
        copy_headers(work / "include", platform)
        if platform.startswith("win"):
            write_import_library(work, work / "include", zig_target)
        results = pool.map(lambda m: compile_module(m, zig_target, work), listed)
        errors = [error for error in results if error is not None]
    print(f"{zig_target}: {len(listed) - len(errors)} passed, {len(errors)} failed")
    for error in errors:
        print(error, file=sys.stderr)
    return not errors


def main() -> None:
    """Compile for the targets of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--targets", nargs="+", choices=TARGETS, default=list(TARGETS))
    parser.add_argument("--modules", nargs="+", help="names such as _scanner; all")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    os.chdir(ROOT)
    results = [
        compile_target(name, options.modules, options.jobs) for name in options.targets
    ]
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
