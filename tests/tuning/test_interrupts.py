"""Ctrl-C during a search: trials are kept and tried again, and no lock remains."""

import _thread
import importlib

import pytest

from w2vfast.tuning import FunctionObjective, Tuner
from w2vfast.tuning.study import Study


def near(model):
    return model.wv.similarity("sun", "moon")


def tuner(corpus, objective=near, **settings):
    quick = {"min_count": 1, "workers": 1, "progress": False}
    return Tuner(corpus, objective, space={"epochs": (1, 4)}, **quick, **settings)


def test_interrupted_trial_is_kept_and_tried_again(corpus, tmp_path):
    calls = []

    def interrupted(model):
        calls.append(model)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return near(model)

    file, objective = tmp_path / "study", FunctionObjective(interrupted, name="near")
    search = tuner(corpus, objective, study=file, prune=False)
    with pytest.raises(KeyboardInterrupt):
        search.run(None, 4)
    stopped = search.result
    assert [t.outcome for t in stopped.trials] == ["complete"] * 2 + ["interrupted"]
    assert "defaults" in str(stopped)
    result = tuner(corpus, objective, study=file, prune=False).run(None, 4)
    lost, again = result.trials[2:4]
    assert again.parameters == lost.parameters and again.is_complete
    assert len(result.ranked) == 4
    # The trial that is tried again has the number of the lost one.
    assert [t.number for t in result.trials] == [1, 2, 3, 3, 4]


@pytest.mark.parametrize("write", [1, 3, 6, 8])
def test_ctrl_c_does_not_leave_the_journal_locked(corpus, tmp_path, monkeypatch, write):
    lock = importlib.import_module("optuna.storages.journal").JournalFileOpenLock
    acquire, n_acquired = lock.acquire, 0

    def interrupted(self):
        nonlocal n_acquired
        acquire(self)
        n_acquired += 1
        if n_acquired == write:
            _thread.interrupt_main()
        return True

    monkeypatch.setattr(lock, "acquire", interrupted)
    file = tmp_path / "study"
    with pytest.raises(KeyboardInterrupt):
        tuner(corpus, study=file).run(None, 2)
    assert [path.name for path in tmp_path.iterdir()] == ["study"]  # and no lock
    assert len(tuner(corpus, study=file).run(None, 2).ranked) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


def test_a_trial_that_ctrl_c_kept_from_starting_is_tried_again(corpus, monkeypatch):
    ask, n_asked = Study._ask, 0

    def interrupted(self, default):
        nonlocal n_asked
        trial = ask(self, default)
        n_asked += 1
        if n_asked == 2:
            _thread.interrupt_main()
        return trial

    monkeypatch.setattr(Study, "_ask", interrupted)
    search = tuner(corpus)
    with pytest.raises(KeyboardInterrupt):
        search.run(None, 3)
    stopped, again = search.run(None, 3).trials[1:3]
    assert (stopped.outcome, again.outcome) == ("interrupted", "complete")
    assert stopped.parameters == again.parameters


def test_interrupted_defaults_are_tried_again(corpus):
    calls = []

    def interrupted(model):
        calls.append(model)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return near(model)

    search = tuner(corpus, interrupted, prune=False)
    with pytest.raises(KeyboardInterrupt):
        search.run(None, 2)
    result = search.run(None, 2)
    assert [t.is_default for t in result.trials] == [True, True, False]
    assert result.default is result.trials[1]
