"""Scores of word vectors, found in the same way for every trainer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from report import note

from w2vfast import KeyedVectors
from w2vfast.evaluation import evaluate_analogies, evaluate_word_pairs

PAIRS = {
    "WS-353": "wordsim353.tsv",
    "SimLex": "simlex999.tsv",
    "MEN": "men3000.tsv",
}
ANALOGIES = {"Google": "google-analogies.tsv"}
NAMES = (*PAIRS, *ANALOGIES)
RESTRICT_VOCAB = 30_000

Scores = dict[str, float]


def keyed(words: Sequence[str], counts: Any, vectors: NDArray[Any]) -> KeyedVectors:
    """
    Return vectors, the most frequent words first and ties in alphabetical order.

    Trainers order ties differently, so analogies would be asked of other words.
    """
    numbers = [int(count) for count in counts]
    order = sorted(range(len(words)), key=lambda i: (-numbers[i], words[i]))
    return KeyedVectors([words[i] for i in order], np.asarray(vectors)[order])


def scores(wv: KeyedVectors, folder: str | None) -> Scores:
    """Return what can be scored with the files there are: correlation or share."""
    found: Scores = {}
    for name, file in (PAIRS | ANALOGIES).items():
        path = Path(folder or ".") / file
        if folder is None or not path.is_file():
            continue
        try:
            if name in PAIRS:
                found[name] = evaluate_word_pairs(wv, path).spearman
            else:
                found[name] = evaluate_analogies(wv, path, RESTRICT_VOCAB).accuracy
        except ValueError as error:
            note(f"{name} is left out: {error}")
    return found


def means(runs: Iterable[Scores]) -> Scores:
    """Return the mean of each score that all runs have."""
    given = list(runs)
    names = [name for name in NAMES if all(name in run for run in given)]
    return {name: sum(run[name] for run in given) / len(given) for name in names}


def cells(values: Scores) -> list[str]:
    """Format scores for the columns `NAMES`."""
    words = [f"{values[name]:.3f}" if name in values else "–" for name in PAIRS]
    for name in ANALOGIES:
        words.append(f"{values[name]:.1%}" if name in values else "–")
    return words
