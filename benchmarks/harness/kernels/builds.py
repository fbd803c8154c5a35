"""
Compare the speed of kernel builds from several source trees.

For differences of one percent: each slice of an epoch is trained by each tree's build,
in random order. Each tree needs a build in place
(`python setup.py build_ext --inplace`). The w2vfast that is imported makes the
arguments of the kernels, so the trees must agree on their meaning.
"""

from __future__ import annotations

import argparse
import statistics

from harness.conditions import conditions, described
from harness.kernel_arguments import (
    KernelArguments,
    initial_matrices,
    kernel_arguments,
)
from harness.kernels.paired_builds import load_build, time_slices
from harness.options import add_corpus, add_extra
from harness.report import table
from w2vfast import Word2Vec

HEAD = ("tree", "words / CPU s", "speed, median of pairs")


def main(options: argparse.Namespace) -> None:
    """Time the builds and print a table."""
    arguments = _arguments(options)
    builds = [load_build(tree, options.build) for tree in options.trees]
    seconds, tokens = time_slices(builds, arguments, options.blocks, options.rounds)
    rows = []
    for tree, own in zip(options.trees, seconds, strict=True):
        ratio = statistics.median(a / b for a, b in zip(seconds[0], own, strict=True))
        rows.append((tree, f"{tokens / statistics.median(own):,.0f}", f"{ratio:.3f}"))
    print(f"{table(HEAD, rows)}\n{described(conditions())}")


def _arguments(options: argparse.Namespace) -> KernelArguments:
    extra = dict(options.set)
    model = Word2Vec(options.corpus, workers=1, progress=False, **extra)
    p, corpus, counts = model.parameters, model.corpus, model.vocabulary.counts
    matrices = initial_matrices(len(counts), p)
    return kernel_arguments(p, corpus.ids, corpus.offsets, counts, matrices)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    add = parser.add_argument
    about = "folders of source trees; speeds are relative to the first"
    add("trees", nargs="+", help=about)
    add_corpus(parser)
    add_extra(parser)
    add("--build", default="avx2", choices=("base", "avx2", "avx512"))
    add("--blocks", type=int, default=6, help="blocks in a slice")
    add("--rounds", type=int, default=100, help="number of slices")
