"""Small vectors, and figures that are closed after each test."""

import matplotlib as mpl
import numpy as np
import pytest

from w2vfast import KeyedVectors

mpl.use("Agg")

from matplotlib import pyplot as plt


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="session")
def make_vectors():
    """Return a function: words → random vectors, the same in every run."""

    def make(words, size=8):
        rows = np.random.default_rng(1).normal(size=(len(words), size))
        return KeyedVectors(words, rows.astype(np.float32))

    return make


@pytest.fixture(scope="session")
def wv(make_vectors):
    return make_vectors([f"word{i}" for i in range(40)])


@pytest.fixture
def labels():
    """Return a function: axes → the words on them."""
    return lambda ax: [text.get_text() for text in ax.texts if text.get_text()]
