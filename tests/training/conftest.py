"""Fixtures of the tests of training."""

import numpy as np
import pytest


@pytest.fixture(scope="module")
def text():
    """Return 400 sentences of 10 words; words of small numbers are frequent."""
    rng = np.random.default_rng(3)
    numbers = rng.integers(0, 60, (2, 4000)).min(axis=0)
    return [[f"w{n}" for n in row] for row in numbers.reshape(-1, 10)]
