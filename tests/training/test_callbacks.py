"""`train(callbacks=..., max_seconds=...)`: what is called, and what stops training."""

import copy
import faulthandler
import math
import threading
import time

import numpy as np
import pytest

from w2vfast import Callback, Corpus, Word2Vec
from w2vfast.training.callbacks import Progress

EPOCHS = 3
EVENTS = ("on_train_begin", "on_epoch_begin", "on_epoch_end", "on_train_end")


@pytest.fixture(autouse=True)
def time_limit():
    """End the process with a traceback if a test hangs."""
    faulthandler.dump_traceback_later(240, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr("w2vfast.training.prepare.BLOCK_TOKENS", 1 << 10)


@pytest.fixture(scope="module")
def corpus():
    """Return a corpus of 20 small blocks and 100 words; nearby words share tens."""
    rng = np.random.default_rng(4)
    group = np.repeat(rng.integers(0, 10, 2048), 10)
    ids = 10 * group + rng.integers(0, 10, 20_480)
    return Corpus.from_ids(ids, range(0, 20_481, 10))


@pytest.fixture
def make(corpus):
    def make(**parameters):
        fixed = {"vector_size": 8, "workers": 1, "epochs": EPOCHS, "sample": 0}
        return Word2Vec(corpus, **fixed | parameters)

    return make


@pytest.fixture
def slow(monkeypatch, wrap_kernels):
    """Make every kernel call one block that takes 20 ms."""

    def train(real, *call):
        time.sleep(0.02)
        return real(*call)

    monkeypatch.setattr("w2vfast.training.epoch.next_n_blocks", lambda n, seconds: 1)
    wrap_kernels(train)


class Recorder(Callback):
    """Records the calls, and answers or raises in one of them."""

    def __init__(self, event=None, answer=True, error=None, number=1):
        self.calls, self.progress, self.threads = [], [], set()
        self._event, self._answer, self._error = event, answer, error
        self._left = number

    def _record(self, event, model):
        self.calls.append(event)
        self.threads.add(threading.current_thread())
        if event == self._event:
            self._left -= 1
            if self._left == 0:
                if self._error is not None:
                    raise self._error
                return self._answer
        return None

    def on_train_begin(self, model):
        return self._record("on_train_begin", model)

    def on_train_end(self, model):
        return self._record("on_train_end", model)

    def on_epoch_begin(self, model):
        return self._record("on_epoch_begin", model)

    def on_epoch_end(self, model):
        return self._record("on_epoch_end", model)


class Watcher(Recorder):
    """Also watches progress, as often as possible."""

    progress_seconds = 0.0

    def on_progress(self, model, progress):
        self.progress.append(progress)
        return self._record("on_progress", model)


def embeddings(model):
    return np.concatenate([model.wv.vectors, model.outside_vectors])


def assert_same(one, two):
    assert np.array_equal(embeddings(one), embeddings(two))
    assert one.loss_history == pytest.approx(two.loss_history, rel=1e-12)


class BoomError(Exception):
    pass


def test_events_come_in_order_in_the_callers_thread(make):
    recorder = Recorder()
    make(workers=2).train(callbacks=recorder)
    epoch = ["on_epoch_begin", "on_epoch_end"]
    assert recorder.calls == ["on_train_begin", *EPOCHS * epoch, "on_train_end"]
    assert recorder.threads == {threading.current_thread()}


def test_callbacks_change_nothing(make):
    model = make().train(callbacks=[Watcher(), Recorder()])
    assert_same(model, make().train())
    assert model.stopped is None


def test_several_callbacks_and_functions(make):
    """A function is called after each epoch; all are called even if one stops."""
    calls = []
    one, two = Recorder("on_epoch_end"), Recorder()
    model = make()
    model.train(
        callbacks=(one, lambda m: calls.append(m), two), after_epoch=calls.append
    )
    assert calls == [model, model]
    assert one.calls[:3] == two.calls[:3] == list(EVENTS[:3])
    assert one.calls[-1] == "on_train_end"


@pytest.mark.parametrize("event", EVENTS)
def test_true_stops_and_the_run_continues(make, event):
    recorder = Recorder(event)
    model = make().train(callbacks=recorder)
    epochs = {"on_train_begin": 0, "on_epoch_begin": 0, "on_epoch_end": 1}
    done = epochs.get(event, EPOCHS)
    assert len(model.loss_history) == done
    assert recorder.calls[-1] == "on_train_end"
    if done < EPOCHS:
        reason = f"Recorder.{event} returned True"
        assert model.stopped == (reason, done, 0, done * 20_480)
        place = f"after epoch {done}" if done else "before epoch 1"
        assert f"stopped {place} of 3: {reason}>" in repr(model)
        model.train()
    assert model.stopped is None
    assert "stopped" not in repr(model)
    assert_same(model, make().train())


@pytest.mark.parametrize("answer", [None, False, 1, "stop", np.False_])
def test_other_answers_do_not_stop(make, answer):
    model = make().train(callbacks=Recorder("on_epoch_end", answer))
    assert len(model.loss_history) == EPOCHS


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("workers", [1, 3])
def test_stop_in_progress_keeps_the_position(make, workers, corpus, tmp_path):
    model = make(workers=workers).train(callbacks=Watcher("on_progress", number=2))
    stop = model.stopped
    assert stop.reason == "Watcher.on_progress returned True"
    assert stop.epoch < EPOCHS
    assert stop.tokens == (stop.epoch * 20 + stop.block) * 1024
    assert 0 < stop.tokens < EPOCHS * 20_480
    model.save(tmp_path / "m.w2v")
    loaded = Word2Vec.load(tmp_path / "m.w2v", workers=1)
    assert loaded.stopped == stop
    assert np.isfinite(model.wv.vectors).all()
    model.train()
    assert len(model.loss_history) == EPOCHS
    if workers == 1:
        assert_same(model, make().train())
        assert_same(loaded.train(corpus), model)


@pytest.mark.parametrize("event", [*EVENTS, "on_progress"])
@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.usefixtures("threads_end")
def test_errors_are_raised_with_threads_joined(make, slow, event, workers):
    model = make(workers=workers)
    with pytest.raises(BoomError, match="boom"):
        model.train(callbacks=Watcher(event, error=BoomError("boom")))
    if event != "on_train_end":
        assert model.stopped.reason == "BoomError"
    model.train(callbacks=Recorder())
    assert len(model.loss_history) >= EPOCHS
    if workers == 1 and event != "on_train_end":
        assert_same(model, make().train())


def test_progress_says_how_far_the_run_is(make, slow):
    watcher = Watcher()
    model = make(workers=2).train(callbacks=watcher)
    seen = watcher.progress
    assert len(seen) >= EPOCHS  # at least once at the end of each epoch
    for name in ("tokens", "epoch", "pairs", "seconds"):
        values = [getattr(p, name) for p in seen]
        assert values == sorted(values)
    assert seen[0].alpha > 0.01
    last = seen[-1]
    assert isinstance(last, Progress)
    assert (last.epoch, last.epochs) == (EPOCHS, EPOCHS)
    assert last.tokens == last.total_tokens == EPOCHS * 20_480
    assert last.pairs == model._state.run.trained
    assert last.loss == model.loss_history[-1]
    assert last.alpha == pytest.approx(1e-4)
    assert last.words_per_second == pytest.approx(last.tokens / last.seconds)


@pytest.mark.usefixtures("slow")
def test_progress_is_called_by_seconds_or_tokens(make):
    seldom, tokens = Watcher(), Watcher()
    seldom.progress_seconds = 1e9
    tokens.progress_tokens = 15_000
    make(workers=2).train(callbacks=[seldom, tokens])
    assert seldom.progress == []
    steps = np.diff([0, *(p.tokens for p in tokens.progress)])
    assert len(steps) >= 2
    assert steps.min() >= 15_000


@pytest.mark.usefixtures("slow")
def test_wv_is_a_snapshot_during_progress(make):
    """No thread trains while the vectors are copied, and copies follow it."""
    copies = []

    class Copies(Callback):
        progress_seconds = 0.0

        def on_progress(self, model, progress):
            copies.append(model.wv.vectors)
            with model._state.gate.paused():
                now = model._state.centre_vectors.copy()
                time.sleep(0.05)
                assert np.array_equal(now, model._state.centre_vectors)

    model = make(workers=3).train(callbacks=Copies())
    # On a busy machine no thread may have trained between two calls.
    assert len({copy.tobytes() for copy in copies}) >= 3
    assert np.array_equal(copies[-1], model.wv.vectors)


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("workers", [1, 3])
def test_max_seconds_stops_and_the_run_continues(make, workers):
    model = make(workers=workers)
    model.train(max_seconds=0.15)
    assert model.stopped.reason == "max_seconds=0.15 passed"
    assert model.stopped.tokens < EPOCHS * 20_480
    calls = 0
    while model.stopped is not None and calls < 100:
        model.train(max_seconds=0.15)
        calls += 1
    assert 1 <= calls < 100
    assert len(model.loss_history) == EPOCHS
    if workers == 1:
        assert_same(model, make().train())


def test_max_seconds_applies_to_short_epochs(make):
    """Epochs of less than a tenth of a second are checked at their ends."""
    model = make(epochs=10_000).train(max_seconds=0.3)
    assert 0 < len(model.loss_history) < 10_000
    assert model.stopped.reason == "max_seconds=0.3 passed"


def test_max_seconds_of_a_run_that_is_shorter(make):
    assert make().train(max_seconds=1000).stopped is None


def test_a_new_run_after_a_stop(make):
    model = make().train(callbacks=lambda m: True)
    model.train(epochs=1)
    assert len(model.loss_history) == 2
    assert model.stopped is None


def test_copy_made_in_a_callback_says_where_it_is(make):
    copies = []
    model = make()
    model.train(callbacks=lambda m: copies.append(copy.deepcopy(m)))
    assert copies[0].stopped == (
        "the run had not ended when this checkpoint or copy was made", 1, 0, 20_480
    )  # fmt: skip
    assert copies[-1].stopped is None
    assert_same(copies[0].train(), model)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"callbacks": 3}, r"callbacks=3: expected a Callback, a function"),
        ({"callbacks": [Recorder(), "x"]}, r"callbacks\[1\]='x': expected a Callback"),
        ({"callbacks": Recorder}, r"a class: expected an object; pass Recorder\(…\)"),
        ({"callbacks": [Recorder]}, r"callbacks\[0\]=Recorder, a class"),
        ({"after_epoch": 3}, r"after_epoch=3: expected"),
        ({"max_seconds": "1"}, r"max_seconds='1': expected a number of seconds"),
        ({"max_seconds": True}, r"max_seconds=True: expected a number"),
        ({"max_seconds": 0}, r"max_seconds=0: expected a number above 0"),
        ({"max_seconds": math.nan}, r"max_seconds=nan: expected a number above 0"),
        ({"max_seconds": -1}, r"max_seconds=-1: expected a number above 0"),
    ],
)
def test_wrong_arguments_raise_before_training(make, arguments, message):
    model = make()
    with pytest.raises((TypeError, ValueError), match=message):
        model.train(**arguments)
    assert model.loss_history == []
    assert model._state.run is None


@pytest.mark.parametrize("reason", ["\x1b[2J", "a" * 20_000, "two\nlines", 7])
def test_any_reason_to_stop_is_saved_and_loaded(make, tmp_path, reason):
    class Stop(Callback):
        stop_reason = reason

        def on_epoch_end(self, model):
            return True

    model = make().train(callbacks=Stop())
    model.save(tmp_path / "m.w2v")
    assert Word2Vec.load(tmp_path / "m.w2v").stopped == model.stopped
    assert model.stopped.reason[:9] == str(reason)[:9].replace("\x1b", "\ufffd")
