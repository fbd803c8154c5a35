"""`shuffle` trains the sentences in a random order, which the seed decides."""

import numpy as np
import pytest

from w2vfast import Corpus, Word2Vec
from w2vfast.training.corpus_defaults import fit_to_corpus
from w2vfast.training.parameters import Parameters
from w2vfast.training.sentence_order import shuffled_sentences
from w2vfast.training.validation import parse_parameters

OFFSETS = np.array([0, 3, 3, 10, 14, 21, 22], np.int64)


def test_every_sentence_is_trained_once():
    ends, starts = shuffled_sentences(OFFSETS, 1)
    found = sorted(zip(starts, np.diff(ends), strict=True))
    assert found == sorted(zip(OFFSETS, np.diff(OFFSETS), strict=False))
    assert ends[0] == 0 and ends[-1] == OFFSETS[-1]


def test_the_seed_decides_the_order():
    offsets = np.arange(0, 2001, 20, dtype=np.int64)
    orders = [shuffled_sentences(offsets, seed)[1].tolist() for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]
    assert shuffled_sentences(offsets, 2**64 - 1)[1].tolist() not in orders
    for end in (0, -1):
        assert len({order[end] for order in orders} | {offsets[:-1][end]}) == 3


def test_the_order_does_not_change_between_versions():
    """A run can be resumed by another version of NumPy."""
    ends, starts = shuffled_sentences(OFFSETS, 1)
    assert ends.tolist() == [0, 0, 7, 10, 14, 21, 22]
    assert starts.tolist() == [3, 14, 0, 10, 3, 21]


@pytest.fixture(scope="module")
def corpus():
    rng = np.random.default_rng(0)
    topics = [np.arange(first, first + 20) for first in (0, 20, 40)]
    sentences = [rng.choice(topic, 12) for topic in topics for _ in range(150)]
    return Corpus([[f"w{word}" for word in sentence] for sentence in sentences])


def trained(corpus, **options):
    model = Word2Vec(corpus, **{"vector_size": 16, "min_count": 1, "seed": 3} | options)
    model.train()
    return model


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_the_loss_and_vectors_differ_and_are_reproducible(corpus, architecture):
    options = {"architecture": architecture, "workers": 1}
    plain = trained(corpus, shuffle=False, **options)
    first, second = (trained(corpus, shuffle=True, **options) for _ in range(2))
    assert np.array_equal(first.wv.vectors, second.wv.vectors)
    assert not np.array_equal(first.wv.vectors, plain.wv.vectors)


def test_deterministic_training_has_the_same_bits_for_all_workers(corpus):
    runs = [
        trained(corpus, shuffle=True, deterministic=True, workers=n) for n in (1, 2)
    ]
    assert np.array_equal(runs[0].wv.vectors, runs[1].wv.vectors)


def test_a_resumed_run_keeps_its_order(corpus, tmp_path):
    path = tmp_path / "run.ckpt"
    options = {"vector_size": 16, "min_count": 1, "workers": 1, "shuffle": True}
    whole, part = (Word2Vec(corpus, **options) for _ in range(2))
    whole.train()
    part.train(checkpoint=path, after_epoch=lambda model: True)
    resumed = Word2Vec.resume(path, corpus)
    assert resumed.parameters.shuffle
    assert np.array_equal(resumed.wv.vectors, whole.wv.vectors)


def test_files_without_it_have_the_order_of_the_corpus():
    assert "shuffle" not in Parameters(shuffle=False).as_dict()
    assert Parameters(shuffle=True).as_dict()["shuffle"] is True
    assert parse_parameters({}).shuffle is False


@pytest.mark.parametrize(("tokens", "expected"), [(10**8, True), (10**9, False)])
def test_large_corpora_keep_their_order_by_default(tokens, expected):
    size = {"words": 10**5, "tokens": tokens, "sample": True, "alpha": True}
    assert fit_to_corpus(Parameters(), **size).shuffle is expected
    for given in (True, False):
        assert fit_to_corpus(Parameters(shuffle=given), **size).shuffle is given


def test_a_new_model_decides(corpus):
    assert Word2Vec(corpus, min_count=1).parameters.shuffle is True


def test_another_value_is_refused():
    with pytest.raises(ValueError, match="shuffle='yes': expected"):
        Parameters(shuffle="yes")
