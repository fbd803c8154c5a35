"""Warnings of runs that had hardly anything to learn from."""

import re
import warnings

import numpy as np
import pytest

from w2vfast import Corpus, TrainingWarning, Word2Vec
from w2vfast.training.trainer import NoPairsError

TOY = [["the", "quick", "fox"], ["the", "lazy", "dog"]]


def train(sentences, **parameters):
    fixed = {"min_count": 1, "vector_size": 8, "workers": 1}
    return Word2Vec(sentences, **fixed | parameters).train()


def warning(sentences, **parameters):
    with pytest.warns(TrainingWarning) as caught:
        train(sentences, **parameters)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    return str(caught[0].message)


@pytest.fixture
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_enough_text_gives_no_warning(architecture):
    train(TOY * 100, architecture=architecture)
    train(TOY * 100, architecture=architecture, sample=0)


def test_dropped_tokens_are_reported_with_the_value_that_keeps_them(quiet):
    text = warning_of(TOY * 100, sample=1e-3)
    kept, tokens, share, pairs = re.search(
        r"sample=0.001 keeps about (\d+) of (\d+) tokens \((\d+\.\d) %\), and (\d+) "
        r"pairs in 5 epochs remained for 5 words",
        text,
    ).groups()
    assert int(tokens) == 600
    assert float(share) == pytest.approx(100 * int(kept) / 600, abs=0.1)
    sample = float(re.search(r"sample=(0\.\d+) or more keeps all", text)[1])
    model = train(TOY * 100, sample=sample)
    full = train(TOY * 100, sample=0)
    assert model._state.run.trained == full._state.run.trained > int(pairs)


def warning_of(sentences, **parameters):
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        return warning(sentences, **parameters)


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_few_pairs_are_reported_with_the_epochs_that_suffice(quiet, architecture):
    text = warning_of(TOY * 2, architecture=architecture)
    assert re.match(
        r"the number of pairs of the run \(5 epochs\) was \d+, or \d+\.\d for each",
        text,
    )
    epochs = int(re.search(r"epochs=(\d+)$", text)[1])
    train(TOY * 2, architecture=architecture, epochs=round(1.1 * epochs))


def test_advice_that_is_far_out_of_reach_is_left_out(quiet):
    text = warning_of(TOY * 2, alpha=1e-50, min_alpha=0)
    assert text.endswith(
        "about 2.5e+50 for each word or more; pass more text, alpha=0.025"
    )
    assert len(text) < 250


def test_single_words_are_reported():
    text = warning([["a"], ["b"]] * 50 + [["a", "b"]] * 10)
    assert text.startswith("sentences of one word have no context")
    assert "here 100 of 110 sentences: " in text
    assert "one word a line" in text


def test_a_large_corpus_of_which_sample_drops_nearly_all():
    """It has enough pairs, but most of the corpus has no effect."""
    ids = np.random.default_rng(0).integers(0, 3, 100_000)
    corpus = Corpus.from_ids(ids, range(0, 100_001, 1000))
    assert "sample=0.001 keeps about" in warning(corpus, sample=1e-3)


@pytest.mark.usefixtures("quiet")
def test_later_and_interrupted_runs_give_no_warning():
    model = Word2Vec(TOY * 100, min_count=1, vector_size=8).train()
    model.train(TOY)
    warm = Word2Vec(TOY, initial_vectors=model, min_count=1, vector_size=8)
    warm.train()
    model = Word2Vec(TOY, min_count=1, vector_size=8)
    model.train(after_epoch=lambda model: True)


def test_no_pair_at_all_is_an_error_that_says_why():
    with pytest.raises(NoPairsError, match=r"single words \(40 of 40\)\. Pass sent"):
        train([["a"], ["b"]] * 20, sample=0)
    with pytest.raises(NoPairsError, match=r"sample=1e-09 keeps .* sample=0\.\d+ or"):
        train(TOY, sample=1e-9)
    apart = [["a", "x1"], ["b", "x2"]] + [["a"], ["b"]] * 2
    with pytest.raises(NoPairsError, match=r"min_count=3 leaves a single word"):
        train(apart, sample=0, min_count=3)


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("words", [2, 10, 100, 999, 1000, 3000])
def test_default_sample_keeps_the_words_of_small_vocabularies(words):
    """Words of an average share are kept whole below 1,000 words."""
    ids = np.arange(200 * words) % words
    model = Word2Vec(Corpus.from_ids(ids), vector_size=4)
    assert model.parameters.sample == max(1e-3, 1 / words)
    assert Word2Vec(Corpus.from_ids(ids), sample=1e-3).parameters.sample == 1e-3
