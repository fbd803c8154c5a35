"""train(after_epoch=...): a look at the model after each epoch, and a way to stop."""

from itertools import product

import numpy as np
import pytest

from w2vfast import Corpus, Word2Vec
from w2vfast.kernels.arguments import LOSSES

EPOCHS = 4


@pytest.fixture(scope="module")
def corpus():
    """Two work units of 100 words; words come in groups of ten."""
    rng = np.random.default_rng(4)
    group = np.repeat(rng.integers(0, 10, 2000), 10)
    ids = 10 * group + rng.integers(0, 10, 20_000)
    return Corpus.from_ids(ids, range(0, 20_001, 10))


@pytest.fixture(params=list(product(LOSSES, ["skipgram", "cbow"])), ids="-".join)
def make(request, corpus):
    loss, architecture = request.param

    def make(**parameters):
        fixed = {"vector_size": 8, "workers": 1, "epochs": EPOCHS, "sample": 0}
        return Word2Vec(
            corpus, loss=loss, architecture=architecture, **fixed | parameters
        )

    return make


@pytest.fixture
def model(corpus):
    return Word2Vec(corpus, vector_size=8, workers=1, epochs=EPOCHS)


def tables(model):
    return np.concatenate([model.wv.vectors, model.outside_vectors])


def same(one, two):
    assert np.array_equal(tables(one), tables(two))
    assert one.loss_history == two.loss_history


class BoomError(Exception):
    pass


def test_it_sees_the_model_of_every_epoch(make):
    seen = []

    def look(model):
        seen.append((model, tables(model), list(model.loss_history)))

    model = make()
    first = tables(model)
    assert model.train(after_epoch=look) is model
    models, vectors, histories = zip(*seen, strict=True)
    assert all(m is model for m in models)
    assert [len(history) for history in histories] == [1, 2, 3, 4]
    for one, two in zip([first, *vectors], vectors, strict=False):
        assert not np.array_equal(one, two)
    assert np.array_equal(vectors[-1], tables(model))
    assert list(histories[-1]) == model.loss_history
    for epochs, right in enumerate(vectors[:2], 1):
        other = make().train(after_epoch=lambda m, n=epochs: len(m.loss_history) == n)
        assert np.array_equal(tables(other), right)


def test_looking_changes_nothing(make, corpus, tmp_path):
    def look(model):
        model.evaluate_loss(corpus)
        model.wv.most_similar("11")
        model.save(tmp_path / "now.w2v")

    looked = make().train(after_epoch=look)
    same(looked, make().train())
    same(Word2Vec.load(tmp_path / "now.w2v"), looked)


@pytest.mark.parametrize("stop", [1, 3, EPOCHS])
@pytest.mark.parametrize("saved", [False, True])
def test_a_stopped_run_goes_on_as_if_it_had_not_been(
    make, corpus, tmp_path, stop, saved
):
    model = make().train(after_epoch=lambda m: len(m.loss_history) == stop)
    assert len(model.loss_history) == stop
    if saved:
        model.save(tmp_path / "m.w2v")
        model = Word2Vec.load(tmp_path / "m.w2v", workers=1)
    whole = make().train()
    if stop == EPOCHS:
        same(model, whole)
        whole.train()  # that run is over: the next one is new
    same(model.train(corpus if saved else None), whole)


def test_stopping_after_every_epoch(make):
    model = make()
    for epoch in range(EPOCHS):
        assert len(model.loss_history) == epoch
        model.train(after_epoch=lambda m: True)
    same(model, make().train())


def test_files_saved_on_the_way_go_on(make, corpus, tmp_path):
    def save(model):
        model.save(tmp_path / f"{len(model.loss_history)}.w2v")

    whole = make().train(after_epoch=save)
    for epoch in range(1, EPOCHS):
        model = Word2Vec.load(tmp_path / f"{epoch}.w2v", workers=1)
        assert len(model.loss_history) == epoch
        same(model.train(corpus), whole)


@pytest.mark.parametrize("error", [BoomError, KeyboardInterrupt])
def test_an_error_in_it_is_raised_and_loses_nothing(make, error):
    def fail(model):
        if len(model.loss_history) == 2:
            raise error("after two")

    model = make()
    with pytest.raises(error, match="after two"):
        model.train(after_epoch=fail)
    assert len(model.loss_history) == 2
    stopped = make().train(after_epoch=lambda m: len(m.loss_history) == 2)
    same(model, stopped)
    same(model.train(), make().train())


@pytest.mark.parametrize("answer", [None, False, 0, 1, 0.5, "stop", [3], np.False_])
def test_only_true_stops(model, answer):
    """What a function returns by the way does not."""
    model.train(after_epoch=lambda m: answer)
    assert len(model.loss_history) == EPOCHS


@pytest.mark.parametrize("answer", [True, np.True_])
def test_true_stops_also_that_of_numpy(model, answer):
    model.train(after_epoch=lambda m: answer)
    assert len(model.loss_history) == 1


def test_it_is_for_one_call(model):
    calls = []
    model.train(after_epoch=lambda m: calls.append(m) or True)
    model.train(epochs=3)
    assert len(calls) == 1
    model.train(epochs=2, after_epoch=calls.append)
    assert len(calls) == 3


def test_several_workers_have_all_done_their_part(corpus):
    """No thread trains while it is looked at."""
    model = Word2Vec(corpus, vector_size=8, workers=3, epochs=2)

    def look(model):
        before = tables(model)
        for _ in range(3):
            model._wv = None
            assert np.array_equal(tables(model), before)

    model.train(after_epoch=look)
    assert len(model.loss_history) == 2
