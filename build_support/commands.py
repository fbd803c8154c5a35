"""The commands of setuptools that compile w2vfast and pack its wheel."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from setuptools import Extension
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext
from setuptools.command.sdist import sdist

from build_support import archives, compilers, modules, sbom
from build_support.compilers import Compiler, kernel_builds
from build_support.modules import extensions
from build_support.target import platform_name, target_cpus


class BuildExt(build_ext):
    """Compile each module with the flags of its target, compiler and kernel build."""

    common_flags = compilers.FLAGS
    common_link_flags: list[str] | None = None  # those of the platform

    def finalize_options(self) -> None:
        """List the modules here, where the command line has named the target."""
        cpus = target_cpus(platform_name(self.distribution))
        self.distribution.ext_modules = extensions(kernel_builds(cpus))
        super().finalize_options()

    def run(self) -> None:
        """Translate the modules to C, and compile them."""
        self.translate()
        super().run()

    def translate(self) -> None:
        """Write the C files."""
        modules.translate(self.extensions)

    def build_extensions(self) -> None:
        """Choose the compiler once, then compile."""
        compilers.require_compiler(self.compiler)
        self.family = Compiler.GNU
        if self.compiler.compiler_type == "msvc":
            self.family = Compiler.MSVC
            path = compilers.clang_cl()
            if path is not None:
                self.family = Compiler.CLANG_CL
                if not self.compiler.initialized:
                    self.compiler.initialize(self.plat_name)
                self.compiler.cc = path
        super().build_extensions()

    def build_extension(self, ext: Extension) -> None:
        """Give a module its flags, and each kernel build a source of its own."""
        platform = platform_name(self.distribution)
        prefix, _, build = ext.name.rpartition("._fast_")
        if prefix:
            self._copy_source(ext, build)
        ext.extra_compile_args = compilers.compile_flags(
            self.family, ext.name, target_cpus(platform), self.common_flags
        )
        link_flags = self.common_link_flags
        if link_flags is None:
            link_flags = compilers.link_flags(self.family, platform)
        ext.extra_link_args = link_flags
        super().build_extension(ext)

    def _copy_source(self, ext: Extension, build: str) -> None:
        """Compile a copy of `_fast.c`: its object file has the name of the build."""
        source = Path(self.build_temp, f"_fast_{build}.c")
        source.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ext.sources[0], source)
        ext.sources = [str(source)]
        name = ("PyInit__fast", f"PyInit__fast_{build}")
        ext.define_macros = [*ext.define_macros, name]


class BdistWheel(bdist_wheel):
    """Add the list of bundled software (PEP 770) to the wheel."""

    def write_wheelfile(self, wheelfile_base: str, *args: str) -> None:
        """Write WHEEL and, beside it, the SBOM."""
        super().write_wheelfile(wheelfile_base, *args)
        folder = Path(wheelfile_base, "sboms")
        folder.mkdir(exist_ok=True)
        metadata = self.distribution.metadata
        text = sbom.cyclonedx(metadata.get_name(), metadata.get_version())
        (folder / "w2vfast.cdx.json").write_text(text, encoding="utf-8", newline="\n")
        archives.normalise_modes(Path(self.bdist_dir))


class Sdist(sdist):
    """Write a source package that depends on the sources only."""

    def make_archive(
        self, base_name: str, format: str, *args: Any, **options: Any
    ) -> str:
        """Write a reproducible .tar.gz; other formats as usual."""
        if format != "gztar":
            return str(super().make_archive(base_name, format, *args, **options))
        target = Path(f"{base_name}.tar.gz")
        folder = Path(options["base_dir"])
        archives.write_tar_gz(target, folder, archives.source_date())
        return str(target)
