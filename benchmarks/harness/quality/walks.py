"""
Compare subsampling thresholds on small vocabularies, and find how many pairs suffice.

Sentences are walks within planted groups of words; a share of their tokens comes from
other groups. The score is the share of each word's five nearest neighbours that are of
its own group. The first table compares thresholds, the second one lengths of the text.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.conditions import conditions, described
from harness.report import table
from harness.small.sample import purity
from w2vfast import Corpus, Word2Vec

LENGTH = 10  # tokens in a sentence
NEIGHBOURS = 5


@dataclass(frozen=True)
class Walks:
    """
    Sentences within groups of equal size.

    Attributes
    ----------
    words, groups, tokens : int
    exponent : float
        Of the words' frequencies in a group: rank ** -exponent.
    noise : float
        Share of tokens from random groups.
    """

    words: int
    groups: int
    exponent: float
    tokens: int
    noise: float = 0.3

    def corpus(self, seed: int) -> Corpus:
        """Draw the sentences."""
        rng = np.random.default_rng(seed)
        shape = self.tokens // LENGTH, LENGTH
        group = np.repeat(rng.integers(0, self.groups, shape[0])[:, None], LENGTH, 1)
        other = rng.random(shape) < self.noise
        group = np.where(other, rng.integers(0, self.groups, shape), group)
        frequency = np.arange(1.0, self.size + 1) ** -self.exponent
        rank = rng.choice(self.size, shape, p=frequency / frequency.sum())
        ids = (group * self.size + rank).ravel()
        return Corpus.from_ids(ids, np.arange(0, len(ids) + 1, LENGTH))

    @property
    def size(self) -> int:
        """Words in a group."""
        return self.words // self.groups

    def purity(self, model: Word2Vec) -> float:
        """Return the share of nearest neighbours in the word's own group."""
        group = np.array([int(key) for key in model.wv.index_to_key]) // self.size
        return purity(model.wv.vectors, group, min(NEIGHBOURS, self.size - 1))


THRESHOLDS = (
    Walks(50, 5, 0.7, 2000),
    Walks(100, 10, 1.0, 3000),
    Walks(200, 20, 0.7, 6000),
    Walks(200, 20, 1.0, 6000),
    Walks(500, 50, 0.7, 10_000),
    Walks(500, 25, 1.0, 10_000),
    Walks(900, 50, 1.0, 20_000),
    Walks(900, 50, 1.2, 50_000, 0.5),
)
#: Tokens for each word in the second table.
LENGTHS = (1, 2, 5, 10, 20, 50)


def main(options: argparse.Namespace) -> None:
    """Print both tables."""
    short = options.quick
    rows = threshold_rows(THRESHOLDS[:1] if short else THRESHOLDS, options.seeds)
    head = ("words", "groups", "exponent", "tokens", "noise")
    print(table((*head, "1e-3", "1 / words", "4 / words", "0"), rows))
    rows = length_rows(LENGTHS[:1] if short else LENGTHS, options.seeds)
    print(table(("architecture", "tokens", "pairs per word", "score"), rows))
    print(described(conditions()))


def threshold_rows(settings: Iterable[Walks], seeds: int) -> list[list[str]]:
    """Return the mean score of each threshold."""
    rows = []
    for walks in settings:
        scores = [
            np.mean([walks.purity(m) for _, m in models(walks, seeds, sample=sample)])
            for sample in (1e-3, 1 / walks.words, 4 / walks.words, 0.0)
        ]
        given = (walks.words, walks.groups, walks.exponent, walks.tokens, walks.noise)
        rows.append([*map(str, given), *(f"{score:.3f}" for score in scores)])
    return rows


def length_rows(lengths: Iterable[int], seeds: int) -> list[list[str]]:
    """Return pairs per word and the mean score of each length of the text."""
    rows = []
    for architecture in ("skipgram", "cbow"):
        for length in lengths:
            walks = Walks(200, 20, 1.0, 200 * length, noise=0.15)
            found = list(models(walks, seeds, sample=0, architecture=architecture))
            pairs = np.mean([pairs / len(model.wv) for pairs, model in found])
            score = np.mean([walks.purity(model) for _, model in found])
            cells = str(walks.tokens), f"{pairs:.0f}", f"{score:.3f}"
            rows.append([architecture, *cells])
    return rows


def models(
    walks: Walks, seeds: int, **parameters: Any
) -> Iterable[tuple[int, Word2Vec]]:
    """Yield the trained pairs and the model for each seed.

    All words have the same learning rate, so that only the threshold differs.
    """
    fixed = {"vector_size": 64, "min_count": 1, "workers": 1, "progress": False}
    fixed["rare_power"] = 0
    for seed in range(1, seeds + 1):
        model = Word2Vec(walks.corpus(seed), seed=seed, **fixed | parameters).train()
        run = model._state.run
        assert run is not None
        yield run.trained, model


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this subcommand."""
    parser.add_argument("--seeds", type=int, default=3, help="runs of each setting")
    parser.add_argument("--quick", action="store_true", help="one row of each table")
