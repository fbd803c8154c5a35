"""Small corpora in files, runs on them, a cluster of Ray, and engines that do harm."""

import signal
import warnings

import numpy as np
import pytest

from w2vfast.distributed import LocalEngine, RayEngine, ReplicaLostError, train

START_SECONDS = 30


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


class TwoNodes:
    """A cluster with a head and one more node."""

    def __init__(self):
        from ray.cluster_utils import Cluster

        self.cluster = Cluster(
            initialize_head=True,
            head_node_args={
                "num_cpus": 4,
                "include_dashboard": False,
                "_system_config": {  # a dead node is found in a second
                    "health_check_initial_delay_ms": 0,
                    "health_check_period_ms": 200,
                    "health_check_failure_threshold": 5,
                },
            },
        )
        self.node = self.cluster.add_node(num_cpus=4)
        self.cluster.wait_for_nodes(START_SECONDS)

    def kill_node(self):
        """Kill all processes of the second node."""
        self.cluster.remove_node(self.node, allow_graceful=False)


@pytest.fixture(scope="module")
def nodes():
    ray = pytest.importorskip("ray", reason="Ray is not installed")

    def give_up(*_):
        raise TimeoutError(f"no cluster of Ray after {START_SECONDS} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(START_SECONDS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = TwoNodes()
    except Exception as error:
        pytest.skip(f"Ray does not start here: {error}")
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    ray.init(address=found.cluster.address, log_to_driver=False)
    yield found
    ray.shutdown()
    found.cluster.shutdown()


class Killing(RayEngine):
    """
    An engine that does harm before some calls of `train`.

    Parameters
    ----------
    harm : dict of int to callable
        Called with the engine before the call of that number.
    """

    def __init__(self, harm, **options):
        super().__init__(**options)
        self.harm = harm
        self.number = 0

    def call(self, handle, method, *arguments):
        if method == "train":
            self.harm.get(self.number, lambda engine: None)(self)
            self.number += 1
        return super().call(handle, method, *arguments)


@pytest.fixture(scope="session")
def killing_engine():
    return Killing
