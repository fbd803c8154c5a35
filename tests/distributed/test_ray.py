"""Runs on two nodes of Ray on this machine, whose processes are killed."""

import os
import signal

import pytest

from w2vfast.distributed import RayEngine, train
from w2vfast.distributed.ray_engine import _kept_handlers

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # those of Ray
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL"),
]


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


def test_handlers_are_kept_when_the_cluster_is_left(monkeypatch):
    ray = pytest.importorskip("ray", reason="Ray is not installed")
    runs = []

    def shutdown():
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # as Ray does, below Python
        runs.clear()

    def mine(*_): ...

    monkeypatch.setattr(ray, "is_initialized", lambda: bool(runs))
    monkeypatch.setattr(ray, "init", lambda *_, **__: runs.append(1))
    monkeypatch.setattr(ray, "shutdown", shutdown)
    before = signal.signal(signal.SIGTERM, mine)
    try:
        with RayEngine("local"):
            pass
        assert not runs
        assert signal.getsignal(signal.SIGTERM) is mine
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
    nodes, killing_engine, text, parameters, expected, assert_same
):
    with killing_engine({7: kill_worker(2), 13: kill_worker(0)}) as engine:
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
    nodes, killing_engine, text, parameters, expected, assert_same
):
    """The last test: the other node has to do the rest."""
    with killing_engine({8: lambda engine: nodes.kill_node()}) as engine:
        assert_same(train(text, 3, engine=engine, **parameters), expected)
        assert engine.number > 18
