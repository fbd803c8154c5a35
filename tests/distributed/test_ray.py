"""Runs on two nodes of Ray on this machine, whose processes are killed."""

import os
import signal
import warnings

import pytest

from w2vfast.distributed import RayEngine, train
from w2vfast.distributed.ray_engine import _kept_handlers

START_SECONDS = 30

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # those of Ray
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL"),
]


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


def kill_worker(replica):
    return lambda engine: os.kill(engine._places[replica][2], signal.SIGKILL)


def test_handlers_of_signals_are_kept():
    def mine(*_): ...

    before = signal.signal(signal.SIGTERM, mine)
    try:
        with _kept_handlers():
            signal.signal(signal.SIGTERM, signal.SIG_IGN)  # as Ray does
        assert signal.getsignal(signal.SIGTERM) is mine
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        with _kept_handlers():
            signal.signal(signal.SIGTERM, mine)
        assert signal.getsignal(signal.SIGTERM) is mine  # Ray's is better than none
    finally:
        signal.signal(signal.SIGTERM, before)


def fail_at_start(monkeypatch, error):
    """Make ray.init raise an error."""
    ray = pytest.importorskip("ray", reason="Ray is not installed")

    def init(*_, **__):
        raise error

    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray, "init", init)


@pytest.mark.parametrize(
    ("address", "fix"),
    [
        ("ray://127.0.0.1:9", r"port \(10001, .*ray_client_server\.err.*RAY_AUTH_MODE"),
        ("127.0.0.1:9", r"port \(6379"),
        ("auto", "ray start --head"),
    ],
)
def test_an_address_without_a_cluster_is_named(monkeypatch, address, fix):
    error = ConnectionAbortedError("Initialization failure:\n\nno server\n")
    fail_at_start(monkeypatch, error)
    message = rf"at address='{address}' \(no server\): .*{fix}"
    with pytest.raises(ConnectionError, match=message):
        RayEngine(address)


@pytest.mark.parametrize("address", [None, "local"])
@pytest.mark.parametrize("error", [ConnectionError, RuntimeError, TimeoutError])
def test_a_cluster_that_does_not_start_is_no_wrong_address(monkeypatch, address, error):
    fail_at_start(monkeypatch, error("the raylet ended"))
    message = rf"does not start on .*={address!r}\) \(the raylet ended\): .*session_lat"
    with pytest.raises(ConnectionError, match=message) as caught:
        RayEngine(address)
    assert "ray start" not in str(caught.value)


def test_killed_workers_do_not_change_a_bit(
    nodes, text, parameters, expected, assert_same
):
    with Killing({7: kill_worker(2), 13: kill_worker(0)}) as engine:
        assert_same(train(text, 3, engine=engine, **parameters), expected)
        assert engine.number == 18 + 2
        assert len({place[2] for place in engine._places.values()}) == 3
        assert not engine._handles


def test_an_error_of_an_actor_is_raised_as_it_is(nodes, tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_bytes(b"a b\n" * 10 + b"\xff\n")
    with (
        RayEngine() as engine,
        pytest.raises(ValueError, match=r"corpus\.txt .*not utf-8"),
    ):
        train(path, 2, engine=engine)


def test_a_replica_without_a_free_core_is_an_error(nodes, text, monkeypatch):
    monkeypatch.setattr("w2vfast.distributed.ray_engine._POLL_SECONDS", 0.1)
    with (
        RayEngine(start_timeout=0.5) as engine,
        pytest.raises(TimeoutError, match=r"waits for 40 free cores.*fewer replicas"),
    ):
        train(text, 2, engine=engine, workers=40)


def test_an_address_is_refused_while_ray_is_connected(nodes):
    with pytest.raises(ValueError, match=r"ray\.shutdown"):
        RayEngine("local")


def test_a_killed_node_does_not_change_a_bit(
    nodes, text, parameters, expected, assert_same
):
    """The last test: the other node has to do the rest."""
    with Killing({8: lambda engine: nodes.kill_node()}) as engine:
        assert_same(train(text, 3, engine=engine, **parameters), expected)
        assert engine.number > 18
