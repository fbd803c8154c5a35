"""EarlyStopping: when it stops, what it restores, and which arguments it takes."""

import faulthandler
import math

import numpy as np
import pytest

from w2vfast import Callback, Corpus, EarlyStopping, Word2Vec
from w2vfast.kernels.arguments import LOSSES
from w2vfast.training import periodic

EPOCHS = 8


@pytest.fixture(autouse=True)
def time_limit():
    """End the process with a traceback if a test hangs."""
    faulthandler.dump_traceback_later(240, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture(scope="module")
def corpus():
    rng = np.random.default_rng(4)
    group = np.repeat(rng.integers(0, 10, 400), 10)
    ids = 10 * group + rng.integers(0, 10, 4000)
    return Corpus.from_ids(ids, range(0, 4001, 10))


@pytest.fixture
def make(corpus):
    def make(**parameters):
        fixed = {"vector_size": 8, "workers": 1, "epochs": EPOCHS, "sample": 0}
        return Word2Vec(corpus, **fixed | parameters)

    return make


def embeddings(model):
    state = model._state
    return np.concatenate([state.centre, state.outside])


class Scores:
    """A metric that returns given values; keeps the embeddings of each epoch."""

    def __init__(self, *values):
        self.values, self.seen = list(values), []

    def __call__(self, model):
        self.seen.append(embeddings(model))
        return self.values[len(self.seen) - 1]


@pytest.mark.parametrize("loss", LOSSES)
def test_it_stops_and_restores_both_matrices(make, loss):
    scores = Scores(5, 4, 3, 3.5, 3.2)
    stop = EarlyStopping(scores, patience=2)
    model = make(loss=loss).train(callbacks=stop)
    assert stop.history == [5, 4, 3, 3.5, 3.2]
    assert (stop.best, stop.best_epoch) == (3, 2)
    assert len(model.loss_history) == 5
    assert np.array_equal(embeddings(model), scores.seen[2])
    assert model.stopped[1:] == (5, 0, 5 * 4000)
    assert model.stopped.reason == (
        "EarlyStopping: metric has not improved for 2 epochs; the best value, 3, is "
        "that of epoch 3"
    )


def test_without_restoring_the_last_vectors_stay(make):
    scores = Scores(1, 2)
    model = make().train(callbacks=EarlyStopping(scores, 1, restore_best=False))
    assert np.array_equal(embeddings(model), scores.seen[-1])
    assert len(scores.seen) == 2


def test_a_complete_run_restores_the_best_epoch(make):
    scores = Scores(9, 8, 1, 7, 6, 5, 4, 3)
    stop = EarlyStopping(scores, patience=20)
    model = make().train(callbacks=stop)
    assert model.stopped is None
    assert np.array_equal(embeddings(model), scores.seen[2])
    assert np.array_equal(model.wv.vectors, scores.seen[2][:100, :8])


def test_another_stop_restores_nothing_and_the_run_continues(make):
    """Then the result equals that of a run without interruption."""
    values = [9, 8, 1, 7, 6, 5, 4, 3]
    stop, scores = EarlyStopping(Scores(*values), patience=20), Scores(*values)
    model = make()
    model.train(callbacks=[stop, lambda model: len(model.loss_history) == 5])
    assert stop.history == values[:5]
    model.train(callbacks=stop)
    assert stop.history == values
    whole = make().train(callbacks=EarlyStopping(scores, patience=20))
    assert np.array_equal(embeddings(model), embeddings(whole))
    assert np.array_equal(embeddings(model), scores.seen[2])


def test_a_new_run_starts_a_new_history(make):
    stop = EarlyStopping(Scores(1, 2, 5, 6), patience=1)
    model = make().train(callbacks=stop)
    model.train(callbacks=stop, epochs=3)
    assert stop.history == [5, 6]
    assert stop.best == 5


def test_a_stopped_run_continues(make):
    """Patience starts again; the best value stays."""
    stop = EarlyStopping(Scores(1, 2, 3, 0, 4), patience=1)
    model = make().train(callbacks=stop)
    assert stop.history == [1, 2]
    model.train(callbacks=stop)
    assert stop.history == [1, 2, 3]
    model.train(callbacks=stop)
    assert stop.history == [1, 2, 3, 0, 4]
    assert stop.best == 0
    assert model.stopped.epoch == 5


def test_min_delta_and_higher_is_better(make):
    stop = EarlyStopping(Scores(1.0, 1.05, 1.09, 1.3), 2, min_delta=0.1,
                         higher_is_better=True)  # fmt: skip
    model = make(epochs=4).train(callbacks=stop)
    assert stop.history == [1.0, 1.05, 1.09]
    assert stop.best == 1.0
    assert len(model.loss_history) == 3


def test_nan_is_no_improvement(make):
    stop = EarlyStopping(Scores(math.nan, 2, math.nan, math.nan), 2)
    make().train(callbacks=stop)
    assert len(stop.history) == 4
    assert stop.best == 2
    stop = EarlyStopping(Scores(math.nan, math.nan), 2)
    model = make().train(callbacks=stop)
    assert math.isnan(stop.best)
    assert stop.best_epoch == -1
    assert len(model.loss_history) == 2


def test_training_loss(make):
    stop = EarlyStopping(min_delta=100.0, patience=2)
    model = make().train(callbacks=stop)
    assert stop.history == model.loss_history
    assert len(model.loss_history) == 3


@pytest.mark.parametrize("kind", ["lists", "generator", "Corpus"])
def test_held_out_loss(make, corpus, kind):
    """A generator is read once, for all epochs."""
    words = corpus.words()
    text = [[words[i] for i in corpus.ids[s : s + 10]] for s in range(0, 500, 10)]
    source = {"lists": text, "generator": iter(text), "Corpus": Corpus(text)}[kind]
    stop = EarlyStopping("held_out_loss", patience=99, corpus=source)
    model = make(epochs=3).train(callbacks=stop)
    assert len(stop.history) == 3
    assert stop.best == min(stop.history)
    assert stop.best == model.evaluate_loss(text).loss


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"metric": "loss"}, r"metric='loss': expected 'training_loss', 'held_out"),
        ({"metric": 3}, r"metric=3: expected"),
        ({"metric": "held_out_loss"}, r"with no corpus: .* pass corpus="),
        ({"corpus": [["a"]]}, r"with a corpus: .* pass metric='held_out_loss'"),
        ({"patience": 0}, r"patience=0: expected 1 epoch or more"),
        ({"patience": 1.5}, r"patience=1.5: expected a whole number"),
        ({"patience": True}, r"patience=True: expected a whole number"),
        ({"min_delta": -1}, r"min_delta=-1: expected a finite number"),
        (
            {"min_delta": math.nan},
            r"min_delta=nan: expected a finite number of at least 0",
        ),
        ({"min_delta": "1"}, r"min_delta='1': expected a number"),
    ],
)
def test_wrong_arguments(arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        EarlyStopping(**arguments)


def test_a_metric_that_returns_no_number(make):
    model = make()
    with pytest.raises(TypeError, match=r"returned None: expected a number"):
        model.train(callbacks=EarlyStopping(lambda model: None))
    assert model.stopped.reason == "TypeError"


@pytest.mark.parametrize("restore_best", [True, False])
@pytest.mark.parametrize("every", ["1epoch", "1500 tokens"])
def test_a_resumed_run_continues_like_an_uninterrupted_one(
    make, corpus, tmp_path, monkeypatch, every, restore_best
):
    """Runs continue from each checkpoint, as after a kill."""
    values = [5, 4, 4.5, math.nan, 4.2, 1, 1, 1]
    path, copies = tmp_path / "run.ckpt", []
    monkeypatch.setattr("w2vfast.training.prepare.BLOCK_TOKENS", 1000)
    monkeypatch.setattr("w2vfast.training.epoch.next_n_blocks", lambda size, seconds: 1)
    write = periodic.write_checkpoint

    def keep(path, state):
        turns = write(path, state)
        copies.append(path.read_bytes())
        return turns

    def stopping():
        def score(model):
            return values[len(model.loss_history) - 1]

        return EarlyStopping(score, 3, restore_best)

    whole = stopping()
    with monkeypatch.context() as patch:
        patch.setattr(periodic, "write_checkpoint", keep)
        model = make().train(callbacks=whole, checkpoint=path, every=every)
    assert len(whole.history) == 5
    assert len(copies) >= 5
    for content in copies[:-2]:
        path.write_bytes(content)
        stop = stopping()
        again = Word2Vec.resume(path, corpus, workers=1, callbacks=[stop])
        assert str(stop.history) == str(whole.history)
        assert (stop.best, stop.best_epoch) == (4, 1)
        assert again.stopped == model.stopped
        assert np.array_equal(embeddings(again), embeddings(model))


def test_a_run_that_stopped_continues_from_a_file(make, corpus, tmp_path):
    """The file has no second copy of the matrices: the model has the best ones."""
    values = [1, 2, 3, 0, 4]

    def score(model):
        return values[len(model.loss_history) - 1]

    path = tmp_path / "m.w2v"
    model = make().train(callbacks=EarlyStopping(score, patience=1))
    best = embeddings(model)
    model.save(path)
    plain = make()
    plain.train(max_seconds=1e-9).save(tmp_path / "plain.w2v")
    assert path.stat().st_size < (tmp_path / "plain.w2v").stat().st_size + 1000
    stop = EarlyStopping(score, patience=1)
    again = Word2Vec.resume(path, corpus, workers=1, callbacks=stop)
    assert stop.history == [1, 2, 3]
    assert np.array_equal(embeddings(again), best)
    model.train(callbacks=EarlyStopping(min_delta=1e-9, patience=99))
    assert model.stopped is None
    model.save(tmp_path / "done.w2v")
    assert b"EarlyStopping" not in (tmp_path / "done.w2v").read_bytes()


def test_a_run_that_goes_on_without_its_callback_warns(make, corpus, tmp_path):
    path = tmp_path / "m.w2v"

    def interrupt(model):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make().train(checkpoint=path, callbacks=[EarlyStopping(), interrupt])
    with (
        pytest.warns(UserWarning, match=r"callbacks=\[EarlyStopping\(…\)\]") as found,
        pytest.raises(KeyboardInterrupt),
    ):
        Word2Vec.resume(path, corpus, workers=1, callbacks=Interrupt())
    assert [warning.filename for warning in found] == [__file__]
    stop = EarlyStopping()
    Word2Vec.resume(path, corpus, workers=1, callbacks=stop)  # the state is kept
    assert len(stop.history) == len(make().train().loss_history)


def test_the_state_of_a_callback_that_was_left_out_ends_with_the_epoch(make):
    model = make()
    model.train(callbacks=[EarlyStopping(), lambda model: True])
    with pytest.warns(UserWarning, match="EarlyStopping, but this call does not"):
        model.train(after_epoch=lambda model: True)
    stop = EarlyStopping()
    model.train(callbacks=stop)
    assert len(stop.history) == len(model.loss_history) - 2


class Interrupt(Callback):
    """Interrupt training at its start."""

    def on_train_begin(self, model):
        raise KeyboardInterrupt


def test_damaged_states_are_refused(make):
    model = make()
    stop = EarlyStopping(patience=1)
    model.train(callbacks=[stop, lambda model: True])
    right = stop.checkpoint_state()
    right["centre"] = np.zeros((2, 2), np.float32)
    shapes = right | {"outside": right["centre"]}
    for state in (
        shapes,
        right,
        stop.checkpoint_state() | {"history": "x"},
        stop.checkpoint_state() | {"best_epoch": 5},
        stop.checkpoint_state() | {"waited": -1},
    ):
        with pytest.raises(ValueError, match=r"state of EarlyStopping .* is damaged"):
            EarlyStopping().load_checkpoint_state(model, state)
    other = EarlyStopping(Scores(1))
    other.load_checkpoint_state(model, shapes)
    assert other.history == []


def test_two_callbacks_of_a_class_have_states_of_their_own(make, tmp_path):
    class Count(Callback):
        def __init__(self):
            self.epochs = 0

        def on_epoch_end(self, model):
            self.epochs += 1
            return self.epochs == 2

        def checkpoint_state(self):
            return {"epochs": self.epochs, "array": np.arange(self.epochs)}

        def load_checkpoint_state(self, model, state):
            assert state["array"].tolist() == list(range(state["epochs"]))
            self.epochs = state["epochs"]

    first, second = Count(), Count()
    second.epochs = 10
    model = make().train(callbacks=[first, second])
    model.save(tmp_path / "m.w2v")
    again = Word2Vec.load(tmp_path / "m.w2v")
    counts = Count(), Count()
    again.train(model.corpus, callbacks=counts)
    assert [count.epochs for count in counts] == [8, 18]

    Count.checkpoint_state = lambda self: {"epochs": object()}
    model.train(callbacks=Count(), epochs=3)
    with pytest.raises(TypeError, match=r"checkpoint_state\(\) of Count: Object of"):
        model.save(tmp_path / "m.w2v")
