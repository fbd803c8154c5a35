"""The gate: workers and readers exclude each other, and nothing deadlocks."""

import copy
import os
import pickle
import signal
import sys
import sysconfig
import threading
import time

import pytest

from w2vfast.runtime.pause_gate import PauseGate

SECONDS = 0.5

#: A signal during a wait for a lock can end the interpreter: python/cpython#148820,
#: corrected in 3.13.14 and 3.14.5.
FRAGILE_WAITS = bool(sysconfig.get_config_var("Py_GIL_DISABLED")) and (
    sys.version_info < (3, 13, 14) or (3, 14) <= sys.version_info < (3, 14, 5)
)


class Model:
    """Two numbers that are equal unless somebody looks in the middle of a change."""

    def __init__(self):
        self.gate = PauseGate()
        self.one = self.two = 0
        self.stop = threading.Event()
        self.errors = []

    def work(self):
        while not self.stop.is_set():
            with self.gate.working():
                self.one += 1
                time.sleep(1e-5)
                self.two += 1

    def read(self):
        with self.gate.paused():
            before = self.one, self.two, self.gate.turns
            time.sleep(2e-5)
            if (self.one, self.two, self.gate.turns) != before or before[0] != before[
                1
            ]:
                self.errors.append(before)


@pytest.fixture
def model():
    """Return a model; the test fails if a thread does not end or a read was torn."""
    model = Model()
    before = set(threading.enumerate())
    yield model
    model.stop.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(60)
        assert not thread.is_alive(), "a thread hangs"
    assert model.errors == []


@pytest.fixture
def one_worker(model):
    """Start one worker: `one` and `two` are not changed by several threads."""
    threading.Thread(target=model.work, daemon=True).start()


@pytest.fixture
def limit():
    """Fail instead of hanging."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def fail(*_):
        raise TimeoutError("the main thread hangs")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(120)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def until(seconds, is_enough=lambda: True):
    """Go on for so long; on a busy machine, until there is enough to check."""
    end = time.monotonic() + seconds
    while (now := time.monotonic()) < end or (now < end + 60 and not is_enough()):
        yield


@pytest.mark.usefixtures("one_worker", "limit")
def test_reads_of_several_threads_are_of_one_moment(model):
    def read():
        for _ in until(SECONDS):
            model.read()

    readers = [threading.Thread(target=read, daemon=True) for _ in range(3)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(60)
    assert model.one > 0


@pytest.mark.usefixtures("limit")
def test_no_worker_works_in_a_pause(model):
    """Also with several workers, each of which counts for itself."""
    active, seen = [], []

    def work():
        while not model.stop.is_set():
            with model.gate.working():
                active.append(1)
                time.sleep(1e-4)
                active.pop()

    for _ in range(4):
        threading.Thread(target=work, daemon=True).start()
    for _ in until(SECONDS, lambda: len(seen) > 10):
        with model.gate.paused():
            seen.append(len(active))
            time.sleep(1e-4)
    assert len(seen) > 10 and not any(seen)


@pytest.mark.usefixtures("limit")
def test_workers_may_pause_inside_and_outside_working(model):
    """All of them at once, and inside another pause."""
    turns = []
    lock = threading.Lock()
    changes = [0, 0]

    def work():
        while not model.stop.is_set():
            with model.gate.working():
                with lock:
                    changes[0] += 1
                    changes[1] += 1
                with model.gate.paused(), model.gate.paused():
                    first = list(changes)
                    time.sleep(1e-5)
                    if changes != first:
                        model.errors.append(changes)
            with model.gate.paused():
                turns.append(model.gate.turns)

    for _ in range(4):
        threading.Thread(target=work, daemon=True).start()
    for _ in until(SECONDS, lambda: len(turns) > 10):
        time.sleep(0.01)
    assert len(turns) > 10


@pytest.mark.usefixtures("one_worker", "limit")
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs timers")
@pytest.mark.skipif(FRAGILE_WAITS, reason="signals may end this CPython")
@pytest.mark.parametrize("interval", [1e-4, 3e-5])
def test_signal_handlers_may_pause_anywhere(model, interval):
    """Also while the interrupted code begins, has or ends a pause."""
    calls, depth = [], [0]

    def handle(*_):
        if depth[0] < 5:  # handlers also interrupt handlers
            depth[0] += 1
            calls.append(1)
            model.read()
            depth[0] -= 1

    before = signal.signal(signal.SIGUSR1, handle)
    main, done = threading.main_thread().ident, threading.Event()

    def send():
        while not done.is_set():
            signal.pthread_kill(main, signal.SIGUSR1)
            time.sleep(interval)

    sender = threading.Thread(target=send, daemon=True)
    try:
        sender.start()
        for _ in until(2 * SECONDS, lambda: len(calls) > 20):
            model.read()
    finally:
        done.set()
        sender.join()
        signal.signal(signal.SIGUSR1, before)
    assert len(calls) > 20 and model.one > 0


@pytest.mark.usefixtures("one_worker", "limit")
@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs signals")
def test_ctrl_c_in_a_pause_ends_it(model):
    """Wherever it strikes, workers go on afterwards."""
    main = threading.main_thread().ident
    ready, done = threading.Event(), threading.Event()

    def send():
        while not done.is_set():
            if ready.wait(0.1):
                ready.clear()
                signal.pthread_kill(main, signal.SIGINT)

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    interrupts = []
    for _ in until(2 * SECONDS, lambda: len(interrupts) > 20):
        try:
            ready.set()
            while True:
                model.read()
        except KeyboardInterrupt:
            interrupts.append(1)
        turns, start = model.gate.turns, time.monotonic()
        while model.gate.turns < turns + 2:
            assert time.monotonic() < start + 60, "the pause did not end"
            time.sleep(1e-5)
    done.set()
    sender.join()
    assert len(interrupts) > 20


@pytest.mark.usefixtures("limit")
def test_work_inside_a_pause_does_not_end_it_for_others(model):
    def work():
        with model.gate.working():
            pass

    worker = threading.Thread(target=work, daemon=True)
    with model.gate.paused():
        work()
        before = model.gate.turns
        worker.start()
        worker.join(0.2)
        assert model.gate.turns == before and worker.is_alive()
    worker.join(60)
    assert model.gate.turns == before + 1


@pytest.mark.usefixtures("limit")
def test_an_error_in_a_pause_ends_it(model):
    with pytest.raises(ZeroDivisionError), model.gate.paused():
        raise ZeroDivisionError
    with model.gate.working():
        assert model.gate.turns == 1


def test_a_claim_is_exclusive_and_ends(model):
    gate, other = PauseGate(), []

    def claim():
        try:
            with gate.claimed():
                other.append("claimed")
        except RuntimeError as error:
            other.append(str(error))

    def claim_in_a_thread():
        thread = threading.Thread(target=claim)
        thread.start()
        thread.join()
        return other.pop()

    with gate.claimed():
        assert "another train()" in claim_in_a_thread()
        expected = r"wait until .*deepcopy\(model\)"
        with pytest.raises(RuntimeError, match=expected), gate.claimed():
            pass
        assert "another train()" in claim_in_a_thread()
    assert claim_in_a_thread() == "claimed"
    with pytest.raises(KeyError), gate.claimed():
        raise KeyError
    assert claim_in_a_thread() == "claimed"


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda g: pickle.loads(pickle.dumps(g))]
)
def test_a_copy_is_a_new_gate(duplicate):
    gate = PauseGate()
    with gate.claimed(), gate.working():
        other = duplicate(gate)
        assert other is not gate and other.turns == 0
        with other.claimed(), other.paused():
            pass


def run_in_child(action):
    """Return what `action` returns in a forked process, as text."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        try:
            answer = str(action())
        except RuntimeError as error:
            answer = f"RuntimeError: {error}"
        except BaseException as error:
            answer = repr(error)
        os.write(write, answer.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as file:
        answer = file.read()
    os.waitpid(child, 0)
    return answer


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_forgets_the_threads_of_its_parent():
    gate, inside, leave = PauseGate(), threading.Event(), threading.Event()

    def hold(context):
        with context():
            inside.set()
            leave.wait(60)

    def use():
        with gate.paused(), gate.claimed():
            pass
        with gate.working():
            return "free"

    assert run_in_child(use) == "free"
    for context, answer in [
        (gate.paused, "free"),
        (gate.claimed, "free"),
        (gate.working, "RuntimeError: this process was forked while train()"),
    ]:
        thread = threading.Thread(target=hold, args=[context], daemon=True)
        thread.start()
        inside.wait(60)
        assert run_in_child(use).startswith(answer)
        leave.set()
        thread.join()
        inside.clear()
        leave.clear()
    with gate.paused():
        assert run_in_child(use) == "free"
