"""Runs: loss history, going on, interruptions, saved runs, divergence."""

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
def small_work_units(monkeypatch):
    monkeypatch.setattr("w2vfast.training.prepare.BLOCK_TOKENS", 1 << 12)


@pytest.fixture(scope="module")
def corpus():
    """30,000 tokens: 8 work units; words come in groups of ten."""
    rng = np.random.default_rng(2)
    group = np.repeat(rng.integers(0, 20, 3000), 10)
    ids = 10 * group + rng.integers(0, 10, 30_000)
    return Corpus.from_ids(ids, range(0, 30_001, 10))


@pytest.fixture(params=list(product(LOSSES, ["skipgram", "cbow"])), ids="-".join)
def make(request, corpus):
    loss, architecture = request.param

    def make(**parameters):
        fixed = {"vector_size": 12, "workers": 1, "epochs": EPOCHS, "seed": 5}
        fixed |= {"loss": loss, "architecture": architecture}
        return Word2Vec(corpus, **fixed | parameters)

    return make


def tables(model):
    return np.concatenate([model.wv.vectors, model.outside_vectors])


def same(one, two):
    assert np.array_equal(tables(one), tables(two))
    assert one.loss_history == pytest.approx(two.loss_history, rel=1e-12)


@pytest.fixture
def stop_after(monkeypatch):
    """Return a function: the run to come is interrupted after so many work slices."""

    def stop(calls, error=KeyboardInterrupt):
        left = [calls]

        def advance(self, tokens, loss):
            left[0] -= 1
            if left[0] == 0:
                raise error("stop")

        monkeypatch.setattr("w2vfast.training.trainer.TrainingBar.advance", advance)

    return stop


def test_loss_falls_and_is_told_for_every_epoch(make):
    model = make(alpha=0.05)
    assert model.loss_history == []
    assert model.train() is model
    assert len(model.loss_history) == EPOCHS
    assert all(type(loss) is float for loss in model.loss_history)
    assert model.loss_history == sorted(model.loss_history, reverse=True)
    model.train(epochs=2)
    assert len(model.loss_history) == EPOCHS + 2


def test_one_worker_gives_the_same_vectors_at_every_run(make):
    same(make().train(), make().train())


def test_seeds_and_further_epochs_differ(make):
    one = make().train()
    assert not np.array_equal(tables(one), tables(make(seed=6).train()))
    before = tables(one)
    one.train()
    assert not np.array_equal(tables(one), before)
    twice = make().train().train()
    same(one, twice)


def test_training_again_is_not_one_long_run(make):
    """The rate falls each time anew; random numbers are those of later epochs."""
    long = make(epochs=2, alpha=0.02, min_alpha=0.02).train()
    short = make(epochs=1, alpha=0.02, min_alpha=0.02).train().train()
    same(long, short)
    falling = make(epochs=2).train()
    assert not np.array_equal(tables(falling), tables(make(epochs=1).train().train()))


@pytest.mark.parametrize("calls", [1, 4, 9, 11])
@pytest.mark.parametrize("saved", [False, True])
def test_an_interrupted_run_goes_on_where_it_stopped(
    make, corpus, tmp_path, stop_after, calls, saved
):
    whole = make().train()
    model = make()
    stop_after(calls)
    with pytest.raises(KeyboardInterrupt):
        model.train()
    assert len(model.loss_history) < EPOCHS
    assert not np.array_equal(tables(model), tables(whole))
    if saved:
        model.save(tmp_path / "half.w2v")
        model = Word2Vec.load(tmp_path / "half.w2v", workers=1)
    same(model.train(corpus if saved else None), whole)


def test_interrupted_after_every_slice(make, stop_after):
    """Patient users get there too."""
    whole = make().train()
    model = make()
    for _ in range(12):
        stop_after(1, RuntimeError)
        with pytest.raises(RuntimeError):
            model.train()
    same(model.train(), whole)


@pytest.fixture
def one_unit_a_call(monkeypatch):
    monkeypatch.setattr(
        "w2vfast.training.trainer.next_n_blocks", lambda size, seconds: 1
    )


@pytest.mark.parametrize("number", [1, 3, 9])
def test_ctrl_c_loses_nothing(make, one_unit_a_call, around_kernels, number):
    """Vectors, loss and position all count the slice that was under way."""
    whole, calls = make().train(), []

    def train(real, *call):
        result = real(*call)
        calls.append(call)
        if len(calls) == number:
            _thread.interrupt_main()
            time.sleep(0.2)  # the slice takes this much longer
        return result

    around_kernels(train)
    model = make()
    with pytest.raises(KeyboardInterrupt):
        model.train()
    assert len(calls) == number
    same(model.train(), whole)


def test_a_slice_that_failed_is_trained_later(make, one_unit_a_call, around_kernels):
    """What MemoryError, the only error of the real kernels, does: nothing is done."""
    whole, calls = make().train(), []

    def train(real, *call):
        calls.append(call)
        if len(calls) % 3 == 0:
            raise MemoryError("no memory to train chunks")
        return real(*call)

    around_kernels(train)
    model = make()
    for _ in range(11):  # two units each time; the last two come after
        with pytest.raises(MemoryError):
            model.train()
    same(model.train(), whole)


def test_a_kernel_that_always_fails_says_so(make, around_kernels):
    """Also when the whole epoch was handed out and nothing of it trained."""

    def fail(real, *call):
        raise MemoryError("no memory to train chunks")

    around_kernels(fail)
    model = make()
    for _ in range(10):
        with pytest.raises(MemoryError):
            model.train()


def test_overrides_begin_a_new_run(make, stop_after):
    model = make()
    stop_after(3)
    with pytest.raises(KeyboardInterrupt):
        model.train()
    done = len(model.loss_history)
    model.train(epochs=1, alpha=0.01)
    assert len(model.loss_history) == done + 1
    assert model.parameters.epochs == EPOCHS


def test_the_rest_of_a_run_needs_the_same_corpus(make, stop_after):
    model = make()
    stop_after(3)
    with pytest.raises(KeyboardInterrupt):
        model.train()
    other = [["0", "1", "2"]] * 9
    with pytest.raises(ValueError, match=r"30,000 tokens.* 27: .*epochs="):
        model.train(other)
    model.train(other, epochs=1, sample=0)


def test_save_and_load(make, corpus, tmp_path):
    model = make().train()
    model.save(tmp_path / "m.w2v")
    loaded = Word2Vec.load(tmp_path / "m.w2v", workers=1)
    same(model, loaded)
    assert loaded.loss_history == model.loss_history
    assert loaded.parameters == model.parameters
    assert loaded.wv.index_to_key == model.wv.index_to_key
    assert np.array_equal(loaded.vocabulary.counts, model.vocabulary.counts)
    with pytest.raises(ValueError, match=r"no corpus: pass one, model.train\(corpus\)"):
        loaded.train()
    same(model.train(), loaded.train(corpus))


def test_no_pickle(make, tmp_path, monkeypatch):
    real = builtins.__import__

    def no_pickle(name, *rest, **more):
        assert "pickle" not in name
        return real(name, *rest, **more)

    model = make(epochs=1).train()
    monkeypatch.setattr(builtins, "__import__", no_pickle)
    model.save(tmp_path / "m.w2v")
    Word2Vec.load(tmp_path / "m.w2v")
    assert b"pickle" not in (tmp_path / "m.w2v").read_bytes()


@pytest.mark.parametrize("table", ["centre", "outside"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_divergence_is_told_with_its_remedy(make, table, value):
    model = make(alpha=0.9, workers=2)
    getattr(model._state, table)[0, 3] = value
    with pytest.raises(DivergedError, match=r"alpha=0\.9.*smaller alpha") as caught:
        model.train()
    assert isinstance(caught.value, ArithmeticError)
    assert model.loss_history == []


@pytest.mark.parametrize("alpha", [1, 1e10, 1e30])
@pytest.mark.parametrize("size", [1, 256])
def test_absurd_rates_never_give_nan_silently(make, alpha, size):
    model = make(alpha=alpha, min_alpha=alpha, chunk_size=size)
    try:
        model.train()
    except DivergedError:
        return
    assert np.isfinite(tables(model)).all()
    assert np.isfinite(model.loss_history).all()


def test_vectors_of_an_interrupted_run_are_those_of_now(make, stop_after):
    model = make()
    first = model.wv
    stop_after(2)
    with pytest.raises(KeyboardInterrupt):
        model.train()
    assert not np.array_equal(model.wv.vectors, first.vectors)


@pytest.mark.parametrize("vector_size", [12, 16])
def test_vectors_are_those_of_now(make, vector_size):
    """A copy, also where the table has no padding to leave out."""
    model = make(vector_size=vector_size)
    first = model.wv.vectors
    model.train()
    assert model.wv is model.wv
    assert not np.array_equal(model.wv.vectors, first)
    kept = model.wv.vectors.copy()
    old = model.wv
    model.train(epochs=1)
    assert np.array_equal(old.vectors, kept)
