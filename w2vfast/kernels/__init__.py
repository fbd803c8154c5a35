"""Choose a kernel build: by name, or the fastest one that this CPU supports."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from w2vfast.kernels._cpu import runnable
from w2vfast.kernels.arguments import KernelArguments

COMPILED = ("base", "avx2", "avx512")
NAMES = (*COMPILED, "reference")
VARIABLE = "W2VFAST_KERNELS"


class Rounds(Protocol):
    """Deterministic training of groups of blocks; see reference.Rounds."""

    def begin(self, epoch: int, first_block: int, last_block: int) -> None:
        """Begin to train some blocks of an epoch; see reference.Rounds.begin."""

    def work(self) -> None:
        """Train until the group is finished; see reference.Rounds.work."""

    def totals(self) -> tuple[float, int, int, bool] | None:
        """Return the totals of the group, or None if it is not finished."""


class Kernels(Protocol):
    """The functions of every build. Results differ by rounding only."""

    def train(
        self,
        args: KernelArguments,
        epoch: int,
        first_block: int,
        last_block: int,
        loss: float = 0.0,
    ) -> tuple[float, int, int, bool]:
        """Train some blocks of an epoch; see reference.train."""

    def Rounds(self, args: KernelArguments, threads: int = 1) -> Rounds:  # noqa: N802
        """Prepare deterministic training; see reference.Rounds."""

    def evaluate(
        self,
        args: KernelArguments,
        first_block: int,
        last_block: int,
        log_z: NDArray[np.float64],
    ) -> tuple[float, int, int, bool]:
        """Return the loss of some blocks; see reference.evaluate."""

    def log_partition(
        self,
        args: KernelArguments,
        first_word: int,
        last_word: int,
        out: NDArray[np.float64],
    ) -> None:
        """Write log Z of some centre words; see reference.log_partition."""

    def uses_amx(self) -> bool:
        """Return whether products in bfloat16 use AMX; see reference.uses_amx."""


def built() -> list[str]:
    """Return the names of the compiled builds that are installed."""
    return [name for name in COMPILED if find_spec(_module(name)) is not None]


def usable() -> list[str]:
    """Return the builds that are installed and run on this CPU, the fastest last."""
    return ["reference", *(name for name in built() if name in runnable())]


def resolve(name: str = "auto") -> str:
    """
    Return the name of a build that can run here.

    Parameters
    ----------
    name : str
        A name in `NAMES`, or "auto". "auto" means the environment variable
        W2VFAST_KERNELS if it is set, else the fastest build that this CPU supports.

    Raises
    ------
    ValueError
        If the name is unknown.
    ImportError
        If the build is not installed, or this CPU lacks its instructions.
    """
    asked = "kernels"
    if name == "auto" and os.environ.get(VARIABLE):
        asked, name = VARIABLE, os.environ[VARIABLE]
    if name == "auto":
        name = usable()[-1]
        if name == "reference":
            raise ImportError(
                "w2vfast's compiled kernels are not installed: reinstall it with a "
                'C compiler available, or pass the slow kernels="reference"'
            )
    if name not in NAMES:
        raise ValueError(
            f"{asked}={name!r}: expected 'auto' or one of {', '.join(NAMES)}"
        )
    if name not in usable():
        raise ImportError(
            f"{asked}={name!r}: {_why_not(name)}; usable here: {', '.join(usable())}"
        )
    return name


def load(name: str = "auto") -> Kernels:
    """Import a build; `name` and errors as in `resolve`."""
    return cast(Kernels, import_module(_module(resolve(name))))


def described(name: str, rounds_products: bool) -> str:
    """Return the name of a build, and how it multiplies rounded numbers if it does."""
    if not rounds_products:
        return f"{name} kernels"
    return f"{name} kernels {'with' if load(name).uses_amx() else 'without'} AMX"


def _why_not(name: str) -> str:
    if name not in built():
        return "this build is not part of the installed package"
    return "this CPU lacks instructions that this build needs"


def _module(name: str) -> str:
    return f"{__name__}.{'reference' if name == 'reference' else f'_fast_{name}'}"
