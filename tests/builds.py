"""Compile the extension modules in a copy of the tree, with other flags.

The sanitizers, the coverage of Cython and the mutants use such copies. `build_support`
has the modules and their usual flags; the options here change them. Run the tests of
a copy with its folder as the current one and in PYTHONPATH:

    python tests/builds.py /tmp/copy --flags="-O1 -g -fsanitize=address" --kernels avx2
    cd /tmp/copy && PYTHONPATH=. pytest tests/kernels
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import Distribution

ROOT = Path(__file__).parents[1]


def copy_tree(target: Path) -> None:
    """Copy the files that git tracks, and new ones; keep what is equal there."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        source, copy = ROOT / name, target / name
        if not source.is_file():
            continue
        if copy.exists() and copy.read_bytes() == source.read_bytes():
            continue  # its time stays, so nothing is compiled again
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)


def mark_generated_lines(path: Path) -> None:
    """Give lines that Cython adds the name and numbers of the C file itself.

    Cython writes a #line directive before each line that belongs to the source. The
    lines behind it, such as whole functions for types and constants, would count on
    from it, and gcov would mix them with other lines of the source.
    """
    written: list[str] = []
    names_source = in_comment = first = False
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("#line"):
            names_source = first = True
        elif names_source and not first and not in_comment:
            written.append(f'#line {len(written) + 2} "{path}"')
            names_source = False
        elif not line.endswith("\\"):
            first = False
        written.append(line)
        opened = line.rfind("/*") > line.rfind("*/")
        in_comment = opened or (in_comment and "*/" not in line)
    path.write_text("\n".join(written) + "\n", "utf-8")


def is_wanted(name: str, options: argparse.Namespace) -> bool:
    """Whether a module was asked for: by its name, or as a kernel build."""
    name = name.rpartition(".")[2]
    if name == "_cython":  # every other module imports it
        return True
    if options.only:
        return name in options.only
    return not name.startswith("_fast_") or name[6:] in options.kernels


def compile_in_place(options: argparse.Namespace) -> None:
    """Compile the modules of the current folder next to their sources."""
    sys.path.insert(0, "")
    from build_support import commands, modules  # those of the copy

    class BuildExt(commands.BuildExt):
        """Compile some modules with other flags."""

        common_flags = f"{commands.BuildExt.common_flags} {options.flags}"
        common_link_flags = options.link_flags.split()

        def finalize_options(self) -> None:
            super().finalize_options()
            self.extensions = [e for e in self.extensions if is_wanted(e.name, options)]

        def translate(self) -> None:
            if not options.line_directives:
                super().translate()
                return
            modules.translate(self.extensions, emit_linenums=True, force=True)
            for source in {source for e in self.extensions for source in e.sources}:
                mark_generated_lines(Path(source))

    distribution = Distribution({"name": "w2vfast"})
    command = BuildExt(distribution)
    command.inplace = True
    command.parallel = options.jobs
    command.build_temp = "build"
    command.ensure_finalized()
    command.run()


def parse_arguments() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("copy", type=Path, help="folder of the copy; may exist")
    parser.add_argument("--flags", default="", help="compiler flags after the usual")
    parser.add_argument("--link-flags", default="")
    parser.add_argument(
        "--kernels", nargs="*", default=["base"], help="kernel builds to compile"
    )
    parser.add_argument("--only", nargs="*", help="names of modules, instead of all")
    parser.add_argument(
        "--line-directives", action="store_true",
        help="write #line directives, so that the compiler names Cython's lines",
    )  # fmt: skip
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--no-copy", action="store_true", help="compile the folder as it is"
    )
    return parser.parse_args()


def main() -> None:
    """Make the copy and compile its modules."""
    options = parse_arguments()
    if not options.no_copy:
        copy_tree(options.copy)
    os.chdir(options.copy)
    compile_in_place(options)


if __name__ == "__main__":
    main()
