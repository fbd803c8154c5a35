"""Which CPUs and which ABI a build is for.

The machine that compiles may be another one: `python -m build` on an Intel Mac makes
wheels for Apple silicon, MSVC on x86-64 compiles for ARM64, conda-forge compiles all of
its aarch64 packages on x86-64. So nothing here reads `platform.machine()`.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Mapping
from itertools import pairwise

from setuptools import Distribution

#: Names of one CPU family in the names of platforms.
SYNONYMS = {
    "amd64": "x86_64",
    "x64": "x86_64",
    "arm64": "aarch64",
    "win32": "i686",
    "i386": "i686",
}
#: The values of VSCMD_ARG_TGT_ARCH, which Visual Studio's prompts set.
VISUAL_STUDIO = {"x86": "i686", "x64": "x86_64", "arm64": "aarch64", "arm": "armv7l"}
#: The limited API of CPython 3.11, and the tag of its wheels.
LIMITED_API = "0x030b0000"
LIMITED_API_TAG = "cp311"


def platform_name(
    distribution: Distribution, environment: Mapping[str, str] = os.environ
) -> str:
    """
    Return the platform that a build is for, such as "macosx-11.0-arm64".

    The first of these that is given counts: `--plat-name` of a command, Visual
    Studio's target, and `sysconfig.get_platform()`, which is the target too in a cross
    build with _PYTHON_HOST_PLATFORM.
    """
    for command in ("bdist_wheel", "build_ext", "build"):
        options = distribution.get_option_dict(command)
        if "plat_name" in options:
            return str(options["plat_name"][1])
    visual_studio = environment.get("VSCMD_ARG_TGT_ARCH", "")
    if os.name == "nt" and visual_studio:
        return f"win-{VISUAL_STUDIO.get(visual_studio, visual_studio)}"
    return sysconfig.get_platform()


def target_cpus(
    platform: str, environment: Mapping[str, str] = os.environ
) -> frozenset[str]:
    """
    Return the CPU families that a build is for: two for universal binaries of macOS.

    Parameters
    ----------
    platform : str
        As `platform_name` returns it; the tag of a wheel works too.
    environment : mapping of str to str
        ARCHFLAGS counts on macOS: `-arch arm64`, also several times.

    Returns
    -------
    frozenset of str
        "x86_64", "aarch64", or another name as the platform spells it.
    """
    platform = platform.lower()
    if platform.startswith("macosx"):
        flags = environment.get("ARCHFLAGS", "").split()
        named = [cpu for flag, cpu in pairwise(flags) if flag == "-arch"]
        if named:
            return frozenset(SYNONYMS.get(cpu, cpu) for cpu in named)
        if platform.endswith("universal2"):
            return frozenset({"x86_64", "aarch64"})
    for cpu in ("x86_64", "aarch64", *SYNONYMS):  # "_" also divides the parts of tags
        if cpu in platform:
            return frozenset({SYNONYMS.get(cpu, cpu)})
    return frozenset({platform.rpartition("-")[2]})


def has_limited_api() -> bool:
    """
    Return whether the modules can use the limited API of CPython 3.11.

    Free-threaded interpreters have none before 3.15, and their `abi3t` is another ABI,
    so each of their versions gets a wheel of its own.
    """
    return not sysconfig.get_config_var("Py_GIL_DISABLED")


def require_cpython(implementation: str = sys.implementation.name) -> None:
    """Raise SystemExit unless CPython runs this."""
    if implementation == "cpython":
        return
    raise SystemExit(
        f"w2vfast cannot be built for {implementation}: its kernels read buffers "
        "through CPython's C API, which would be slow or missing here. "
        "Install it with CPython 3.11 or later: python3.11 -m pip install w2vfast"
    )
