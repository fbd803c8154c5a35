"""Threads: each block is trained once, errors reach the caller, nothing hangs."""

import _thread
import signal
import sys
import threading
import time
from collections import Counter

import numpy as np
import pytest

from w2vfast import Corpus, Word2Vec
from w2vfast import kernels as builds
from w2vfast.runtime import threads


class BoomError(Exception):
    pass


@pytest.fixture(autouse=True)
def no_thread_remains():
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 60
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not set(threading.enumerate()) - before


@pytest.fixture(scope="module")
def corpus():
    """Return a corpus of 250,000 tokens: 16 blocks."""
    rng = np.random.default_rng(0)
    ids = np.minimum(rng.geometric(0.02, 250_000) - 1, 300)
    return Corpus.from_ids(ids, np.arange(0, 250_001, 25))


def wait_for(stop):
    deadline = time.monotonic() + 60
    while not stop.is_set() and time.monotonic() < deadline:
        time.sleep(0.001)
    assert stop.is_set()


def small(corpus, **parameters):
    return Word2Vec(corpus, **{"vector_size": 8, "epochs": 2} | parameters)


@pytest.mark.parametrize("workers", [1, 2, 4, 7])
def test_every_block_is_trained_once(corpus, wrap_kernels, workers):
    seen, lock = [], threading.Lock()

    def record(train, arguments, epoch, first, last, loss):
        with lock:
            seen.extend((epoch, b) for b in range(first, min(last, arguments.n_blocks)))
        return train(arguments, epoch, first, last, loss)

    wrap_kernels(record)
    small(corpus, workers=workers).train()
    blocks = -(-len(corpus.ids) // 2**14)
    assert Counter(seen) == Counter((e, b) for e in range(2) for b in range(blocks))


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_workers_train_every_token_and_agree_on_the_loss(
    corpus, wrap_kernels, architecture
):
    def run(workers):
        centres = []

        def record(train, *call):
            result = train(*call)
            centres.append(result[2])
            return result

        wrap_kernels(record)
        model = small(corpus, workers=workers, sample=0, architecture=architecture)
        model.train()
        assert sum(centres) == 2 * len(corpus.ids)
        assert np.isfinite(model.wv.vectors).all()
        assert np.isfinite(model.outside_vectors).all()
        return model.loss_history

    one = run(1)
    # Threads read rows that other threads are updating. With 300 words this raises
    # the loss by 0.03 %, or by 1.7 % with more threads than cores.
    assert run(2) == pytest.approx(one, rel=0.02)
    assert run(4) == pytest.approx(one, rel=0.04)


def test_more_workers_than_blocks():
    sentences = [["a", "b"]] * 20
    model = Word2Vec(sentences, min_count=1, sample=0, workers=16, vector_size=4)
    assert len(model.train().loss_history) == 5


def test_workers_default_to_the_available_cores(corpus):
    assert small(corpus).workers == threads.available() >= 1


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize(
    "error", [BoomError, MemoryError, KeyboardInterrupt, SystemExit]
)
def test_error_in_a_kernel_reaches_the_caller(
    corpus, wrap_kernels, monkeypatch, workers, error
):
    calls = []
    monkeypatch.setattr("w2vfast.training.epoch.next_n_blocks", lambda n, seconds: 1)

    def fail(train, *call):
        calls.append(call)
        if len(calls) == 3:
            raise error("in a kernel")
        if len(calls) > 3:
            time.sleep(0.05)  # on a busy machine the error is seen late
        return train(*call)

    wrap_kernels(fail)
    with pytest.raises(error, match="in a kernel"):
        small(corpus, workers=workers).train()
    assert len(calls) < 16


def test_an_error_stops_the_other_threads():
    """They stop soon and have all ended when the error is raised."""
    running, n_threads = [], 4

    def work(stop):
        running.append(1)
        if len(running) == n_threads:
            raise BoomError
        wait_for(stop)
        running.append(-1)

    with pytest.raises(BoomError):
        threads.run(n_threads, work)
    assert sum(running) == 1


def test_run_starts_every_thread():
    names = set()
    barrier = threading.Barrier(5)

    def work(stop):
        barrier.wait(60)
        names.add(threading.current_thread().name)

    threads.run(5, work)
    assert len(names) == 5
    assert threading.current_thread().name not in names


def interrupt_main_thread():
    """Simulate Ctrl-C; unlike interrupt_main, a real signal also ends lock waits."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
    else:
        _thread.interrupt_main()


def test_threads_have_ended_when_ctrl_c_is_raised():
    """In CPython < 3.13 an interrupted Thread.join() marks the thread as ended."""
    finished = threading.Event()

    def work(stop):
        time.sleep(0.1)  # the caller is waiting now
        interrupt_main_thread()
        time.sleep(0.3)
        finished.set()

    with pytest.raises(KeyboardInterrupt):
        threads.run(1, work)
    assert finished.is_set()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no timers")
@pytest.mark.parametrize("seconds", [0, 1e-4])
def test_ctrl_c_at_any_moment_is_raised_and_leaves_no_thread(seconds, monkeypatch):
    """An interrupt must not leave a lock held, nor be lost in a destructor of ours."""
    working, signals, raised, lost = Counter(), [], 0, []
    # Python loses one that comes in a callback of a weak reference, such as WeakSet's.
    monkeypatch.setattr(sys, "unraisablehook", lost.append)

    def interrupt(*_):
        signals.append(1)
        raise KeyboardInterrupt

    def work(stop):
        working[threading.get_ident()] += 1
        time.sleep(seconds)
        working[threading.get_ident()] -= 1

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        for i in range(2000):
            try:
                try:
                    signal.setitimer(signal.ITIMER_REAL, 1e-6 * (1 + i % 400))
                    threads.run(2, work)
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                raised += 1
            assert not any(working.values())
    finally:
        signal.signal(signal.SIGALRM, before)
    assert all("WeakSet" in repr(call.object) for call in lost)
    assert raised + len(lost) == len(signals) > 100


def test_failure_to_start_a_thread_stops_the_others(monkeypatch):
    started = []
    real = threading.Thread.start

    def start(thread):
        if len(started) == 2:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        real(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(RuntimeError, match="can't start"):
        threads.run(4, wait_for)
    for thread in started:  # their work has ended; Python may still clear up
        thread.join(5)
    assert not any(thread.is_alive() for thread in started)


def test_error_in_the_progress_bar_stops_training(corpus, monkeypatch):
    def broken(self, tokens, loss, alpha):
        raise BoomError("bar")

    monkeypatch.setattr("w2vfast.training.trainer.TrainingBar.advance", broken)
    with pytest.raises(BoomError, match="bar"):
        small(corpus, workers=2).train()


@pytest.mark.parametrize("name", builds.built())
def test_compiled_kernels_let_other_threads_run(corpus, wrap_kernels, name):
    """Kernels release the interpreter lock while they compute."""
    if name not in builds.usable():
        pytest.skip(f"{name}: this CPU can't run it")
    model = small(corpus, vector_size=200, kernels=name, workers=1, epochs=1)
    inside, ticks = threading.Event(), []

    def record(train, *call):
        inside.set()
        result = train(*call)
        inside.clear()
        return result

    def tick():
        while thread.is_alive():
            if inside.is_set():
                ticks.append(1)
            time.sleep(0.001)

    wrap_kernels(record)
    thread = threading.Thread(target=model.train)
    thread.start()
    tick()
    thread.join()
    assert len(ticks) > 20


def test_two_models_train_at_the_same_time(corpus):
    alone = small(corpus, workers=1).train().wv.vectors
    pair = [small(corpus, workers=1) for _ in range(2)]
    both = [threading.Thread(target=model.train) for model in pair]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    for model in pair:
        assert np.array_equal(model.wv.vectors, alone)


@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize(
    ("total", "size"), [(0, 3), (1, 1), (1, 9), (10, 1), (10, 3), (12, 4), (500, 7)]
)
def test_run_ranges_covers_the_work_once(workers, total, size):
    ranges = []

    def task(first, last):
        time.sleep(1e-5)
        ranges.append((first, last))

    threads.run_ranges(workers, total, size, task)
    done = Counter(i for first, last in ranges for i in range(first, last))
    assert done == Counter(range(total))
    assert all(0 < last - first <= size for first, last in ranges)
    assert len(ranges) == -(-total // size)
    if workers == 1:
        assert ranges == sorted(ranges)


def test_run_ranges_uses_every_thread():
    barrier = threading.Barrier(3)
    threads.run_ranges(3, 6, 2, lambda first, last: barrier.wait(60))


@pytest.mark.parametrize("error", [BoomError, MemoryError, KeyboardInterrupt])
@pytest.mark.parametrize("workers", [1, 3])
def test_error_in_a_range_stops_run_ranges(workers, error):
    ranges = []

    def task(first, last):
        ranges.append(first)
        if first == 20:
            raise error("in a range")
        if first > 20:
            time.sleep(0.01)

    with pytest.raises(error, match="in a range"):
        threads.run_ranges(workers, 10_000, 10, task)
    assert {0, 10, 20} <= set(ranges)
    assert len(ranges) < 500  # of 1000: on a busy machine some more than on others


def test_ctrl_c_stops_run_ranges():
    ranges = []

    def task(first, last):
        ranges.append(first)
        if first == 3:
            interrupt_main_thread()
        time.sleep(0.05)

    with pytest.raises(KeyboardInterrupt):
        threads.run_ranges(2, 1000, 1, task)
    assert len(ranges) < 500  # also if the machine is busy


def test_the_number_of_threads_is_capped_with_a_message():
    most = threads.most_workers()
    assert threads.resolve(most) == most >= 64
    with pytest.warns(UserWarning, match=f"workers=100000: {most} threads are"):
        assert threads.resolve(100_000) == most
    with pytest.warns(UserWarning, match="workers=1000000000000000000000000"):
        assert threads.resolve(10**24) == most


def test_a_capped_model_trains(corpus):
    with pytest.warns(UserWarning, match="workers=100000"):
        model = small(corpus, workers=100_000, epochs=1)
    assert model.workers == threads.most_workers()
    assert len(model.train().loss_history) == 1
