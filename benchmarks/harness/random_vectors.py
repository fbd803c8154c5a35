"""Random vectors, to measure files and queries with."""

from __future__ import annotations

import numpy as np

from w2vfast import KeyedVectors


def random_vectors(words: int, dim: int) -> KeyedVectors:
    """Return normally distributed vectors; no file format can compress them."""
    values = np.random.default_rng(1).standard_normal((words, dim), np.float32)
    return KeyedVectors([f"word{i}" for i in range(words)], values)
