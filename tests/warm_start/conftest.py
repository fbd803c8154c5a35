"""Models and texts for tests of warm starts, frozen words and extensions."""

from itertools import product

import numpy as np
import pytest

from w2vfast import Word2Vec
from w2vfast.kernels.arguments import LOSSES

ARCHITECTURES = ["skipgram", "cbow"]


def groups(first, second, sentences=200, seed=1):
    """Return sentences whose words come from one of two groups of words."""
    rng = np.random.default_rng(seed)
    words = (list(first), list(second))
    return [rng.choice(words[i % 2], 6).tolist() for i in range(sentences)]


@pytest.fixture
def old_text():
    """Return the sentences of ten words."""
    return groups("abcde", "vwxyz")


@pytest.fixture
def new_text():
    """Return sentences in which f, g, s, t are new, and d, e, y, z do not occur."""
    return groups("abcfg", "vwxst", seed=2)


@pytest.fixture(params=list(product(LOSSES, ARCHITECTURES)), ids="-".join)
def kind(request):
    """Return a loss and an architecture as parameters."""
    return dict(zip(("loss", "architecture"), request.param, strict=True))


@pytest.fixture
def make(old_text):
    """Return a function that makes a model, of the old text by default."""

    def make(corpus=old_text, **parameters):
        fixed = {"vector_size": 10, "min_count": 1, "sample": 0, "workers": 1}
        return Word2Vec(corpus, **fixed | {"epochs": 3} | parameters)

    return make


@pytest.fixture
def copies():
    """Return a function that copies the vectors of a model."""
    return lambda model: (model.wv.vectors.copy(), model.outside_vectors.copy())


@pytest.fixture
def outside_of():
    """Return a function: outside vectors of words; none if the loss has none."""

    def outside_of(model, words):
        if model.parameters.loss == "hierarchical_softmax":
            return np.zeros(0)
        return model.outside_vectors[[model.vocabulary.key_to_index[w] for w in words]]

    return outside_of


@pytest.fixture
def assert_same():
    """Return a function that compares two models to the last bit."""

    def assert_same(one, two):
        assert np.array_equal(one.wv.vectors, two.wv.vectors)
        assert np.array_equal(one._state.outside, two._state.outside)
        assert one.loss_history == two.loss_history

    return assert_same
