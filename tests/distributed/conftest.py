"""Small corpora in files, runs on them, and an engine that loses replicas."""

import numpy as np
import pytest

from w2vfast.distributed import LocalEngine, ReplicaLostError, train


@pytest.fixture(scope="session")
def parameters():
    """Return the parameters of a short run: 3 replicas, 6 rounds in all."""
    return {
        "vector_size": 16,
        "min_count": 2,
        "epochs": 3,
        "chunk_size": 64,
        "merge_every": 21_000,
        "progress": False,
    }


@pytest.fixture(scope="session")
def write_text():
    """Return a function that writes a text of random words, 10 in a line."""

    def write(path, tokens=120_000, words=400, seed=1):
        rng = np.random.default_rng(seed)
        ids = rng.integers(0, words, (2, tokens // 10, 10)).min(axis=0)
        lines = (" ".join(map(str, line)) + "\n" for line in ids.tolist())
        path.write_text("".join(lines))
        return path

    return write


@pytest.fixture(scope="session")
def text(tmp_path_factory, write_text):
    return write_text(tmp_path_factory.mktemp("corpus") / "corpus.txt")


@pytest.fixture(scope="session")
def expected(text, parameters):
    """Return an uninterrupted run of three replicas."""
    return train(text, 3, **parameters)


@pytest.fixture(scope="session")
def assert_same():
    """Return a function that compares vectors and losses bit by bit."""

    def check(model, other):
        assert model.vocabulary.index_to_key == other.vocabulary.index_to_key
        assert model.loss_history == other.loss_history
        np.testing.assert_array_equal(model.wv.vectors, other.wv.vectors)
        np.testing.assert_array_equal(model._state.outside, other._state.outside)

    return check


class FlakyEngine(LocalEngine):
    """
    Loses replicas, or changes their results.

    Parameters
    ----------
    act : callable
        Called with the method, the number of its earlier calls, and a function that
        makes the call. Its result is the result of the call. If it raises
        ReplicaLostError, the replica is lost.
    """

    def __init__(self, act):
        self.act = act
        self.calls = {}
        self.running = 0
        self.lost = set()

    def start(self, job):
        self.running += 1
        return super().start(job)

    def stop(self, handle):
        self.running -= 1

    def call(self, handle, method, *arguments):
        call = super().call(handle, method, *arguments)

        def make():
            if id(handle) in self.lost:
                raise ReplicaLostError("it is gone")
            number = self.calls.get(method, 0)
            self.calls[method] = number + 1
            try:
                return self.act(method, number, call)
            except ReplicaLostError:
                self.lost.add(id(handle))
                vars(handle).clear()
                raise

        return make


@pytest.fixture(scope="session")
def flaky_engine():
    return FlakyEngine


@pytest.fixture
def memory():
    """Return the file system in memory of fsspec."""
    fsspec = pytest.importorskip("fsspec", reason="URLs need fsspec")
    return fsspec.filesystem("memory")
