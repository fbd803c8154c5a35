"""Defaults that depend on the size of the corpus."""

import pytest

from w2vfast import Vocabulary, Word2Vec
from w2vfast.training.corpus_defaults import default_alpha, default_sample
from w2vfast.training.parameters import Parameters

SMALL = [["a", "b", "c"]] * 200


def test_default_sample_falls_with_the_size_of_the_corpus():
    sizes = (100_000, 1_000_000, 4_000_000, 10_000_000, 10**9)
    got = [default_sample(20_000, tokens) for tokens in sizes]
    assert got == [1e-3, 1e-3, 2.5e-4, 1e-4, 1e-4]
    assert default_sample(500, 10**9) == 1 / 500


@pytest.mark.parametrize(
    ("tokens", "epochs", "alpha"),
    [
        (10**9, 1, 0.025),
        (16_000_000, 5, 0.025),
        (16_000_000, 3, 0.025 * (5 / 3) ** (1 / 3)),
        (2_000_000, 5, 0.05),
        (100, 1, 0.05),
    ],
)
def test_skipgram_takes_larger_steps_in_short_runs(tokens, epochs, alpha):
    got = default_alpha(Parameters(epochs=epochs), 20_000, tokens)
    assert got == pytest.approx(alpha)


@pytest.mark.parametrize(
    ("words", "tokens", "alpha"),
    [
        (70_000, 10**9, 0.075),
        (8192, 10**9, 0.075),
        (1000, 200_000, 0.0375),  # 1,000 visits of each word in five epochs
        (4096, 10**9, 0.0375),
        (1000, 10**9, 0.02),
        (200, 10_000, 0.075),
    ],
)
def test_cbow_takes_smaller_steps_for_few_frequent_words(words, tokens, alpha):
    got = default_alpha(Parameters(architecture="cbow"), words, tokens)
    assert got == pytest.approx(alpha)


@pytest.mark.parametrize("loss", ["softmax", "hierarchical_softmax"])
def test_other_losses_have_one_rate(loss):
    assert default_alpha(Parameters(loss=loss), 100, 10_000) == 0.025


def test_models_take_the_default_of_their_corpus():
    assert Word2Vec(SMALL, min_count=1).parameters.alpha == 0.05
    assert Word2Vec(SMALL, min_count=1, alpha=0.03).parameters.alpha == 0.03
    cbow = {"architecture": "cbow", "min_count": 1}
    assert Word2Vec(SMALL, **cbow).parameters.alpha == pytest.approx(0.0375)
    assert Word2Vec(SMALL, **cbow, min_alpha=0.07).parameters.alpha == 0.07


def test_trained_vectors_keep_the_rate_of_large_corpora():
    old = Word2Vec(SMALL, min_count=1, vector_size=8).train()
    new = Word2Vec(SMALL, min_count=1, vector_size=8, initial_vectors=old)
    assert new.parameters.alpha == 0.025


def test_counts_of_zero_are_refused():
    """Sampling, negatives and default rates follow from the counts."""
    words = Vocabulary(["a", "b"], [0, 0])
    with pytest.raises(ValueError, match="the count 0 for all of 2 words"):
        Word2Vec([["a", "b"]], vocabulary=words)
