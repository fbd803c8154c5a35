"""A loss above that of untrained vectors causes a warning: alpha is too large."""

import math
import warnings

import numpy as np
import pytest

from w2vfast import KeyedVectors, TrainingWarning, Vocabulary, Word2Vec
from w2vfast.kernels.arguments import LOSSES
from w2vfast.training.untrained_loss import _least_untrained_loss, untrained_loss

ARCHITECTURES = ["skipgram", "cbow"]


@pytest.fixture(scope="module")
def sentences():
    """Sentences of words that follow Zipf's law."""
    random = np.random.default_rng(0)
    share = 1 / np.arange(1, 201)
    ids = random.choice(200, (1000, 10), p=share / share.sum())
    return [[f"w{i}" for i in line] for line in ids]


def train(sentences, **options):
    """Train a model; return it with the texts of the warnings."""
    settings = {"vector_size": 16, "min_count": 1, "workers": 1, "epochs": 3} | options
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always", TrainingWarning)
        model = Word2Vec(sentences, **settings).train()
    texts = [str(w.message) for w in found if w.category is TrainingWarning]
    return model, [text for text in texts if "untrained vectors" in text]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("loss", LOSSES)
def test_an_absurd_learning_rate_is_reported(sentences, loss, architecture):
    model, found = train(sentences, loss=loss, architecture=architecture, alpha=1e9)
    assert len(found) == 1
    assert f"is {model.loss_history[-1]:.4g}, above that of untrained" in found[0]
    assert (
        "alpha=1e+09 is too large; train again with a lower alpha, such as" in found[0]
    )


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("alpha", [None, 1e-6])
def test_usual_and_small_learning_rates_are_not(sentences, loss, architecture, alpha):
    options = {} if alpha is None else {"alpha": alpha, "min_alpha": 0}
    model, found = train(sentences, loss=loss, architecture=architecture, **options)
    assert found == []
    untrained = untrained_loss(model._state, model.parameters, model.corpus)
    assert model.loss_history[-1] < 1.01 * untrained
    if alpha == 1e-6:
        assert model.loss_history[-1] == pytest.approx(untrained, rel=0.02)


def test_known_values(sentences):
    model, _ = train(sentences, negative=7)
    assert untrained_loss(model._state, model.parameters, model.corpus) == 8 * math.log(
        2
    )
    model, _ = train(sentences, loss="softmax")
    assert untrained_loss(model._state, model.parameters, model.corpus) == math.log(200)


def test_given_vectors_may_start_anywhere(sentences):
    names = [f"w{i}" for i in range(200)]
    given = KeyedVectors(names, np.full((200, 16), 1e3, np.float32))
    assert train(sentences, initial_vectors=given, alpha=1e9)[1] == []


def test_an_unfinished_run_is_reported_too(sentences):
    model = Word2Vec(sentences, vector_size=16, min_count=1, workers=1, alpha=1e9)
    with pytest.warns(TrainingWarning, match="above that of untrained vectors"):
        model.train(after_epoch=lambda _: True)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("sample", [0, 1e-4, 1e-2])
def test_the_bound_without_a_tree_is_lower(sentences, loss, sample):
    model = Word2Vec(sentences, min_count=1, loss=loss, sample=sample)
    state, p = model._state, model.parameters
    bound = _least_untrained_loss(state, p, model.corpus)
    untrained = untrained_loss(state, p, model.corpus)
    assert 0.9 * untrained < bound <= untrained


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("counts", [[9, 5, 0], [1, 1, 10**9]])
def test_given_counts_may_be_those_of_another_text(sentences, loss, counts):
    words = Vocabulary(["w0", "w1", "w2"], np.array(counts))
    assert train(sentences, vocabulary=words, sample=0, loss=loss)[1] == []


def test_a_later_run_may_be_on_other_text(sentences):
    """There a small rate leaves a large loss, and a smaller one would not help."""
    model, _ = train(sentences, epochs=20, alpha=0.1)
    other = [[f"w{(37 * i) % 200}" for i in range(n, n + 10)] for n in range(200)]
    with warnings.catch_warnings():
        warnings.simplefilter("error", TrainingWarning)
        model.train(other, alpha=1e-6, min_alpha=0, epochs=1)
    assert model.loss_history[-1] > 0
