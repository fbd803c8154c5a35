"""The extension modules; everything else stands in pyproject.toml."""

import platform
import shutil
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

KERNELS = "w2vfast/kernels"
LIMITED_API = [("Py_LIMITED_API", "0x030b0000")]
# What -ffast-math gains, without its global side effects (docs/algorithm.md).
FLAGS = (
    "-O3 -g0 -fno-math-errno -fno-trapping-math -fno-signed-zeros -fassociative-math"
)
# Modules that promise exact bits: no reordered operations, no contraction.
EXACT_MODULES = {
    "w2vfast.io._subwords",
    "w2vfast.io._text_parser",
    "w2vfast.io._text_writer",
    "w2vfast.vectors._exact_cosines",
}
EXACT_FLAGS = "-fno-associative-math -fsigned-zeros -ffp-contract=off"
# The CPU checks in kernels/_cpu.pyx name the same features, one by one.
BUILDS = {
    "base": "",
    "avx2": "-mavx2 -mfma",
    "avx512": "-mavx2 -mfma -mavx512f -mavx512bw -mavx512dq -mavx512vl",
}
DIRECTIVES = {
    "language_level": "3",
    "boundscheck": False,
    "wraparound": False,
    "cdivision": True,
    "initializedcheck": False,
}


class BuildExt(build_ext):
    """Compile `_fast.c` once per instruction set, each from a copy of its own."""

    def build_extension(self, ext: Extension) -> None:
        """Give each kernel build its own source, name and flags."""
        gnu = self.compiler.compiler_type != "msvc"
        stem, _, build = ext.name.rpartition(".")[2].partition("_fast_")
        if not stem and build:
            source = Path(self.build_temp, f"_fast_{build}.c")
            source.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ext.sources[0], source)
            ext.sources = [str(source)]
            ext.define_macros = [
                *ext.define_macros,
                ("PyInit__fast", f"PyInit__fast_{build}"),
            ]
            ext.extra_compile_args = BUILDS[build].split() if gnu else []
        if ext.name in EXACT_MODULES and gnu:
            ext.extra_compile_args = EXACT_FLAGS.split()
        ext.extra_compile_args = [
            *(FLAGS.split() if gnu else ["/O2", "/fp:contract"]),
            *ext.extra_compile_args,
        ]
        super().build_extension(ext)


def extension(name: str, source: str) -> Extension:
    """Describe one module built for the limited API of CPython 3.11."""
    return Extension(
        f"w2vfast.{name}",
        [source],
        include_dirs=[KERNELS],
        define_macros=list(LIMITED_API),
        py_limited_api=True,
    )


def extensions() -> list[Extension]:
    """One module per kernel build, and the modules that exist once."""
    x86 = platform.machine().lower() in {"x86_64", "amd64"}
    once = [
        extension("kernels._cpu", f"{KERNELS}/_cpu.pyx"),
        extension("corpus._scanner", "w2vfast/corpus/_scanner.pyx"),
        extension("io._subwords", "w2vfast/io/_subwords.pyx"),
        extension("io._text_parser", "w2vfast/io/_text_parser.pyx"),
        extension("io._text_writer", "w2vfast/io/_text_writer.pyx"),
        extension("vectors._exact_cosines", "w2vfast/vectors/_exact_cosines.pyx"),
        extension("vectors._integer_dots", "w2vfast/vectors/_integer_dots.pyx"),
        extension("vectors._scores", "w2vfast/vectors/_scores.pyx"),
    ]
    fast = extension("kernels._fast", f"{KERNELS}/_fast.pyx")
    *modules, fast = cythonize([*once, fast], compiler_directives=DIRECTIVES)
    source = fast.sources[0]
    builds = BUILDS if x86 else ["base"]
    return [
        *modules,
        *(extension(f"kernels._fast_{build}", source) for build in builds),
    ]


if __name__ == "__main__":  # tests/builds.py imports the rest
    setup(
        ext_modules=extensions(),
        cmdclass={"build_ext": BuildExt},
        options={
            "bdist_wheel": {"py_limited_api": "cp311"},
            "build_ext": {"parallel": True},  # one compiler per core
        },
    )
