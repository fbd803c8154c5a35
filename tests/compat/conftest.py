"""Small corpora and models for the tests of the compatibility layer."""

import logging

import numpy as np
import pytest

from w2vfast.compat.gensim import KeyedVectors, Word2Vec
from w2vfast.compat.gensim.weights import COMBINED
from w2vfast.kernels.arguments import LOSSES

#: Parameters of each loss that the kernels have.
LOSS_OPTIONS = [{"hs": 0, "negative": 5}, {"hs": 1, "negative": 0}]
if COMBINED in LOSSES:
    LOSS_OPTIONS.append({"hs": 1, "negative": 5})
TEXTS = [
    ["bread", "butter", "jam"],
    ["bread", "butter", "knife", "plate"],
    ["knife", "plate", "fork", "fork"],
    ["tea", "milk", "bread"],
    ["tea", "milk"],
] * 8
MORE_TEXTS = [["tea", "lemon", "honey"], ["lemon", "honey", "bread"]] * 8


@pytest.fixture(params=LOSS_OPTIONS, ids=lambda o: f"hs={o['hs']}-{o['negative']}")
def loss(request):
    """The parameters hs and negative of a loss."""
    return dict(request.param)


@pytest.fixture
def texts():
    """Forty sentences of nine distinct words."""
    return [list(sentence) for sentence in TEXTS]


@pytest.fixture
def more_texts():
    """Sentences with two new words, lemon and honey."""
    return [list(sentence) for sentence in MORE_TEXTS]


@pytest.fixture
def model(texts):
    """A model with negative sampling, trained on one thread."""
    return Word2Vec(texts, vector_size=8, min_count=1, sample=0, workers=1)


@pytest.fixture
def wv():
    """Five vectors in three dimensions, with string and integer keys."""
    vectors = KeyedVectors(3)
    rows = [[1, 0, 0], [2, 1, 0], [0, 1, 0], [0, 0, 3], [0, 0, 0]]
    vectors.add_vectors(["a", "b", "c", 7, "zero"], np.array(rows, float))
    return vectors


@pytest.fixture
def walks():
    """Random walks in two groups of twenty nodes that hardly meet."""
    random = np.random.default_rng(0)

    def walk(group):
        moves = random.integers(-2, 3, 30).cumsum() % 20
        return [f"{'ab'[group]}{node}" for node in moves]

    return [walk(number % 2) for number in range(400)]


@pytest.fixture(autouse=True)
def _log_level(caplog):
    caplog.set_level(logging.INFO, "w2vfast.compat")
