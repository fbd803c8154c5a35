"""The bundled King James Bible: families, and word pairs if there are files."""

from __future__ import annotations

import lzma
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from itertools import permutations

import numpy as np

from harness.scores import PAIRS, scores
from harness.small.sample import Sample, Scores, Sentences, unit_rows
from w2vfast import KeyedVectors

#: Male and female words of the text.
FAMILY = (
    *(("man", "woman"), ("king", "queen"), ("father", "mother"), ("son", "daughter")),
    *(("brother", "sister"), ("husband", "wife"), ("sons", "daughters")),
    *(("fathers", "mothers"), ("he", "she"), ("his", "her"), ("him", "her")),
    *(("himself", "herself"), ("men", "women"), ("bridegroom", "bride")),
    *(("lad", "damsel"), ("widower", "widow"), ("manservant", "maidservant")),
    *(("prince", "princess"), ("prophet", "prophetess"), ("ram", "ewe")),
)


def king_james(folder: str | None, lines: int | None) -> Callable[[int], Sample]:
    """Return a function for the text's sample: each seed has the same text."""

    def score(wv: KeyedVectors) -> Scores:
        found = {"family rank": family_rank(wv)}
        known = scores(wv, folder)
        return found | {name: known[name] for name in PAIRS if name in known}

    return lambda seed: Sample(verses()[:lines], score)


@cache
def verses() -> Sentences:
    """Return the words of each verse."""
    packed = (files("w2vfast") / "data" / "kjv.txt.xz").read_bytes()
    return [line.split() for line in lzma.decompress(packed).decode().splitlines()]


def family_rank(wv: KeyedVectors) -> float:
    """
    Return the mean reciprocal rank of the answers to man : woman = king : queen.

    All ordered pairs of `FAMILY` are asked, in both directions, except pairs that
    share a word.
    """
    place = {key: n for n, key in enumerate(wv.index_to_key)}
    known = [pair for pair in FAMILY if pair[0] in place and pair[1] in place]
    unit = unit_rows(wv.vectors)
    ranks = []
    for one, two in permutations(known + [pair[::-1] for pair in known], 2):
        a, b, c, d = (place[word] for word in (*one, *two))
        if len({a, b, c, d}) < 4 or (one in known) != (two in known):
            continue
        cosines = unit @ (unit[b] - unit[a] + unit[c])
        cosines[[a, b, c]] = -np.inf
        ranks.append(1 / (1 + int((cosines > cosines[d]).sum())))
    return float(np.mean(ranks)) if ranks else 0.0
