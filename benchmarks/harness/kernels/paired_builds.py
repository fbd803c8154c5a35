"""
Time kernel builds of several source trees in one process, slice by slice.

A slice is some blocks of an epoch. Each tree's build trains each slice, in random
order, so that other load on the machine affects all builds alike. This shows
differences of one percent. The builds share the matrices: a slice starts from the
values that earlier slices left, whichever build trained them.

The arguments come from the w2vfast that is imported. Trees from before and after the
renaming of the argument class can be compared: each build finds the module and the
fields under the names that it was compiled with.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np

from harness.kernel_arguments import KernelArguments

#: Present and former name of the module with the argument class. Builds import it.
MODULES = ("w2vfast.kernels.arguments", "w2vfast.kernels.job")
#: Present and former names of fields; commit b4b0898 has the former ones.
FORMER = {
    "batch_size": "chunk",
    "shared_negatives": "shared",
    "keep_thresholds": "keep",
    "block_size": "block",
    "shrink_windows": "shrink",
    "top_nodes": "top",
    "max_path_length": "path_length",
}


def with_all_names(arguments: KernelArguments) -> KernelArguments:
    """Return the same arguments with each field under its present and former name."""
    result = copy(arguments)
    for present, former in FORMER.items():
        given = present if hasattr(arguments, present) else former
        for name in (present, former):
            object.__setattr__(result, name, getattr(arguments, given))
    return result


def load_build(tree: str, build: str) -> ModuleType:
    """
    Load a build of a source tree; several trees can be loaded at the same time.

    Parameters
    ----------
    tree : str
        A folder that contains w2vfast/kernels with compiled builds.
    build : str
        "base", "avx2" or "avx512".

    Raises
    ------
    SystemExit
        If the tree has no such build.
    """
    name = f"w2vfast.kernels._fast_{build}"
    found = sorted(Path(tree, "w2vfast/kernels").glob(f"_fast_{build}.*"))
    files = [path for path in found if path.suffix in (".so", ".pyd")]
    if not files:
        raise SystemExit(
            f"{tree}: no {build} build in w2vfast/kernels; run "
            "`python setup.py build_ext --inplace` there"
        )
    spec = spec_from_file_location(name, files[0])
    assert spec is not None and spec.loader is not None
    known = sys.modules.pop(name, None)
    module = module_from_spec(spec)
    with _all_module_names():
        spec.loader.exec_module(module)
    if known is not None:
        sys.modules[name] = known
    return module


def time_slices(
    builds: list[ModuleType], arguments: KernelArguments, blocks: int, rounds: int
) -> tuple[list[list[float]], int]:
    """
    Train slices with each build in random order.

    Parameters
    ----------
    builds : list of modules
    arguments : KernelArguments
    blocks : int
        Blocks in a slice.
    rounds : int
        Number of slices. One more slice comes first and is not timed.

    Returns
    -------
    seconds : list of lists
        CPU seconds of each slice, for each build.
    tokens : int
        Number of tokens in a slice.
    """
    order = np.random.default_rng(0)
    seconds: list[list[float]] = [[] for _ in builds]
    known = with_all_names(arguments)
    tokens, block_size = len(known.ids), known.block_size
    n_blocks = -(-tokens // block_size)
    for i in range(-1, rounds):
        first = i * blocks % max(1, n_blocks - blocks)
        for k in order.permutation(len(builds)):
            start = time.thread_time()
            builds[k].train(known, 0, first, first + blocks)
            if i >= 0:
                seconds[k].append(time.thread_time() - start)
    return seconds, min(blocks, n_blocks) * min(block_size, tokens)


@contextmanager
def _all_module_names() -> Iterator[None]:
    """Make the module of the argument class importable under all its names."""
    module = sys.modules[KernelArguments.__module__]
    added = [name for name in MODULES if name not in sys.modules]
    sys.modules.update(dict.fromkeys(added, module))
    try:
        yield
    finally:
        for name in added:
            del sys.modules[name]
