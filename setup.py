"""The extension modules; pyproject.toml has everything else."""

import sys
from pathlib import Path

from setuptools import setup

sys.path.insert(0, str(Path(__file__).parent))

from build_support.commands import BdistWheel, BuildExt, Sdist
from build_support.modules import extensions
from build_support.target import LIMITED_API_TAG, has_limited_api, require_cpython

require_cpython()
limited_api = {"py_limited_api": LIMITED_API_TAG} if has_limited_api() else {}
setup(
    # BuildExt adds the kernel builds of the target.
    ext_modules=extensions(["base"]),
    cmdclass={"build_ext": BuildExt, "bdist_wheel": BdistWheel, "sdist": Sdist},
    options={
        "bdist_wheel": limited_api,
        "build_ext": {"parallel": True},  # one compiler per core
    },
)
