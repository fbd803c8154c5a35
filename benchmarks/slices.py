"""
Time builds of the kernels from several source trees in one process, slice by slice.

For changes of a percent: every slice of an epoch is trained by each tree's build, in
random order, so that the machine's moods fall on all. Each tree needs a build in place
(`python setup.py build_ext --inplace`); jobs are made by the w2vfast that is imported,
so trees must agree on what a job is. The tables are shared: later slices start from
what earlier ones learnt, whoever trained them.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
from options import add_corpus, add_extra
from report import conditions, described, table

from w2vfast import Word2Vec
from w2vfast.kernels.arguments import KernelArguments

HEAD = ("tree", "words / CPU s", "speed, median of pairs")


def kernels_of(tree: str, build: str) -> ModuleType:
    """Load a tree's build beside those of other trees."""
    name = f"w2vfast.kernels._fast_{build}"
    found = sorted(Path(tree, "w2vfast/kernels").glob(f"_fast_{build}.*"))
    files = [path for path in found if path.suffix in (".so", ".pyd")]
    if not files:
        raise SystemExit(f"{tree}: no {build} build; run setup.py build_ext --inplace")
    spec = spec_from_file_location(name, files[0])
    assert spec is not None and spec.loader is not None
    known = sys.modules.pop(name, None)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    if known is not None:
        sys.modules[name] = known
    return module


def seconds_of(
    modules: list[ModuleType], job: KernelArguments, blocks: int, rounds: int
) -> list[list[float]]:
    """Return the CPU seconds of each module's slices."""
    order = np.random.default_rng(0)
    seconds: list[list[float]] = [[] for _ in modules]
    for i in range(-1, rounds):  # the first one warms up
        first = i * blocks % max(1, job.n_blocks - blocks)
        for k in order.permutation(len(modules)):
            start = time.thread_time()
            modules[k].train(job, 0, first, first + blocks)
            if i >= 0:
                seconds[k].append(time.thread_time() - start)
    return seconds


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("trees", nargs="+", help="folders of sources with builds in place")
    add_corpus(parser)
    add_extra(parser)
    add("--build", default="avx2", choices=("base", "avx2", "avx512"))
    add("--blocks", type=int, default=6, help="work units a slice")
    add("--rounds", type=int, default=100)
    options = parser.parse_args(arguments)
    model = Word2Vec(options.corpus, workers=1, progress=False, **dict(options.set))
    job = model._job(model.parameters, model.corpus)
    modules = [kernels_of(tree, options.build) for tree in options.trees]
    seconds = seconds_of(modules, job, options.blocks, options.rounds)
    words = min(options.blocks, job.n_blocks) * min(job.block_size, len(job.ids))
    rows = []
    for tree, own in zip(options.trees, seconds, strict=True):
        ratio = statistics.median(a / b for a, b in zip(seconds[0], own, strict=True))
        rows.append((tree, f"{words / statistics.median(own):,.0f}", f"{ratio:.3f}"))
    print(f"{table(HEAD, rows)}\n{described(conditions())}")


if __name__ == "__main__":
    main()
