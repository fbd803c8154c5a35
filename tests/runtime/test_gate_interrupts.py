"""Ctrl-C at any moment leaves no pause, no work, no claim and no lock behind."""

import contextlib
import signal
import sys
import threading
import time
from operator import attrgetter
from pathlib import Path

import numpy as np
import pytest

import w2vfast
from w2vfast import Corpus, Word2Vec
from w2vfast.io.atomic import check_writable
from w2vfast.io.file_lock import file_lock
from w2vfast.runtime.pause_gate import PauseGate

PACKAGE = str(Path(w2vfast.__file__).parent)
FILES = (PACKAGE, contextlib.__file__, __file__)
#: An interrupt in a callback is lost with a warning, and so is an open file.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)
NAME = attrgetter("__name__")
SETTINGS = {"vector_size": 4, "workers": 1, "epochs": 2, "min_count": 1, "sample": 0}


class Interrupter:
    """Raises KeyboardInterrupt before one instruction of the code that it traces."""

    def __init__(self, at=None):
        self.at = at
        self.count = 0

    def trace(self, frame, event, _):
        if event == "call":
            if not frame.f_code.co_filename.startswith(FILES):
                return None
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
            return self.trace
        if event == "opcode":
            self.count += 1
            if self.count == self.at:
                raise KeyboardInterrupt
        return self.trace

    def run(self, function):
        """Call a function; return the interrupt, whose frames stay alive, or None."""
        before = sys.gettrace()
        sys.settrace(self.trace)
        try:
            function()
        except KeyboardInterrupt as error:
            return error
        finally:
            sys.settrace(before)
        return None


def interrupts_everywhere(function):
    """Call a function again and again, each time with an interrupt one later."""
    Interrupter().run(function)  # CPython 3.13 traces all instructions from the second
    counter = Interrupter()
    counter.run(function)
    for at in range(1, counter.count + 1):
        yield Interrupter(at).run(function)


def in_thread(function):
    """Return the result of a function on another thread, which must not hang."""
    results = []
    thread = threading.Thread(target=lambda: results.append(function()), daemon=True)
    thread.start()
    thread.join(60)
    assert not thread.is_alive(), "another thread waits for something left behind"
    return results[0]


def assert_free(gate):
    """Check from another thread that nothing is left of an interrupted context."""

    def use():
        with gate.claimed(), gate.working():
            pass
        with gate.paused():
            return True

    assert in_thread(use)
    assert not (gate.is_claimed or gate.workers or gate.pauses)


def work(gate):
    with gate.working(), gate.working():
        pass


def pause(gate):
    with gate.paused():
        pass


def pause_in_work(gate):
    with gate.working(), gate.paused(), gate.paused():
        pass


def work_in_pause(gate):
    with gate.paused(), gate.working():
        pass


def claim(gate):
    with gate.claimed(), gate.working():
        pass


@pytest.mark.parametrize(
    "use",
    [work, pause, pause_in_work, work_in_pause, claim],
    ids=lambda use: use.__name__,
)
def test_an_interrupt_before_any_instruction_leaves_nothing(use):
    at = 1
    while True:
        gate = PauseGate()
        interrupt = Interrupter(at).run(lambda gate=gate: use(gate))
        if interrupt is None:
            break
        assert_free(gate)
        at += 1
    assert at > 5


def test_an_interrupt_before_any_instruction_unlocks_a_file(tmp_path):
    def lock():
        with file_lock(tmp_path / "model.w2v"):
            pass

    interrupts = []
    for interrupt in interrupts_everywhere(lock):
        interrupts.append(interrupt)
        in_thread(lock)
    assert sum(error is not None for error in interrupts) > 20  # 3.13t has fewer


def test_an_interrupt_before_any_instruction_leaves_no_temporary_file(tmp_path):
    n_interrupts = 0
    for interrupt in interrupts_everywhere(lambda: check_writable(tmp_path / "m.w2v")):
        n_interrupts += interrupt is not None
        del interrupt  # its frames hold the file
        assert not list(tmp_path.iterdir())
    assert n_interrupts > 100


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs timers")
@pytest.mark.parametrize("use", [work, pause_in_work, claim], ids=NAME)
def test_a_signal_at_any_moment_leaves_nothing(use):
    gate, interrupts = PauseGate(), []

    def handle(*_):
        raise KeyboardInterrupt

    def use_until(end):  # CPython has jumps of some loops outside their `try`
        while time.monotonic() < end:
            use(gate)

    before = signal.signal(signal.SIGALRM, handle)
    try:
        for i in range(400):
            try:
                signal.setitimer(signal.ITIMER_REAL, 1e-5 * (1 + i % 40))
                use_until(time.monotonic() + 2)
            except KeyboardInterrupt as error:
                interrupts.append(error)
            assert not (gate.is_claimed or gate.workers or gate.pauses)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert_free(gate)
    assert len(interrupts) > 350  # Python ignores exceptions in callbacks of gc


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs signals")
@pytest.mark.parametrize("wait", ["working", "paused"])
def test_an_interrupt_while_waiting_leaves_nothing(wait):
    """Main waits to enter; the other thread inside goes on."""
    gate, inside, leave = PauseGate(), threading.Event(), threading.Event()
    hold = gate.paused if wait == "working" else gate.working
    main = threading.main_thread().ident

    def occupy():
        with hold():
            inside.set()
            leave.wait(60)

    def interrupt():
        waits = gate.workers if wait == "working" else gate.pauses
        while not leave.wait(0.2):
            signal.pthread_kill(main, signal.SIGINT)
        assert not waits

    threads = [threading.Thread(target=occupy, daemon=True)]
    threads[0].start()
    assert inside.wait(60)
    threads.append(threading.Thread(target=interrupt, daemon=True))
    threads[1].start()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), getattr(gate, wait)():
            pass
        leave.set()
        for thread in threads:
            thread.join(60)
    finally:
        signal.signal(signal.SIGINT, before)
    assert_free(gate)


@pytest.fixture(scope="module")
def corpus():
    ids = np.random.default_rng(0).integers(0, 50, 4000)
    return Corpus.from_ids(ids, np.arange(0, 4001, 20))


@pytest.mark.parametrize("part", range(4))
def test_an_interrupt_anywhere_in_training_leaves_a_model_that_continues(
    corpus, tmp_path, monkeypatch, part
):
    """Callbacks save, copy and work in the thread that is interrupted."""
    monkeypatch.setattr("w2vfast.training.prepare.BLOCK_TOKENS", 1 << 10)
    file, checkpoint = tmp_path / "model.w2v", tmp_path / "run.ckpt"

    def use(model):
        model.save(file)
        with model._state.gate.working():
            assert model.wv.vectors.shape == (50, 4)

    def train(model):
        checkpoint.unlink(missing_ok=True)  # else it is the unfinished run of another
        model.train(after_epoch=use, checkpoint=checkpoint, every="1epoch")

    def finished(model):
        if model._state.run is None or not model._state.run.done:
            model.train(corpus)
        return model.wv.vectors

    train(Word2Vec(corpus, **SETTINGS))  # the first run imports modules
    whole, counter = Word2Vec(corpus, **SETTINGS), Interrupter()
    counter.run(lambda: train(whole))
    interrupts = 0
    for at in np.linspace(1, counter.count, 160).astype(int)[part::4].tolist():
        model = Word2Vec(corpus, **SETTINGS)
        interrupt = Interrupter(at).run(lambda model=model: train(model))
        interrupts += interrupt is not None
        assert not model._state.in_training
        assert_free(model._state.gate)
        in_thread(lambda model=model: model.save(file))
        for other in (model, Word2Vec.load(file, workers=1)):
            vectors = in_thread(lambda other=other: finished(other))
            assert np.array_equal(vectors, whole.wv.vectors)
    assert interrupts > 30
    del interrupt  # its frames hold the file that it interrupted
    locks = {f".{name}.w2vfast.lock" for name in (file.name, checkpoint.name)}
    names = {path.name for path in tmp_path.iterdir()} - locks  # these block nothing
    assert names <= {"model.w2v", "run.ckpt"}
