"""Threads: every token once, errors reach the caller, nothing hangs."""

import _thread
import signal
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
def no_thread_is_left():
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 5
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not set(threading.enumerate()) - before


@pytest.fixture(scope="module")
def corpus():
    """250,000 tokens: 16 work units."""
    rng = np.random.default_rng(0)
    ids = np.minimum(rng.geometric(0.02, 250_000) - 1, 300)
    return Corpus.from_ids(ids, np.arange(0, 250_001, 25))


def small(corpus, **parameters):
    return Word2Vec(corpus, **{"vector_size": 8, "epochs": 2} | parameters)


@pytest.mark.parametrize("workers", [1, 2, 4, 7])
def test_every_work_unit_is_trained_once(corpus, around_kernels, workers):
    seen, lock = [], threading.Lock()

    def note(train, job, epoch, first, last):
        with lock:
            seen.extend((epoch, b) for b in range(first, min(last, job.n_blocks)))
        return train(job, epoch, first, last)

    around_kernels(note)
    small(corpus, workers=workers).train()
    blocks = -(-len(corpus.ids) // 2**14)
    assert Counter(seen) == Counter((e, b) for e in range(2) for b in range(blocks))


@pytest.mark.parametrize("architecture", ["skipgram", "cbow"])
def test_workers_train_every_token_and_agree_on_the_loss(
    corpus, around_kernels, architecture
):
    def run(workers):
        centres = []

        def note(train, *call):
            result = train(*call)
            centres.append(result[2])
            return result

        around_kernels(note)
        model = small(corpus, workers=workers, sample=0, architecture=architecture)
        model.train()
        assert sum(centres) == 2 * len(corpus.ids)
        assert np.isfinite(model.wv.vectors).all()
        assert np.isfinite(model.outside_vectors).all()
        return model.loss_history

    one = run(1)
    # Threads read rows that others are about to step. With 300 words in all that
    # costs 0.03 %, or 1.7 % with more threads than cores.
    assert run(2) == pytest.approx(one, rel=0.02)
    assert run(4) == pytest.approx(one, rel=0.04)


def test_more_workers_than_work_units():
    sentences = [["a", "b"]] * 20
    model = Word2Vec(sentences, min_count=1, sample=0, workers=16, vector_size=4)
    assert len(model.train().loss_history) == 5


def test_default_is_what_the_process_may_use(corpus):
    assert small(corpus).workers == threads.available() >= 1


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize(
    "error", [BoomError, MemoryError, KeyboardInterrupt, SystemExit]
)
def test_an_error_in_a_kernel_is_raised_in_the_caller(
    corpus, around_kernels, workers, error
):
    calls = []

    def fail(train, *call):
        calls.append(call)
        if len(calls) == 3:
            raise error("in a kernel")
        return train(*call)

    around_kernels(fail)
    with pytest.raises(error, match="in a kernel"):
        small(corpus, workers=workers).train()
    assert len(calls) < 3 + 2 * workers


def test_the_others_stop_when_one_fails():
    """Soon, and all of them are over when the error is raised."""
    running, most = [], 4

    def work(stop):
        running.append(1)
        if len(running) == most:
            raise BoomError
        assert stop.wait(10)
        running.append(-1)

    start = time.monotonic()
    with pytest.raises(BoomError):
        threads.run(most, work)
    assert time.monotonic() - start < 5
    assert sum(running) == 1


def test_every_thread_runs():
    names = set()
    barrier = threading.Barrier(5)

    def work(stop):
        barrier.wait(10)
        names.add(threading.current_thread().name)

    threads.run(5, work)
    assert len(names) == 5
    assert threading.current_thread().name not in names


def interrupt_main_thread():
    """Press Ctrl-C; a real signal, where there is one, also ends a wait for a lock."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
    else:
        _thread.interrupt_main()


def test_threads_are_over_when_ctrl_c_is_raised():
    """An interrupted Thread.join() of CPython < 3.13 takes the thread for ended."""
    finished = threading.Event()

    def work(stop):
        time.sleep(0.1)  # the caller waits by now
        interrupt_main_thread()
        time.sleep(0.3)
        finished.set()

    with pytest.raises(KeyboardInterrupt):
        threads.run(1, work)
    assert finished.is_set()


def test_a_failure_to_start_a_thread_stops_the_rest(monkeypatch):
    started = []
    real = threading.Thread.start

    def start(thread):
        if len(started) == 2:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        real(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(RuntimeError, match="can't start"):
        threads.run(4, lambda stop: stop.wait(10))
    assert not any(thread.is_alive() for thread in started)


def test_an_error_in_the_progress_bar_stops_training(corpus, monkeypatch):
    def broken(self, tokens, loss):
        raise BoomError("bar")

    monkeypatch.setattr("w2vfast.training.trainer.TrainingBar.advance", broken)
    with pytest.raises(BoomError, match="bar"):
        small(corpus, workers=2).train()


@pytest.mark.parametrize("name", builds.built())
def test_compiled_kernels_let_other_threads_run(corpus, around_kernels, name):
    """The interpreter's lock is free while they work."""
    if name not in builds.usable():
        pytest.skip(f"{name}: this CPU can't run it")
    model = small(corpus, vector_size=200, kernels=name, workers=1, epochs=1)
    inside, ticks = threading.Event(), []

    def note(train, *call):
        inside.set()
        result = train(*call)
        inside.clear()
        return result

    def tick():
        while thread.is_alive():
            if inside.is_set():
                ticks.append(1)
            time.sleep(0.001)

    around_kernels(note)
    thread = threading.Thread(target=model.train)
    thread.start()
    tick()
    thread.join()
    assert len(ticks) > 20


def test_two_models_train_side_by_side(corpus):
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
def test_all_of_the_work_is_shared_out_once(workers, total, size):
    pieces = []

    def task(first, last):
        time.sleep(1e-5)
        pieces.append((first, last))

    threads.run_ranges(workers, total, size, task)
    done = Counter(i for first, last in pieces for i in range(first, last))
    assert done == Counter(range(total))
    assert all(0 < last - first <= size for first, last in pieces)
    assert len(pieces) == -(-total // size)
    if workers == 1:
        assert pieces == sorted(pieces)


def test_work_is_shared_among_all_threads():
    barrier = threading.Barrier(3)
    threads.run_ranges(3, 6, 2, lambda first, last: barrier.wait(10))


@pytest.mark.parametrize("error", [BoomError, MemoryError, KeyboardInterrupt])
@pytest.mark.parametrize("workers", [1, 3])
def test_an_error_in_a_piece_ends_the_work(workers, error):
    pieces = []

    def task(first, last):
        pieces.append(first)
        if first == 20:
            raise error("in a piece")
        if first > 20:
            time.sleep(0.01)

    with pytest.raises(error, match="in a piece"):
        threads.run_ranges(workers, 10_000, 10, task)
    assert {0, 10, 20} <= set(pieces)
    assert len(pieces) < 3 + 10 * workers


def test_ctrl_c_ends_the_work():
    pieces = []

    def task(first, last):
        pieces.append(first)
        if first == 3:
            interrupt_main_thread()
        time.sleep(0.05)

    with pytest.raises(KeyboardInterrupt):
        threads.run_ranges(2, 1000, 1, task)
    assert len(pieces) < 20
