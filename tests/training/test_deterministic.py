"""deterministic=True: the same bits for any number of workers, also after a stop."""

from itertools import product

import numpy as np
import pytest

from w2vfast import Corpus, DivergedError, Word2Vec
from w2vfast.kernels.arguments import LOSSES
from w2vfast.runtime import threads
from w2vfast.training.parameters import Parameters

WORKERS = (1, 2, 3, 8, 16)
EPOCHS = 2


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr("w2vfast.training.prepare.BLOCK_TOKENS", 1 << 12)


@pytest.fixture(autouse=True)
def many_cores(monkeypatch):
    """Start more threads than this machine has cores."""
    monkeypatch.setattr(threads, "available", lambda: 64)


@pytest.fixture(scope="module")
def corpus():
    """Return a corpus of 66,000 tokens: 17 blocks, so that a group has 4 and one 1."""
    rng = np.random.default_rng(2)
    group = np.repeat(rng.integers(0, 20, 6600), 10)
    ids = 10 * group + rng.integers(0, 10, 66_000)
    return Corpus.from_ids(ids, range(0, 66_001, 10))


@pytest.fixture
def make(corpus):
    """Return a function: parameters → deterministic model with 4 batches in a round."""

    def make(**parameters):
        fixed = {"vector_size": 12, "epochs": EPOCHS, "seed": 5, "chunk_size": 2}
        return Word2Vec(corpus, deterministic=True, **fixed | parameters)

    return make


def bits(model):
    state = model._state
    loss = [value.hex() for value in model.loss_history]
    return state.centre.tobytes(), state.outside.tobytes(), loss


@pytest.mark.parametrize(
    "case", list(product(LOSSES, ["skipgram", "cbow"])), ids="-".join
)
def test_any_number_of_workers_gives_the_same_bits(make, case):
    loss, architecture = case
    chunk_size = 32 if loss == "softmax" else 2
    results = [
        bits(
            make(
                loss=loss,
                architecture=architecture,
                workers=workers,
                chunk_size=chunk_size,
            ).train()
        )
        for workers in WORKERS
    ]
    assert all(result == results[0] for result in results)


@pytest.mark.parametrize("name", ["sample", "window", "shared_negatives"])
def test_parameters_that_change_a_batch_keep_the_promise(make, name):
    changes = {"sample": 0, "window": 1, "shared_negatives": 0}
    one, two = (make(**{name: changes[name]}, workers=n).train() for n in (1, 3))
    assert bits(one) == bits(two)


@pytest.fixture
def stop_after(monkeypatch):
    """Return a function that interrupts the next run after some groups."""

    def stop(groups):
        left = [groups]

        def advance(self, tokens, loss, alpha):
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt

        monkeypatch.setattr("w2vfast.training.trainer.TrainingBar.advance", advance)

    return stop


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
@pytest.mark.parametrize("workers", [1, 3])
def test_interrupted_run_ends_with_the_same_bits(
    make, corpus, tmp_path, stop_after, architecture, workers
):
    whole = make(architecture=architecture, workers=2).train()
    model = make(architecture=architecture, workers=workers)
    for groups in (1, 2, 4):
        stop_after(groups)
        with pytest.raises(KeyboardInterrupt):
            model.train()
        model.save(tmp_path / "m.w2v")
        model = Word2Vec.load(tmp_path / "m.w2v", workers=workers)
        model.corpus = corpus
    stop_after(1000)
    assert bits(model.train(workers=2)) == bits(whole)


def test_infinite_vectors_raise_and_nothing_hangs(make):
    model = make(workers=8)
    model._state.centre[0, 3] = np.inf
    with pytest.raises(DivergedError, match="smaller alpha"):
        model.train()
    assert model.loss_history == []


def test_failed_allocation_is_raised(make, monkeypatch):
    def fail(*arguments):
        raise MemoryError("no memory for batches")

    model = make(workers=4)
    monkeypatch.setattr(f"w2vfast.kernels._fast_{model.kernels}.Rounds", fail)
    with pytest.raises(MemoryError):
        model.train()


def test_choice_is_part_of_the_model_file(make, corpus, tmp_path):
    model = make(workers=2).train()
    model.save(tmp_path / "m.w2v")
    loaded = Word2Vec.load(tmp_path / "m.w2v", workers=3)
    assert loaded.parameters.deterministic
    assert bits(loaded.train(corpus)) == bits(model.train())


def test_train_can_change_the_choice_for_one_run(make, corpus):
    ordinary = Word2Vec(
        corpus, vector_size=12, epochs=EPOCHS, seed=5, chunk_size=2, workers=1
    )
    assert not ordinary.parameters.deterministic
    ordinary.train(deterministic=True, workers=4)
    assert bits(ordinary) == bits(make().train())


def test_deterministic_training_learns(make):
    history = make(alpha=0.05, epochs=4).train().loss_history
    assert history == sorted(history, reverse=True)


@pytest.mark.parametrize(
    ("words", "tokens", "batch", "streams"),
    [
        (10, 1_000, 1, 1),
        (200, 66_000, 4, 2),
        (12_000, 800_000, 48, 2),
        (36_000, 5_000_000, 128, 4),
        (70_000, 17_000_000, 128, 4),
        (1_000, 17_000_000, 62, 2),
    ],
)
def test_small_corpora_have_small_rounds(words, tokens, batch, streams):
    p = Parameters(deterministic=True)
    assert p.batch_size(words, tokens) == batch
    assert p.n_streams(words, tokens) == streams


def test_softmax_has_one_batch_at_a_time():
    p = Parameters(loss="softmax", deterministic=True)
    assert p.batch_size(10_000, 10**8) == 112
    assert p.n_streams(10_000, 10**8) == 1
    assert Parameters(loss="softmax").n_streams(10_000, 10**8) == 0


def test_deterministic_must_be_true_or_false():
    with pytest.raises(ValueError, match=r"deterministic=2: expected True or False"):
        Parameters(deterministic=2)
