"""Training runs: loss history, interruption and resumption, files, divergence."""

import _thread
import builtins
import time
from itertools import product

import numpy as np
import pytest

from w2vfast import Corpus, DivergedError, Word2Vec
from w2vfast.kernels.arguments import LOSSES

EPOCHS = 3


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr("w2vfast.training.prepare.BLOCK_TOKENS", 1 << 12)


@pytest.fixture(scope="module")
def corpus():
    """Return a corpus of 30,000 tokens: 8 blocks. Nearby words share their tens."""
    rng = np.random.default_rng(2)
    group = np.repeat(rng.integers(0, 20, 3000), 10)
    ids = 10 * group + rng.integers(0, 10, 30_000)
    return Corpus.from_ids(ids, range(0, 30_001, 10))


@pytest.fixture(params=list(product(LOSSES, ["skipgram", "cbow"])), ids="-".join)
def make(request, corpus):
    loss, architecture = request.param

    def make(**parameters):
        fixed = {"vector_size": 12, "workers": 1, "epochs": EPOCHS, "seed": 5}
        fixed |= {"loss": loss, "architecture": architecture, "sample": 1e-3}
        return Word2Vec(corpus, **fixed | parameters)

    return make


def embeddings(model):
    return np.concatenate([model.wv.vectors, model.outside_vectors])


def assert_same(one, two):
    assert np.array_equal(embeddings(one), embeddings(two))
    assert one.loss_history == pytest.approx(two.loss_history, rel=1e-12)


@pytest.fixture
def stop_after(monkeypatch):
    """Return a function that interrupts the next run after some kernel calls."""

    def stop(calls, error=KeyboardInterrupt):
        left = [calls]

        def advance(self, tokens, loss, alpha):
            left[0] -= 1
            if left[0] == 0:
                raise error("stop")

        monkeypatch.setattr("w2vfast.training.trainer.TrainingBar.advance", advance)

    return stop


def test_loss_history_falls_and_has_one_entry_per_epoch(make):
    model = make(alpha=0.05, chunk_size=16)
    assert model.loss_history == []
    assert model.train() is model
    assert len(model.loss_history) == EPOCHS
    assert all(type(loss) is float for loss in model.loss_history)
    assert model.loss_history == sorted(model.loss_history, reverse=True)
    model.train(epochs=2)
    assert len(model.loss_history) == EPOCHS + 2


def test_one_worker_is_reproducible(make):
    assert_same(make().train(), make().train())


def test_seeds_and_further_epochs_change_the_vectors(make):
    one = make().train()
    assert not np.array_equal(embeddings(one), embeddings(make(seed=6).train()))
    before = embeddings(one)
    one.train()
    assert not np.array_equal(embeddings(one), before)
    twice = make().train().train()
    assert_same(one, twice)


def test_training_twice_differs_from_one_long_run(make):
    """Each run restarts the learning rate but continues the random numbers.

    The larger rate of rare words depends on the epochs of a run, so it is off.
    """
    fixed = {"rare_power": 0}
    long = make(epochs=2, alpha=0.02, min_alpha=0.02, **fixed).train()
    short = make(epochs=1, alpha=0.02, min_alpha=0.02, **fixed).train().train()
    assert_same(long, short)
    falling = make(epochs=2, **fixed).train()
    assert not np.array_equal(
        embeddings(falling), embeddings(make(epochs=1, **fixed).train().train())
    )


@pytest.mark.parametrize("calls", [1, 4, 9, 11])
@pytest.mark.parametrize("saved", [False, True])
def test_interrupted_run_continues_where_it_stopped(
    make, corpus, tmp_path, stop_after, calls, saved
):
    whole = make().train()
    model = make()
    stop_after(calls)
    with pytest.raises(KeyboardInterrupt):
        model.train()
    assert len(model.loss_history) < EPOCHS
    assert not np.array_equal(embeddings(model), embeddings(whole))
    if saved:
        model.save(tmp_path / "half.w2v")
        model = Word2Vec.load(tmp_path / "half.w2v", workers=1)
    assert_same(model.train(corpus if saved else None), whole)


def test_run_interrupted_after_every_call_completes(make, stop_after):
    """The twelve interrupted calls and the rest give the same vectors as one run."""
    whole = make().train()
    model = make()
    for _ in range(12):
        stop_after(1, RuntimeError)
        with pytest.raises(RuntimeError):
            model.train()
    assert_same(model.train(), whole)


@pytest.fixture
def one_block_a_call(monkeypatch):
    monkeypatch.setattr("w2vfast.training.epoch.next_n_blocks", lambda size, seconds: 1)


@pytest.mark.parametrize("number", [1, 3, 9])
def test_ctrl_c_keeps_the_current_call(make, one_block_a_call, wrap_kernels, number):
    """Vectors, loss and position include the kernel call that was running."""
    whole, calls = make().train(), []

    def train(real, *call):
        result = real(*call)
        calls.append(call)
        if len(calls) == number:
            _thread.interrupt_main()
            time.sleep(0.2)  # keep the call running during Ctrl-C
        return result

    wrap_kernels(train)
    model = make()
    with pytest.raises(KeyboardInterrupt):
        model.train()
    assert len(calls) == number
    assert_same(model.train(), whole)


def test_failed_call_is_repeated_later(make, one_block_a_call, wrap_kernels):
    """Kernels raise MemoryError only, and before they train anything."""
    whole, calls = make().train(), []

    def train(real, *call):
        calls.append(call)
        if len(calls) % 3 == 0:
            raise MemoryError("no memory to train batches")
        return real(*call)

    wrap_kernels(train)
    model = make()
    for _ in range(11):  # two blocks each time; the last train() does the rest
        with pytest.raises(MemoryError):
            model.train()
    assert_same(model.train(), whole)


def test_kernel_that_always_fails_raises_every_time(make, wrap_kernels):
    """The error also appears when no block of an epoch was trained."""

    def fail(real, *call):
        raise MemoryError("no memory to train batches")

    wrap_kernels(fail)
    model = make()
    for _ in range(10):
        with pytest.raises(MemoryError):
            model.train()


def test_parameters_of_train_start_a_new_run(make, stop_after):
    model = make()
    stop_after(3)
    with pytest.raises(KeyboardInterrupt):
        model.train()
    done = len(model.loss_history)
    model.train(epochs=1, alpha=0.01)
    assert len(model.loss_history) == done + 1
    assert model.parameters.epochs == EPOCHS


def test_resuming_needs_the_same_corpus(make, stop_after):
    model = make()
    stop_after(3)
    with pytest.raises(KeyboardInterrupt):
        model.train()
    other = [["0", "1", "2"]] * 9
    with pytest.raises(ValueError, match=r"30,000 tokens.* 27: .*epochs="):
        model.train(other)
    model.train(other, epochs=1, sample=0)


def test_model_round_trips_through_a_file(make, corpus, tmp_path):
    model = make().train()
    model.save(tmp_path / "m.w2v")
    loaded = Word2Vec.load(tmp_path / "m.w2v", workers=1)
    assert_same(model, loaded)
    assert loaded.loss_history == model.loss_history
    assert loaded.parameters == model.parameters
    assert loaded.wv.index_to_key == model.wv.index_to_key
    assert np.array_equal(loaded.vocabulary.counts, model.vocabulary.counts)
    with pytest.raises(ValueError, match=r"no corpus: pass one, model.train\(corpus\)"):
        loaded.train()
    assert_same(model.train(), loaded.train(corpus))


def test_files_do_not_use_pickle(make, tmp_path, monkeypatch):
    real = builtins.__import__

    def import_without_pickle(name, *rest, **more):
        assert "pickle" not in name
        return real(name, *rest, **more)

    model = make(epochs=1).train()
    monkeypatch.setattr(builtins, "__import__", import_without_pickle)
    model.save(tmp_path / "m.w2v")
    Word2Vec.load(tmp_path / "m.w2v")
    assert b"pickle" not in (tmp_path / "m.w2v").read_bytes()


@pytest.mark.parametrize("matrix", ["centre", "outside"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_divergence_error_suggests_a_smaller_alpha(make, matrix, value):
    model = make(alpha=0.9, workers=2)
    getattr(model._state, matrix)[0, 3] = value
    with pytest.raises(DivergedError, match=r"alpha=0\.9.*smaller alpha") as caught:
        model.train()
    assert isinstance(caught.value, ArithmeticError)
    assert model.loss_history == []


@pytest.mark.parametrize("alpha", [1, 1e10, 1e30])
@pytest.mark.parametrize("size", [1, 256])
def test_extreme_learning_rates_raise_or_stay_finite(make, alpha, size):
    model = make(alpha=alpha, min_alpha=alpha, chunk_size=size)
    try:
        model.train()
    except DivergedError:
        return
    assert np.isfinite(embeddings(model)).all()
    assert np.isfinite(model.loss_history).all()


def test_interrupted_run_updates_wv(make, stop_after):
    model = make()
    first = model.wv
    stop_after(2)
    with pytest.raises(KeyboardInterrupt):
        model.train()
    assert not np.array_equal(model.wv.vectors, first.vectors)


@pytest.mark.parametrize("vector_size", [12, 16])
def test_wv_is_a_copy_of_the_current_vectors(make, vector_size):
    """It is a copy even if the matrix has no padding to remove."""
    model = make(vector_size=vector_size)
    first = model.wv.vectors
    model.train()
    assert model.wv is model.wv
    assert not np.array_equal(model.wv.vectors, first)
    kept = model.wv.vectors.copy()
    old = model.wv
    model.train(epochs=1)
    assert np.array_equal(old.vectors, kept)
