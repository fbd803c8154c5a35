"""
Train at rates, windows and samples up to the largest that are promised to work.

Every setting runs one epoch with chunks of the default size. Prints a line for each
and ends with status 1 if a loss or a parameter of any is not finite, or a loss is
above twice that of the untrained model: "worse". --textbook shows what single steps
make of the same settings.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from options import add_corpus
from plain_text import beginning
from report import conditions, described, number, table

from w2vfast import Corpus, DivergedError, Word2Vec
from w2vfast.sampling.huffman import huffman_tree
from w2vfast.training.parameters import LOSSES

ALPHAS = (0.025, 0.05, 0.1)
WINDOWS = NEGATIVES = (1, 5, 20)
SAMPLES = (0.0, 1e-3, 1e-2)
#: Architecture and cbow_exact.
KINDS = (("skipgram", False), ("cbow", False), ("cbow", True))
#: The settings that come nearest to diverging, and the usual one.
QUICK = ((0.025, 5, 5, 1e-3), (0.1, 20, 20, 0.0), (0.1, 20, 1, 0.0), (0.1, 1, 20, 0.0))
HEAD = ("kind", "alpha", "window", "negative", "sample", "state", "loss", "largest")
#: One centre a chunk, fresh negatives for each pair.
TEXTBOOK = {"chunk_size": 1, "shared_negatives": 0}


@dataclass(frozen=True)
class Row:
    """How a run ended; loss and largest |value| are NaN or infinite if it diverged."""

    setting: dict[str, Any]
    loss: float
    largest: float
    untrained: float

    @property
    def finite(self) -> bool:
        """Whether no figure is infinite or NaN."""
        return math.isfinite(self.loss) and math.isfinite(self.largest)

    @property
    def state(self) -> str:
        """How it ended, in a word."""
        if not self.finite:
            return "DIVERGED"
        return "worse" if self.loss > 2 * self.untrained else "good"


def main(arguments: Sequence[str] | None = None) -> None:
    """Sweep as the command line says."""
    options = _parser().parse_args(arguments)
    with beginning(options.corpus, options.bytes) as path:
        corpus = Corpus(path, progress=False)
    rows = []
    print(_line(HEAD))
    fixed = {"vector_size": options.dim, "workers": options.workers}
    fixed |= {"loss": options.loss, "max_final_vocab": options.max_vocab}
    fixed |= TEXTBOOK if options.textbook else {}
    chosen = list(QUICK if options.quick else every())
    if options.loss != "negative_sampling":
        chosen = list(dict.fromkeys((a, w, None, s) for a, w, _, s in chosen))
    for setting in settings(chosen):
        rows.append(run(corpus, setting, fixed))
        print(_line(_cells(rows[-1])), flush=True)
    report(corpus, rows)
    if not all(row.state == "good" for row in rows):
        raise SystemExit(1)


def every() -> Iterable[tuple[Any, ...]]:
    """Return all combinations."""
    return product(ALPHAS, WINDOWS, NEGATIVES, SAMPLES)


def settings(numbers: Iterable[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    """Give the parameters of each run."""
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
    tables = (model.wv.vectors, model.outside_vectors)
    # NaN goes through max() of an array, but not through Python's.
    largest = np.max([np.abs(values).max() for values in tables])
    return Row(setting, model.loss_history[-1], float(largest), untrained)


def loss_untrained(model: Word2Vec) -> float:
    """Return the loss per pair with all scores 0."""
    if model.parameters.negative is not None:
        return (1 + model.parameters.negative) * math.log(2)
    counts = model.vocabulary.counts
    if model.parameters.loss == "softmax":
        return math.log(len(counts))
    lengths = np.diff(huffman_tree(counts).offsets)
    return float(np.average(lengths, weights=counts)) * math.log(2)


def report(corpus: Corpus, rows: list[Row]) -> None:
    """Print how many ended in each state, and the largest value of each kind."""
    finite = [row for row in rows if row.finite]
    worse = sum(row.state == "worse" for row in rows)
    print(f"\n{len(finite)} of {len(rows)} settings finite, {corpus!r};")
    print(f"{worse} of them with a loss twice as bad as untrained\n")
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add_corpus(parser)
    add("--bytes", type=int, default=10_000_000, help="how much of it to train")
    add("--dim", type=int, default=50)
    add("--workers", type=int, default=2)
    add("--loss", choices=LOSSES, default=LOSSES[0])
    add("--max-vocab", type=int, help="for softmax: the most frequent words only")
    add("--textbook", action="store_true", help="one centre a chunk, fresh negatives")
    add("--quick", action="store_true", help="four settings of each kind only")
    return parser


if __name__ == "__main__":
    main()
