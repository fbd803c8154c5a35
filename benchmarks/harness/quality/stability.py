"""
Check that training stays finite with large rates, windows and numbers of negatives.

Trains one epoch with each of 243 settings and prints a line for each. The exit status
is 1 if a loss or a vector is not finite. It is also 1 if a loss is more than twice the
loss of an untrained model. --textbook trains the same settings with one centre in a
batch. --thin thins the gradients of negatives; by default only long runs do so.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from harness.conditions import conditions, described
from harness.options import add_corpus
from harness.plain_text import beginning
from harness.report import number, table
from w2vfast import Corpus, DivergedError, Word2Vec
from w2vfast.sampling.huffman import huffman_tree
from w2vfast.training.parameters import LOSSES

ALPHAS = (0.025, 0.05, 0.1)
WINDOWS = NEGATIVES = (1, 5, 20)
SAMPLES = (0.0, 1e-3, 1e-2)
#: Architecture and cbow_exact.
KINDS = (("skipgram", False), ("cbow", False), ("cbow", True))
#: The usual setting, and the settings that come closest to divergence.
QUICK = ((0.025, 5, 5, 1e-3), (0.1, 20, 20, 0.0), (0.1, 20, 1, 0.0), (0.1, 1, 20, 0.0))
HEAD = ("kind", "alpha", "window", "negative", "sample", "state", "loss", "largest")


@dataclass(frozen=True)
class Row:
    """A run: its loss and its largest |value|; both NaN or infinite if it diverged."""

    setting: dict[str, Any]
    loss: float
    largest: float
    untrained: float

    @property
    def finite(self) -> bool:
        """Whether loss and vectors are finite."""
        return math.isfinite(self.loss) and math.isfinite(self.largest)

    @property
    def state(self) -> str:
        """The result in one word."""
        if not self.finite:
            return "DIVERGED"
        return "worse" if self.loss > 2 * self.untrained else "good"


def main(options: argparse.Namespace) -> None:
    """Train all settings; exit with status 1 if a state is not good."""
    with beginning(options.corpus, options.bytes) as path:
        corpus = Corpus(path, progress=False)
    rows = []
    print(_line(HEAD))
    fixed = fixed_parameters(options)
    chosen = list(QUICK if options.quick else every())
    if options.loss != "negative_sampling":
        chosen = list(dict.fromkeys((a, w, None, s) for a, w, _, s in chosen))
    for setting in settings(chosen):
        rows.append(run(corpus, setting, fixed))
        print(_line(_cells(rows[-1])), flush=True)
    report(corpus, rows)
    if not all(row.state == "good" for row in rows):
        raise SystemExit(1)


def fixed_parameters(options: argparse.Namespace) -> dict[str, Any]:
    """Return the parameters that all settings share."""
    fixed = {"vector_size": options.dim, "workers": options.workers}
    fixed |= {"loss": options.loss, "max_final_vocab": options.max_vocab}
    if options.thin:
        fixed["thin_gradients"] = True
    if options.textbook:
        fixed["chunk_size"] = 1
        if options.loss == "negative_sampling":
            fixed["shared_negatives"] = 0  # new negatives for each pair
    return fixed


def every() -> Iterable[tuple[Any, ...]]:
    """Return all combinations of alpha, window, negative and sample."""
    return product(ALPHAS, WINDOWS, NEGATIVES, SAMPLES)


def settings(numbers: Iterable[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    """Yield the parameters of each run."""
    for (architecture, exact), chosen in product(KINDS, numbers):
        yield {
            "architecture": architecture,
            "cbow_exact": exact,
            **dict(zip(HEAD[1:5], chosen, strict=True)),
        }


def run(corpus: Corpus, setting: dict[str, Any], fixed: dict[str, Any]) -> Row:
    """Train one epoch."""
    model = Word2Vec(corpus, epochs=1, progress=False, **setting, **fixed)
    untrained = loss_untrained(model)
    try:
        model.train()
    except DivergedError:
        return Row(setting, math.nan, math.nan, untrained)
    matrices = (model.wv.vectors, model.outside_vectors)
    # NumPy's max() returns NaN if there is one; Python's max() may not.
    largest = np.max([np.abs(values).max() for values in matrices])
    return Row(setting, model.loss_history[-1], float(largest), untrained)


def loss_untrained(model: Word2Vec) -> float:
    """Return the loss per pair if all scores are 0."""
    if model.parameters.negative is not None:
        return (1 + model.parameters.negative) * math.log(2)
    counts = model.vocabulary.counts
    if model.parameters.loss == "softmax":
        return math.log(len(counts))
    lengths = np.diff(huffman_tree(counts).offsets)
    return float(np.average(lengths, weights=counts)) * math.log(2)


def report(corpus: Corpus, rows: list[Row]) -> None:
    """Print the number of runs in each state, and the largest value of each kind."""
    finite = [row for row in rows if row.finite]
    worse = sum(row.state == "worse" for row in rows)
    print(f"\n{len(finite)} of {len(rows)} settings finite, {corpus!r};")
    print(f"{worse} of them with a loss more than twice that of an untrained model\n")
    groups: dict[str, list[Row]] = {}
    for row in finite:
        groups.setdefault(_kind(row), []).append(row)
    worst = [max(group, key=lambda row: row.largest) for group in groups.values()]
    print("The largest value of each kind:\n")
    print(table(HEAD, map(_cells, worst)))
    print(described(conditions()))


def _kind(row: Row) -> str:
    exact = " exact" if row.setting["cbow_exact"] else ""
    return f"{row.setting['architecture']}{exact}"


def _cells(row: Row) -> list[str]:
    numbers = [number(row.setting[name], "g") for name in HEAD[1:5]]
    return [_kind(row), *numbers, row.state, f"{row.loss:.4f}", f"{row.largest:.4g}"]


def _line(cells: Sequence[str]) -> str:
    return cells[0].ljust(12) + "".join(cell.rjust(10) for cell in cells[1:])


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    add = parser.add_argument
    add_corpus(parser)
    about = "train the first bytes of the corpus, this many"
    add("--bytes", type=int, default=10_000_000, help=about)
    add("--dim", type=int, default=50, help="vector size")
    add("--workers", type=int, default=2)
    add("--loss", choices=LOSSES, default=LOSSES[0])
    about = "for softmax: keep the most frequent words, this many"
    add("--max-vocab", type=int, help=about)
    about = "one centre in a batch, new negatives for each pair"
    add("--textbook", action="store_true", help=about)
    about = "gradients of negatives from half of the centres"
    add("--thin", action="store_true", help=about)
    add("--quick", action="store_true", help="only four settings of each kind")
