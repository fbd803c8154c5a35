"""Files and copies made at any moment of training are of one moment."""

import copy
import pickle
import signal
import threading
import time
from contextlib import contextmanager

import numpy as np
import pytest

from w2vfast import Corpus, KeyedVectors, Word2Vec
from w2vfast.training.state import TrainingState

SETTINGS = {"vector_size": 16, "workers": 1, "epochs": 3}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr("w2vfast.training.prepare.BLOCK_TOKENS", 1 << 11)
    monkeypatch.setattr("w2vfast.training.epoch.next_n_blocks", lambda size, seconds: 1)


@pytest.fixture(autouse=True)
def limit():
    """Fail instead of hanging."""
    if hasattr(signal, "SIGALRM"):
        before = signal.signal(signal.SIGALRM, signal.default_int_handler)
        signal.alarm(300)
        yield
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    else:
        yield


@pytest.fixture(scope="module")
def corpus():
    rng = np.random.default_rng(0)
    ids = np.minimum(rng.geometric(0.02, 120_000) - 1, 300)
    return Corpus.from_ids(ids, np.arange(0, 120_001, 25))


@pytest.fixture
def whole(corpus, small_blocks):
    """Return the vectors of an uninterrupted run."""
    return embeddings(Word2Vec(corpus, **SETTINGS).train())


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


class Pace:
    """
    Lets training go on by a few blocks for each copy that a test makes.

    A copy is made while these blocks are trained, at any moment of them. Then training
    waits for the next copy. So copies are of different moments on any machine.
    """

    BLOCKS = 10

    def __init__(self):
        self._permits = threading.Semaphore(0)
        self._waiting = threading.Event()

    def after_block(self, *_):
        """Wait for a permit; return the number of blocks of the next kernel call."""
        if not self._permits.acquire(blocking=False):
            self._waiting.set()
            assert self._permits.acquire(timeout=120)
        return 1

    def steps(self, is_training):
        """Yield once for some blocks, until training has ended."""
        while is_training():
            while not self._waiting.wait(0.01) and is_training():
                pass
            self._waiting.clear()
            self._permits.release(self.BLOCKS)
            yield


@pytest.fixture
def pace():
    """Return the pace of all training while its context lasts."""

    @contextmanager
    def paced():
        pace = Pace()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("w2vfast.training.epoch.next_n_blocks", pace.after_block)
            yield pace

    return paced


def embeddings(model):
    return np.concatenate([model.wv.vectors, model.outside_vectors])


def train_in_a_thread(model):
    thread = threading.Thread(target=model.train, daemon=True)
    thread.start()
    return thread


def finished(model, corpus):
    """Return the result of the rest of a run. It is the same wherever it stopped."""
    return embeddings(model.train(corpus)) if not model._state.run.done else None


def check_all(models, corpus, whole):
    """Check that runs continue from every model to the bits of the whole run."""
    positions = {(m._state.run.epoch, m._state.run.block) for m in models}
    assert len(positions) > 3
    for model in models:
        result = finished(model, corpus)
        assert result is None or np.array_equal(result, whole)


def save_and_load(model, folder):
    path = folder / f"{threading.get_ident()}-{time.perf_counter_ns()}.w2v"
    model.save(path)
    return Word2Vec.load(path, workers=1)


@pytest.mark.parametrize(
    "duplicate",
    [
        save_and_load,
        lambda model, _: copy.deepcopy(model),
        lambda model, _: pickle.loads(pickle.dumps(model)),
    ],
    ids=["save", "deepcopy", "pickle"],
)
def test_copies_made_by_another_thread_continue_the_run(
    corpus, whole, tmp_path, pace, duplicate
):
    model, models = Word2Vec(corpus, **SETTINGS), []
    with pace() as steps:
        thread = train_in_a_thread(model)
        for _ in steps.steps(thread.is_alive):
            models.append(duplicate(model, tmp_path))
    assert np.array_equal(embeddings(model), whole)
    check_all(models, corpus, whole)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs timers")
def test_files_saved_by_signal_handlers_continue_the_run(corpus, whole, tmp_path, pace):
    model, paths, saved = Word2Vec(corpus, **SETTINGS), [], []

    def save(*_):
        paths.append(tmp_path / f"{len(paths)}.w2v")
        model.save(paths[-1])
        saved.append(paths[-1])

    before = signal.signal(signal.SIGUSR1, save)
    main, done = threading.main_thread().ident, threading.Event()

    def send(steps):
        for n, _ in enumerate(steps.steps(lambda: not done.is_set())):
            signal.pthread_kill(main, signal.SIGUSR1)
            while len(saved) == n and not done.wait(0.001):
                pass  # handlers would nest

    with pace() as steps:
        sender = threading.Thread(target=send, args=[steps])
        try:
            sender.start()
            model.train()
        finally:
            done.set()
            sender.join()
            signal.signal(signal.SIGUSR1, before)
    assert np.array_equal(embeddings(model), whole)
    loaded = [Word2Vec.load(path, workers=1) for path in paths]
    check_all([m for m in loaded if m._state.run is not None], corpus, whole)


@pytest.mark.parametrize("workers", [1, 3])
def test_everything_is_of_one_moment_with_any_number_of_workers(
    corpus, tmp_path, pace, workers
):
    """The vectors do not change while they are written, and files load."""
    model, count = Word2Vec(corpus, **SETTINGS | {"workers": workers}), 0
    with pace() as steps:
        thread = train_in_a_thread(model)
        for _ in steps.steps(thread.is_alive):
            model.save(tmp_path / "m.w2v")
            Word2Vec.load(tmp_path / "m.w2v", workers=1)
            model.save_vectors(tmp_path / "v.w2v")
            KeyedVectors.load(tmp_path / "v.w2v")
            model.wv.save_word2vec_format(tmp_path / "v.bin", binary=True)
            count += 1
    assert count > 2
    assert not list(tmp_path.glob(".*"))


def test_wv_is_of_this_moment_and_stays_the_same(corpus, pace):
    model, seen = Word2Vec(corpus, **SETTINGS), []
    with pace() as steps:
        thread = train_in_a_thread(model)
        for _ in steps.steps(thread.is_alive):
            wv = model.wv
            seen.append((wv, wv.vectors.copy()))
    assert len({id(wv) for wv, _ in seen}) > 3
    assert all(np.array_equal(wv.vectors, vectors) for wv, vectors in seen)
    assert model.wv is model.wv
    assert np.array_equal(model.wv.vectors, model._state.centre_vectors)


def test_progress_may_save(corpus, whole, tmp_path):
    """A callback in a worker saves, and pauses the other workers."""
    model, paths = Word2Vec(corpus, **SETTINGS), []

    def advance(self, tokens, loss, alpha):
        paths.append(tmp_path / f"{len(paths)}.w2v")
        model.save(paths[-1])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("w2vfast.training.trainer.TrainingBar.advance", advance)
        model.train()
    loaded = [Word2Vec.load(path, workers=1) for path in paths[::40]]
    check_all(loaded, corpus, whole)


def test_a_second_train_is_refused(corpus, whole, pace):
    model, errors = Word2Vec(corpus, **SETTINGS), []

    def train_again(model):
        try:
            model.train()
        except RuntimeError as error:
            errors.append(str(error))

    with pace() as steps:
        thread = train_in_a_thread(model)
        for n, _ in enumerate(steps.steps(thread.is_alive)):
            if n == 0:
                train_again(model)
        thread.join()
    assert "another train() of this model runs" in errors.pop()
    assert np.array_equal(embeddings(model), whole)
    model.train(epochs=1, after_epoch=train_again)
    assert "around this callback" in errors.pop()
    model.train(epochs=1)


def test_a_model_that_is_not_finite_replaces_no_file(corpus, tmp_path):
    model, path = Word2Vec(corpus, **SETTINGS), tmp_path / "m.w2v"
    model.save(path)
    before = path.read_bytes()
    model._state.outside[3, 1] = np.nan
    with pytest.raises(ValueError, match=r"m\.w2v was not written.* row 3 .*alpha"):
        model.save(path)
    assert path.read_bytes() == before and names_in(tmp_path) == ["m.w2v"]


def test_old_run_states_have_no_fingerprint():
    """Files of earlier versions resume with a check of the number of tokens only."""
    values = TrainingState(Word2Vec([["a", "b"]] * 9, min_count=1).parameters, 0, 18)
    state = {n: v for n, v in values.as_dict().items() if n != "corpus"}
    assert TrainingState.from_dict(state, values.parameters) == values
