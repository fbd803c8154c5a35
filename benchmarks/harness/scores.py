"""Score word vectors: similarity and analogies, computed alike for every trainer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.report import MISSING, note
from w2vfast import KeyedVectors
from w2vfast.evaluation import evaluate_analogies, evaluate_word_pairs

#: Names of the scores, and their files in the folder of --eval.
PAIRS = {
    "WS-353": "wordsim353.tsv",
    "SimLex": "simlex999.tsv",
    "MEN": "men3000.tsv",
}
ANALOGIES = {"Google": "google-analogies.tsv"}
NAMES = (*PAIRS, *ANALOGIES)
#: Pairs that most tables leave out: 65 are few, so their score is noisy.
MORE_PAIRS = {**PAIRS, "RG-65": "rg65.tsv"}
MORE_NAMES = (*MORE_PAIRS, *ANALOGIES)
#: Analogies are answered among this many words, the most frequent ones.
RESTRICT_VOCAB = 30_000

Scores = dict[str, float]


def keyed(words: Sequence[str], counts: Any, vectors: NDArray[Any]) -> KeyedVectors:
    """
    Return vectors in order of decreasing count, equal counts in alphabetical order.

    Trainers order equal counts differently. Without a common order, the most frequent
    words, and so the analogies, would differ between trainers.
    """
    numbers = [int(count) for count in counts]
    order = sorted(range(len(words)), key=lambda i: (-numbers[i], words[i]))
    return KeyedVectors([words[i] for i in order], np.asarray(vectors)[order])


def scores(wv: KeyedVectors, folder: str | None) -> Scores:
    """
    Return the scores of all files that are in the folder.

    Similarity files give Spearman's correlation, analogy files the share of correct
    answers, at most 1 each. A file that can't be scored is left out.
    """
    found: Scores = {}
    for name, file in (MORE_PAIRS | ANALOGIES).items():
        path = Path(folder or ".") / file
        if folder is None or not path.is_file():
            continue
        try:
            if name in MORE_PAIRS:
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
    words = [f"{values[name]:.3f}" if name in values else MISSING for name in PAIRS]
    for name in ANALOGIES:
        words.append(f"{values[name]:.1%}" if name in values else MISSING)
    return words
