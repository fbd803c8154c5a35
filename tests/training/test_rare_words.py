"""Rows with few updates get a larger learning rate."""

import numpy as np
import pytest

from w2vfast import Corpus, Word2Vec
from w2vfast.training.prepare import model_arguments
from w2vfast.training.rare_words import MAX_FACTOR, VISITS, rare_word_factors

COUNTS = np.array([100_000, 1000, 500, 50, 1], np.int64)


def factors(corpus_counts=COUNTS, sample=0.0, epochs=5, power=0.25):
    return rare_word_factors(COUNTS, corpus_counts, sample, epochs, power)


def expected(visits, power=0.25):
    return min(3.0, max(1.0, (5000 / visits) ** power))


def test_the_factor_depends_on_the_visits_of_the_run():
    assert (VISITS, MAX_FACTOR) == (5000, 3)
    right = [expected(5 * count) for count in COUNTS.tolist()]
    np.testing.assert_allclose(factors(), right, rtol=1e-6)
    assert factors()[:2].tolist() == [1, 1]
    assert factors().dtype == np.float32
    np.testing.assert_allclose(factors(epochs=1)[1], expected(1000), rtol=1e-6)


def test_power_zero_gives_all_words_the_same_rate():
    assert factors(power=0).tolist() == [1] * 5


def test_subsampled_tokens_are_no_visits():
    """At 1e-6 the most frequent word keeps about 1 in 300 tokens."""
    share, sample = COUNTS[0] / COUNTS.sum(), 1e-6
    kept = 5 * COUNTS[0] * (np.sqrt(sample / share) + sample / share)
    got = factors(sample=sample)[0]
    np.testing.assert_allclose(got, expected(kept), rtol=1e-4)
    assert got > 1


def test_a_word_that_the_corpus_lacks_has_the_largest_factor():
    corpus = np.array([100_000, 0, 0, 10, 10], np.int64)
    assert factors(corpus).tolist()[:3] == [1, MAX_FACTOR, MAX_FACTOR]


@pytest.fixture
def model():
    ids = np.tile(np.repeat(np.arange(20, dtype=np.int32), 5), 20)
    corpus = Corpus.from_ids(np.random.default_rng(1).permutation(ids))
    return Word2Vec(corpus, vector_size=8, sample=0, progress=False)


def arguments(model, corpus=None, **changes):
    parameters = model.parameters.override(**changes)
    return model_arguments(model._state, corpus or model.corpus, parameters)


def test_training_multiplies_both_matrices_rates(model):
    plain, scaled = arguments(model, rare_power=0), arguments(model)
    assert len(plain.centre_scale) == len(plain.outside_scale) == 0
    np.testing.assert_allclose(scaled.centre_scale, expected(5 * 100), rtol=1e-6)
    np.testing.assert_array_equal(scaled.centre_scale, scaled.outside_scale)


def test_factors_are_multiplied_and_frozen_rows_stay_frozen(model):
    model.frozen = ["3", "7"]
    words = model.wv.index_to_key
    before = model.wv["3"].copy(), model.wv["5"].copy()
    scale = arguments(model).centre_scale
    frozen = np.array([word in {"3", "7"} for word in words])
    assert not scale[frozen].any()
    np.testing.assert_allclose(scale[~frozen], expected(5 * 100), rtol=1e-6)
    model.train()
    np.testing.assert_array_equal(model.wv["3"], before[0])
    assert (model.wv["5"] != before[1]).any()


def test_another_corpus_counts_its_own_visits(model):
    """The rate of a later run depends on that run's text."""
    more = Corpus.from_ids(np.tile(model.corpus.ids, 50)).encode(model.vocabulary)
    scale = arguments(model, more).centre_scale
    assert scale.max() == 1
    model.train(more, epochs=1)


def test_hierarchical_softmax_scales_words_but_no_nodes(model):
    tree = Word2Vec(model.corpus, vector_size=8, sample=0, loss="hierarchical_softmax")
    got = arguments(tree)
    np.testing.assert_allclose(got.centre_scale, expected(5 * 100), rtol=1e-6)
    assert (got.outside_scale == 1).all()


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
@pytest.mark.parametrize("alpha", [0.025, 0.1])
@pytest.mark.parametrize("window", [1, 20])
@pytest.mark.parametrize("rare_power", [0.25, 4])
def test_vectors_stay_finite(model, architecture, alpha, window, rare_power):
    options = {"alpha": alpha, "window": window, "rare_power": rare_power}
    trained = Word2Vec(
        model.corpus, vector_size=8, architecture=architecture, epochs=20, **options
    ).train()
    assert np.isfinite(trained.wv.vectors).all()
    assert np.abs(trained.wv.vectors).max() < 100


def test_files_without_the_parameters_are_trained_as_before():
    from w2vfast.training.validation import parse_parameters

    values = Word2Vec([["a", "b"]] * 9, min_count=1).parameters.as_dict()
    del values["rare_power"], values["weighted_windows"]
    old = parse_parameters(values)
    assert (old.rare_power, old.weighted_windows) == (0, False)
