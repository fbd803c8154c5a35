"""`train(after_epoch=...)`: a function called after each epoch; True stops training."""

from itertools import product

import numpy as np
import pytest

from w2vfast import Corpus, Word2Vec
from w2vfast.kernels.arguments import LOSSES

EPOCHS = 4


@pytest.fixture(scope="module")
def corpus():
    """Return a corpus of two blocks and 100 words; nearby words share their tens."""
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


def embeddings(model):
    return np.concatenate([model.wv.vectors, model.outside_vectors])


def assert_same(one, two):
    assert np.array_equal(embeddings(one), embeddings(two))
    assert one.loss_history == two.loss_history


class BoomError(Exception):
    pass


def test_after_epoch_gets_the_model_of_every_epoch(make):
    seen = []

    def record(model):
        seen.append((model, embeddings(model), list(model.loss_history)))

    model = make()
    first = embeddings(model)
    assert model.train(after_epoch=record) is model
    models, vectors, histories = zip(*seen, strict=True)
    assert all(m is model for m in models)
    assert [len(history) for history in histories] == [1, 2, 3, 4]
    for one, two in zip([first, *vectors], vectors, strict=False):
        assert not np.array_equal(one, two)
    assert np.array_equal(vectors[-1], embeddings(model))
    assert list(histories[-1]) == model.loss_history
    for epochs, right in enumerate(vectors[:2], 1):
        other = make().train(after_epoch=lambda m, n=epochs: len(m.loss_history) == n)
        assert np.array_equal(embeddings(other), right)


def test_evaluating_and_saving_change_nothing(make, corpus, tmp_path):
    def record(model):
        model.evaluate_loss(corpus)
        model.wv.most_similar("11")
        model.save(tmp_path / "now.w2v")

    model = make().train(after_epoch=record)
    assert_same(model, make().train())
    assert_same(Word2Vec.load(tmp_path / "now.w2v"), model)


@pytest.mark.parametrize("stop", [1, 3, EPOCHS])
@pytest.mark.parametrize("saved", [False, True])
def test_stopped_run_continues_to_the_same_result(make, corpus, tmp_path, stop, saved):
    model = make().train(after_epoch=lambda m: len(m.loss_history) == stop)
    assert len(model.loss_history) == stop
    if saved:
        model.save(tmp_path / "m.w2v")
        model = Word2Vec.load(tmp_path / "m.w2v", workers=1)
    whole = make().train()
    if stop == EPOCHS:
        assert_same(model, whole)
        whole.train()  # the run is complete: this call starts a new one
    assert_same(model.train(corpus if saved else None), whole)


def test_stopping_after_every_epoch_gives_the_same_result(make):
    model = make()
    for epoch in range(EPOCHS):
        assert len(model.loss_history) == epoch
        model.train(after_epoch=lambda m: True)
    assert_same(model, make().train())


def test_file_saved_after_any_epoch_continues_the_run(make, corpus, tmp_path):
    def save(model):
        model.save(tmp_path / f"{len(model.loss_history)}.w2v")

    whole = make().train(after_epoch=save)
    for epoch in range(1, EPOCHS):
        model = Word2Vec.load(tmp_path / f"{epoch}.w2v", workers=1)
        assert len(model.loss_history) == epoch
        assert_same(model.train(corpus), whole)


@pytest.mark.parametrize("error", [BoomError, KeyboardInterrupt])
def test_error_in_after_epoch_is_raised_and_the_run_continues(make, error):
    def fail(model):
        if len(model.loss_history) == 2:
            raise error("after two")

    model = make()
    with pytest.raises(error, match="after two"):
        model.train(after_epoch=fail)
    assert len(model.loss_history) == 2
    stopped = make().train(after_epoch=lambda m: len(m.loss_history) == 2)
    assert_same(model, stopped)
    assert_same(model.train(), make().train())


@pytest.mark.parametrize("answer", [None, False, 0, 1, 0.5, "stop", [3], np.False_])
def test_other_return_values_do_not_stop(model, answer):
    """A function may return something without meaning to stop training."""
    model.train(after_epoch=lambda m: answer)
    assert len(model.loss_history) == EPOCHS


@pytest.mark.parametrize("answer", [True, np.True_])
def test_true_stops(model, answer):
    model.train(after_epoch=lambda m: answer)
    assert len(model.loss_history) == 1


def test_after_epoch_applies_to_one_call(model):
    calls = []
    model.train(after_epoch=lambda m: calls.append(m) or True)
    model.train(epochs=3)
    assert len(calls) == 1
    model.train(epochs=2, after_epoch=calls.append)
    assert len(calls) == 3


def test_no_worker_trains_during_after_epoch(corpus):
    """The vectors stay the same until the function returns."""
    model = Word2Vec(corpus, vector_size=8, workers=3, epochs=2)

    def record(model):
        before = embeddings(model)
        for _ in range(3):
            model._wv = None
            assert np.array_equal(embeddings(model), before)

    model.train(after_epoch=record)
    assert len(model.loss_history) == 2
