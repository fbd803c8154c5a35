"""One drawn corpus, and how vectors that were trained on it are scored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vfast import KeyedVectors

Sentences = list[list[str]]
Scores = dict[str, float]


@dataclass(frozen=True)
class Sample:
    """Sentences that were drawn with one seed, and the scores of vectors."""

    sentences: Sentences
    scores: Callable[[KeyedVectors], Scores]


@dataclass(frozen=True)
class SmallCorpus:
    """
    A corpus that can be drawn again with another seed.

    Attributes
    ----------
    name : str
    draw : callable
        Returns the `Sample` of a seed.
    parameters : dict
        Parameters of all trainers, such as vector_size and min_count.
    seeds : int
        Least number of seeds: the smaller the corpus, the larger the noise.
    """

    name: str
    draw: Callable[[int], Sample]
    parameters: dict[str, Any] = field(default_factory=dict)
    seeds: int = 1


def unit_rows(vectors: NDArray[Any]) -> NDArray[np.float64]:
    """Return rows of length 1; rows of zeros stay."""
    given = np.asarray(vectors, np.float64)
    norms = np.linalg.norm(given, axis=1, keepdims=True)
    return given / np.maximum(norms, 1e-12)


def own_group(wv: KeyedVectors, group: dict[str, int], nearest: int) -> float:
    """
    Return the share of each key's nearest neighbours that are of its own group.

    Parameters
    ----------
    wv : KeyedVectors
    group : dict of str to int
        The group of each key.
    nearest : int
        Number of neighbours, at most the size of the smallest group - 1.
    """
    groups = np.array([group[key] for key in wv.index_to_key])
    smallest = int(np.bincount(groups)[np.unique(groups)].min())
    return purity(wv.vectors, groups, max(1, min(nearest, smallest - 1)))


def purity(vectors: NDArray[Any], groups: NDArray[Any], nearest: int) -> float:
    """Return the share of the rows' nearest neighbours that are of the same group."""
    unit = unit_rows(vectors)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, -2)
    found = np.argsort(-cosines, axis=1)[:, :nearest]
    return float((groups[found] == groups[:, None]).mean())
