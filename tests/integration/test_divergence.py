"""Batches reach the same loss as single pairs, even with very few words."""

import numpy as np
import pytest

from w2vfast import Corpus, Word2Vec

ARCHITECTURES = ["skipgram", "cbow"]
UNTRAINED = 6 * np.log(2)  # loss of a pair with zero vectors and 5 negatives
TEXTBOOK = {"chunk_size": 1, "shared_negatives": 0}
SETTINGS = pytest.mark.parametrize(
    "setting", [{}, TEXTBOOK], ids=["batches", "textbook"]
)


def toy(corpus, **parameters):
    fixed = {"vector_size": 20, "min_count": 1, "sample": 0, "workers": 1, "epochs": 3}
    return Word2Vec(corpus, **fixed | parameters)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_book_loss_at_a_large_learning_rate_is_near_the_textbook(kjv, architecture):
    """With the bound from sigma' alone, batches oscillated at a loss of 60 a pair."""

    def run(**setting):
        return Word2Vec(
            kjv, vector_size=16, epochs=2, alpha=0.05, workers=1,
            architecture=architecture, **setting,
        ).train()  # fmt: skip

    batches, textbook = run(), run(**TEXTBOOK)
    assert max(batches.loss_history) < UNTRAINED
    assert np.abs(batches.wv.vectors).max() < 100
    assert batches.loss_history[-1] == pytest.approx(textbook.loss_history[-1], rel=0.1)


@pytest.fixture(scope="module")
def random_words():
    """Return a function: number of words → a corpus of 20,000 tokens."""

    def make(words):
        rng = np.random.default_rng(words)
        ids = rng.geometric(min(0.5, 6 / words), 20_000) - 1
        ids = np.minimum(ids, words - 1)
        ids[:words] = np.arange(words)
        return Corpus.from_ids(ids, np.arange(0, 20_001, 20))

    return make


@pytest.mark.parametrize(
    ("words", "setting"),
    [(n, setting) for n in (2, 10, 300) for setting in ({}, TEXTBOOK)],
)
def test_tiny_vocabularies_stay_below_twice_the_untrained_loss(
    random_words, words, setting
):
    corpus = random_words(words)
    for architecture in ARCHITECTURES:
        for alpha in (0.025, 0.05, 0.1):
            for workers in (1, 2):
                model = toy(
                    corpus, architecture=architecture, alpha=alpha, workers=workers,
                    **setting,
                ).train()  # fmt: skip
                assert max(model.loss_history) <= 2 * UNTRAINED


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("alpha", [0.025, 0.05])
@SETTINGS
def test_ten_random_words_converge(architecture, setting, alpha):
    rng = np.random.default_rng(1)
    groups = "abcde", "vwxyz"
    sentences = [list(rng.choice(list(groups[i % 2]), 6)) for i in range(4000)]
    model = toy(sentences, architecture=architecture, alpha=alpha, **setting).train()
    assert model.loss_history[-1] < UNTRAINED
    assert np.abs(model.wv.vectors).max() < 100


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@SETTINGS
def test_two_words_converge(architecture, setting):
    sentences = [["a", "b"] * 5] * 2000
    model = toy(sentences, architecture=architecture, **setting).train()
    assert model.loss_history[-1] < UNTRAINED
