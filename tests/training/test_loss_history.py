"""Every loss on the bundled book: the loss of each epoch falls."""

import threading
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from w2vfast import Corpus, Word2Vec
from w2vfast import kernels as builds
from w2vfast.kernels.arguments import LOSSES
from w2vfast.sampling.huffman import huffman_tree

EPOCHS = 3
KINDS = pytest.mark.parametrize(
    ("loss", "architecture"), list(product(LOSSES, ["skipgram", "cbow"]))
)


@pytest.fixture(scope="module")
def verses(kjv):
    """Return the book's verses in random order.

    In the original order a model fits the current chapter. It does so less as the
    learning rate falls, so the training loss rises while the whole book's loss falls.
    """
    o = kjv.offsets
    order = np.random.default_rng(0).permutation(len(o) - 1)
    ids = np.concatenate([kjv.ids[o[i] : o[i + 1]] for i in order])
    ends = np.concatenate([[0], np.cumsum(np.diff(o)[order])])
    return Corpus.from_ids(ids, ends, kjv.words())


@pytest.fixture(scope="module")
def some_words(verses):
    """Return a function: an untrained model of the 500 most frequent words."""

    def make(loss, architecture, **parameters):
        fixed = {"vector_size": 32, "epochs": EPOCHS, "max_final_vocab": 500}
        return Word2Vec(
            verses, loss=loss, architecture=architecture,
            **fixed | {"workers": 1, "sample": 1e-3} | parameters,
        )  # fmt: skip

    return make


def untrained(model):
    """Return the approximate loss of a pair while the outside vectors are zero."""
    if model.parameters.loss == "negative_sampling":
        return 6 * np.log(2)
    if model.parameters.loss == "softmax":
        return np.log(len(model.wv))
    lengths = np.diff(huffman_tree(model.vocabulary.counts).offsets)
    return lengths.max() * np.log(2)  # subsampling keeps the rare words: long paths


@pytest.fixture
def sums(monkeypatch):
    """Return a list that receives (epoch, loss, pairs) of every kernel call."""
    real, lock, calls = builds.load, threading.Lock(), []

    def load(name):
        def train(arguments, epoch, first, last, loss):
            result = real(name).train(arguments, epoch, first, last, loss)
            with lock:
                calls.append((epoch, result[0] - loss, result[1]))
            return result

        return SimpleNamespace(train=train)

    monkeypatch.setattr(builds, "load", load)
    return calls


@KINDS
def test_loss_falls_on_the_book(some_words, sums, loss, architecture):
    """It is the mean over all pairs and nearly the same with several workers."""
    model = some_words(loss, architecture).train()
    history = model.loss_history
    assert history == sorted(history, reverse=True)
    assert len(history) == EPOCHS
    assert 1 < history[-1] < history[0] - 0.02
    assert history[0] < untrained(model)
    means = []
    for epoch in range(EPOCHS):
        total, pairs = np.sum([s[1:] for s in sums if s[0] == epoch], axis=0)
        means.append(total / pairs)
    assert history == pytest.approx(means, rel=1e-12)
    several = some_words(loss, architecture, workers=3).train()
    assert several.loss_history == pytest.approx(history, rel=0.01)
    assert np.isfinite(several.wv.vectors).all()


@KINDS
def test_loss_of_the_whole_book_falls(some_words, kjv, loss, architecture):
    exact = []

    def evaluate(model):
        exact.append(model.evaluate_loss(kjv, sample=1e-4).loss)

    model = some_words(loss, architecture)
    evaluate(model)
    model.train(after_epoch=evaluate)
    assert exact == sorted(exact, reverse=True)
    assert exact[-1] < exact[0] - 0.1


@KINDS
def test_one_worker_is_reproducible(some_words, loss, architecture):
    one, two = (some_words(loss, architecture, epochs=1).train() for _ in range(2))
    assert np.array_equal(one.wv.vectors, two.wv.vectors)
    assert np.array_equal(one.outside_vectors, two.outside_vectors)
    assert one.loss_history == two.loss_history


@KINDS
def test_nearest_words_are_related(some_words, loss, architecture):
    """Kinship words are near "father", numbers near "two"."""
    wv = some_words(loss, architecture, alpha=0.05).train().wv
    near = {
        word: {key for key, _ in wv.most_similar(word, topn=15)}
        for word in ("father", "two")
    }
    assert {"mother", "brother", "son", "brethren", "wife"} & near["father"]
    assert {"three", "four", "five", "seven", "ten"} & near["two"]


@KINDS
def test_builds_agree(build, loss, architecture):
    """Word2Vec gives nearly the same vectors with every build."""
    rng = np.random.default_rng(3)
    sentences = [[f"w{w}" for w in rng.geometric(0.1, 12)] for _ in range(60)]
    fixed = {"vector_size": 10, "epochs": 2, "min_count": 1, "workers": 1}
    fixed |= {"loss": loss, "architecture": architecture, "sample": 0.01}
    one, two = (
        Word2Vec(sentences, kernels=k, **fixed).train() for k in (build, "base")
    )
    assert one.loss_history == pytest.approx(two.loss_history, rel=1e-6)
    vectors = [np.concatenate([m.wv.vectors, m.outside_vectors]) for m in (one, two)]
    np.testing.assert_allclose(*vectors, rtol=1e-4, atol=1e-5)
