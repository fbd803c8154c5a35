"""Several threads each train a model of their own, or read one model, at once."""

import threading

import numpy as np
import pytest

from w2vfast import Corpus, KeyedVectors, Word2Vec
from w2vfast.runtime import threads

#: One thread for each model.
SETTINGS = [
    {},
    {"architecture": "cbow"},
    {"loss": "hierarchical_softmax", "deterministic": True},
    {"loss": "softmax", "architecture": "cbow"},
    {"deterministic": True, "seed": 2},
]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr("w2vfast.training.prepare.BLOCK_TOKENS", 1 << 10)
    monkeypatch.setattr(threads, "available", lambda: 64)


@pytest.fixture(scope="module")
def sentences():
    rng = np.random.default_rng(3)
    return [[f"w{i}" for i in rng.integers(0, 60, 20)] for _ in range(200)]


def run_at_once(works):
    """Run each function in a thread of its own; all start together."""
    barrier, numbers = threading.Barrier(len(works)), iter(range(len(works)))
    lock, results = threading.Lock(), {}

    def work(stop):
        with lock:
            number = next(numbers)
        barrier.wait(60)
        results[number] = works[number]()

    threads.run(len(works), work)
    return [results[i] for i in range(len(works))]


def train(source, **settings):
    """Train with two threads if the result does not depend on their order, else one."""
    workers = 2 if settings.get("deterministic") else 1
    settings = {"vector_size": 12, "min_count": 1, "epochs": 2} | settings
    model = Word2Vec(source, workers=workers, progress=False, **settings)
    return model.train()


@pytest.mark.parametrize("shared", [True, False], ids=["one-corpus", "own-corpora"])
def test_models_that_train_at_once_equal_those_trained_in_turn(sentences, shared):
    source = Corpus(sentences) if shared else sentences
    expected = [train(source, **settings) for settings in SETTINGS]
    got = run_at_once([lambda s=s: train(source, **s) for s in SETTINGS])
    for model, alone in zip(got, expected, strict=True):
        np.testing.assert_array_equal(model.wv.vectors, alone.wv.vectors)
        assert model.loss_history == alone.loss_history


def test_threads_save_and_ask_one_model(sentences, tmp_path):
    wv = train(sentences).wv
    paths = [tmp_path / name for name in ("a.txt", "a.bin", "b.txt", "b.bin")]
    expected = wv.most_similar("w1")

    def ask():
        # The first query of a model computes norms that later ones use.
        return [wv.most_similar("w1") for _ in range(20)][-1]

    answers = run_at_once([ask, ask, *(lambda p=p: wv.save(p) for p in paths)])
    assert answers[0] == answers[1] == expected
    loaded = run_at_once([lambda p=p: KeyedVectors.load(p) for p in paths])
    for vectors in loaded:
        np.testing.assert_array_equal(vectors.vectors, wv.vectors)
