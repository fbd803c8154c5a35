"""
Show that the tuner's held-out loss compares between settings, and `evaluate_loss` not.

The text is the King James Bible of the package. Verses drawn at random are held out.
"""

from __future__ import annotations

import argparse
import lzma
from importlib.resources import files
from typing import Any

import numpy as np

from harness.conditions import conditions, described
from harness.report import table
from w2vfast import Corpus, Word2Vec
from w2vfast.tuning import HeldOutObjective

SETTINGS: tuple[dict[str, Any], ...] = (
    {},
    {"ns_exponent": 1.0},
    {"ns_exponent": 0.5},
    {"ns_exponent": 0.0},
    {"ns_exponent": -0.5},
    {"sample": 0.0},
    {"sample": 1e-4},
    {"sample": 1e-5},
    {"loss": "softmax"},
)


def main(options: argparse.Namespace) -> None:
    """Train each setting and print both losses."""
    lines = verses()
    np.random.default_rng(0).shuffle(lines)
    corpus, held_out = Corpus(lines[: -options.verses]), lines[-options.verses :]
    rows = []
    for setting in SETTINGS[: 2 if options.quick else None]:
        model = Word2Vec(
            corpus, vector_size=options.dim, epochs=options.epochs, **setting
        )
        model.train(progress=False)
        objective = HeldOutObjective(held_out, test=None)
        objective.prepare(corpus, model.parameters)
        name = ", ".join(f"{key}={value!r}" for key, value in setting.items())
        losses = objective.score(model), model.evaluate_loss(held_out).loss
        rows.append([name or "defaults", *(f"{loss:.3f}" for loss in losses)])
    print(table(["setting", "HeldOutObjective", "evaluate_loss"], rows))
    print(described(conditions()))


def verses() -> list[list[str]]:
    """Return the verses of the bundled text as lists of words."""
    packed = (files("w2vfast") / "data" / "kjv.txt.xz").read_bytes()
    return [line.split() for line in lzma.decompress(packed).decode().splitlines()]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    parser.add_argument("--verses", type=int, default=2000, help="verses held out")
    parser.add_argument("--dim", type=int, default=64, help="vector_size")
    parser.add_argument("--epochs", type=int, default=10, help="epochs of training")
    parser.add_argument("--quick", action="store_true", help="two settings only")
