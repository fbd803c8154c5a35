"""Compile CPython and the package for musl, and run tests of compiled code.

    python tests/platforms/musl.py

GCC compiles for the C library musl, from packages of Debian 13, which are unpacked in
the work folder. CPython and three libraries come from Debian's source packages, NumPy
from its wheel for musllinux. `debian_files.py` compares the files of Debian with
checksums. Nothing is installed, and no emulator is needed. The CPU must be x86-64. On
Debian 12 or later:

    apt install gcc make bzip2 xz-utils

Compiling takes about five minutes on two cores, all tests about ten. `--work` keeps
what was compiled.
"""

from __future__ import annotations

import os
import shutil
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

#: NumPy's wheels need DT_RELR, which the loader of musl has since 1.2.4.
_MUSL = "1.2.5-3.1~deb13u1_amd64.deb"
MUSL = [f"m/musl/{name}_{_MUSL}" for name in ("musl", "musl-dev")]
CPYTHON = "p/python3.13/python3.13_3.13.5.orig.tar.xz"
#: Libraries of CPython's modules for compressed files, and commands that install them.
LIBRARIES = {
    "z/zlib/zlib_1.2.13.dfsg.orig.tar.bz2": [
        "./configure --static --prefix={prefix}",
        "make libz.a install",
    ],
    "b/bzip2/bzip2_1.0.8.orig.tar.gz": [
        "make CC={cc} CFLAGS={cflags} libbz2.a",
        "cp libbz2.a {prefix}/lib",
        "cp bzlib.h {prefix}/include",
    ],
    "x/xz-utils/xz-utils_5.4.1.orig.tar.xz": [
        "./configure --host=x86_64-linux-musl --prefix={prefix} --disable-shared "
        "--disable-nls --disable-xz --disable-xzdec --disable-lzmadec "
        "--disable-lzmainfo --disable-scripts --disable-doc",
        "make install",
    ],
}
SPECS = """\
%rename cpp_options old_cpp_options

*cpp_options:
-nostdinc -isystem {include} -isystem include%s %(old_cpp_options)

*cc1:
%(cc1_cpu) -nostdinc -isystem {include} -isystem include%s

*link_libgcc:
-L{lib} -L .%s

*libgcc:
libgcc.a%s %:if-exists(libgcc_eh.a%s)

*startfile:
%{{!shared: {lib}/Scrt1.o}} {lib}/crti.o crtbeginS.o%s

*endfile:
crtendS.o%s {lib}/crtn.o

*link:
-dynamic-linker {loader} -nostdlib %{{shared:-shared}} %{{rdynamic:-export-dynamic}}

*esp_link:


*esp_options:


*esp_cpp_options:


"""
#: What pip calls wheels that musl 1.2 runs.
WHEELS = [f"musllinux_1_{minor}_x86_64" for minor in (2, 1)]
#: Arguments of pytest. QEMU would run the interpreter for glibc.
SELECTIONS = {name: [f"tests/{name}"] for name in ("kernels", "corpus", "io")}
SELECTIONS["training"] = ["tests/training", "tests/runtime", "tests/vectors"]


def write_compiler(work: Path, mirror: str) -> Path:
    """Unpack musl, and write a command that compiles for it."""
    root = work / "musl"
    for name in MUSL:
        archive = download(mirror, name, work / "archives")
        subprocess.run(["dpkg-deb", "-x", archive, root], check=True)
    lib = root / "usr/lib/x86_64-linux-musl"
    text = SPECS.format(
        include=root / "usr/include/x86_64-linux-musl",
        lib=lib,
        loader=root / "usr/lib/ld-musl-x86_64.so.1",
    )
    (root / "musl.specs").write_text(text)
    compiler = root / "cc"
    # GCC itself would answer x86_64-linux-gnu, and CPython would refuse to be built.
    compiler.write_text(
        '#!/bin/sh\n[ "$*" = --print-multiarch ] && exec echo x86_64-linux-musl\n'
        f'exec gcc "$@" -specs {root / "musl.specs"}\n'
    )
    compiler.chmod(0o755)
    return compiler


def compile_python(work: Path, mirror: str) -> Path:
    """Return CPython for musl; compile it and libraries unless a run before did."""
    prefix = work / "python"
    program = prefix / "bin" / "python3"
    compiler = write_compiler(work, mirror)
    if program.exists():
        return program
    for name in ("lib", "include"):
        (prefix / name).mkdir(parents=True, exist_ok=True)
    commands = LIBRARIES | {
        CPYTHON: [
            "./configure --prefix={prefix} --disable-test-modules --without-ensurepip "
            "--without-doc-strings CFLAGS= CPPFLAGS=-I{prefix}/include "
            "LDFLAGS=-L{prefix}/lib",
            "make -j{jobs}",
            "make install",
        ]
    }
    environment = os.environ | {
        "CC": str(compiler),
        "CFLAGS": "-O2 -fPIC",
        "PKG_CONFIG_LIBDIR": str(prefix / "lib/pkgconfig"),  # nothing of this machine
    }
    values = {"prefix": prefix, "cc": compiler, "cflags": "-O2\\ -fPIC"}
    for name, lines in commands.items():
        archive = download(mirror, name, work / "archives")
        source = unpack_source(archive, work / "sources" / archive.name)
        lines = [line.format(jobs=os.cpu_count(), **values) for line in lines]
        compile_source(source, lines, environment, work / "compile.log")
    return program


def main() -> int:
    """Compile and run the chosen tests; return 1 if some failed."""
    options = argument_parser(__doc__, SELECTIONS).parse_args()
    missing = [x for x in ("gcc", "make", "dpkg-deb") if shutil.which(x) is None]
    if missing:
        raise SystemExit(f"{', '.join(missing)}: not found in PATH")
    selections = {key: SELECTIONS[key] for key in options.tests}
    with work_folder(options.work, "musl") as work:
        python = compile_python(work, options.mirror)
        tools = ["cython", "setuptools"]
        unpack_wheels(work / "wheels", WHEELS, "3.13", [*PACKAGES, *tools])
        passed = run_tests(python, compile_in_work(python, work), "musl", selections)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
