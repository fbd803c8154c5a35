"""The search: defaults first, limits, pruning, failures, resume."""

import errno
import math
import os
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from w2vfast import TrainingWarning, Word2Vec
from w2vfast.tuning import (
    AnalogiesObjective,
    Choice,
    FunctionObjective,
    HeldOutObjective,
    MeanObjective,
    NextItemObjective,
    Real,
    Tuner,
    Whole,
    WordPairsObjective,
    tune,
)
from w2vfast.tuning import search as search_module

#: Settings that train at once.
QUICK = {"min_count": 1, "workers": 1, "progress": False}
SMALL_SPACE = {"vector_size": (4, 16), "epochs": (1, 4)}


def near(model):
    return model.wv.similarity("sun", "moon") - model.wv.similarity("sun", "tea")


def tuner(corpus, objective=near, **settings):
    return Tuner(corpus, objective, **{"space": SMALL_SPACE, **QUICK, **settings})


def scores(result):
    return [(t.parameters, t.score, t.outcome) for t in result.trials]


def test_first_trial_uses_the_defaults(corpus, pairs):
    result = tuner(corpus, WordPairsObjective(pairs), space=None).run(None, 3)
    first = result.trials[0]
    assert first.is_default and result.default is first
    words = len(corpus.words())
    assert first.parameters == {
        "epochs": 5, "ns_exponent": 0.75, "sample": 1 / words, "vector_size": 100,
        "window": 5,
    }  # fmt: skip
    assert result.gain >= 0 and first.test is not None and first.seconds > 0


def test_the_first_trial_is_in_the_space(corpus):
    """Neither it nor the result ignores the limits of the user."""
    space = {"vector_size": (4, 16), "window": [1, 2, 9], "architecture": ["cbow"]}
    result = tuner(corpus, FunctionObjective(lambda m: 0), space=space).run(None, 2)
    first = result.trials[0]
    expected = {"vector_size": 16, "window": 2, "architecture": "cbow"}
    assert first.is_default and not result.has_defaults
    assert expected.items() <= first.parameters.items()
    assert result.best is first and expected.items() <= result.parameters.items()
    assert "No trial is better than the values nearest to defaults." in str(result)
    Word2Vec(corpus, **result.parameters, workers=1).train()


def test_a_default_inside_the_space_is_left_out_of_the_result(corpus):
    space = {"vector_size": (50, 200)}
    result = tuner(corpus, FunctionObjective(lambda m: 0), space=space).run(None, 1)
    assert result.has_defaults and "vector_size" not in result.parameters


def test_result_can_be_trained(corpus):
    result = tuner(corpus, negative=7).run(None, 4)
    assert result.parameters["negative"] == 7 and result.parameters["min_count"] == 1
    model = Word2Vec(corpus, **result.parameters, workers=1).train()
    assert near(model) == pytest.approx(result.best.score)
    assert result.best.score == max(t.score for t in result.trials if t.is_complete)


@pytest.mark.parametrize("kind", ["analogies", "held-out", "next item", "loss"])
def test_every_objective_runs(corpus, sentences, analogies, kind):
    objective = {
        "analogies": AnalogiesObjective(analogies, topn=2),
        "held-out": HeldOutObjective(sentences[:50]),
        "next item": NextItemObjective(k=2),
        "loss": FunctionObjective(lambda m: m.loss_history[-1], False, "loss"),
    }[kind]
    result = tuner(corpus, objective, space=None).run(None, 3)
    assert len(result.ranked) >= 2 and result.gain >= 0
    if kind in ("held-out", "loss"):
        assert result.best.score == min(t.score for t in result.ranked)
    assert ("window" in result.trials[0].parameters) == (kind != "held-out")


def test_search_is_deterministic_and_depends_on_the_seed(corpus):
    one, two = (scores(tuner(corpus).run(None, 4)) for _ in range(2))
    assert one == two
    other = scores(tuner(corpus, seed=2).run(None, 4))
    assert [p for p, *_ in one][1:] != [p for p, *_ in other][1:]


def test_a_resumed_search_equals_an_uninterrupted_one(corpus, tmp_path):
    whole = scores(tuner(corpus).run(None, 6))
    file = tmp_path / "study"
    assert len(tuner(corpus, study=file).run(None, 2).trials) == 2
    assert len(tuner(corpus, study=file).run(None, 4).trials) == 4
    resumed = tuner(corpus, study=file).run(None, 6)
    assert scores(resumed) == whole
    again = tuner(corpus, study=file).run(None, 6)
    assert scores(again) == whole and "6 trials done" in again.note
    assert len(list(tmp_path.iterdir())) == 1  # no lock is left


def test_two_searches_at_once_do_not_share_a_study(corpus, tmp_path):
    """Each would count the trials of the other one as its own."""
    file, errors = tmp_path / "study", []
    idle = tuner(corpus, study=file)

    def during(model):
        if errors:
            return 1.0
        errors.append("entered")
        with ThreadPoolExecutor(1) as pool:
            for call in (
                lambda: tuner(corpus, study=file),
                lambda: idle.run(None, 5),
                lambda: tuner(corpus, study=tmp_path / "other").run(None, 1),
            ):
                errors.append(pool.submit(call).exception(60))
        with pytest.raises(BlockingIOError, match="by the run around this call"):
            tuner(corpus, study=file)  # in this thread
        return 1.0

    during.__name__ = near.__name__  # the objective of the study
    result = tuner(corpus, during, study=file).run(None, 1)
    assert list(map(type, errors[1:])) == [BlockingIOError] * 2 + [type(None)]
    assert str(file) in str(errors[1])
    assert [trial.number for trial in result.trials] == [1]
    assert len(idle.run(None, 2).trials) == 2
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    "change, message",
    [
        ({"corpus": [["sun", "moon", "tea"]] * 50}, "the corpus has other text; pass"),
        ({"objective": len}, "objective was 'near' before, 'len' now"),
        ({"min_count": 2}, "min_count=1 before, min_count=2 now"),
        ({"seed": 3}, "seed=1 before, seed=3 now"),
        ({"space": {"window": [2, 5]}}, "window has other values"),
    ],
)
def test_study_of_another_search_is_refused(corpus, tmp_path, change, message):
    file = tmp_path / "study"
    tuner(corpus, study=file, space={"window": (2, 5)}).run(None, 2)
    given = {"corpus": corpus, "space": {"window": (2, 5)}, "study": file} | change
    with pytest.raises(ValueError, match=message) as caught:
        tuner(**given)
    assert str(caught.value).startswith(str(file))
    assert "another study file" in str(caught.value)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda c: tuner(c, space=[]), TypeError, r"space=\[\]: expected a mapping"),
        (
            lambda c: tuner(c, prune="x"),
            ValueError,
            "prune='x': expected True or False",
        ),
        (lambda c: tuner(c).run(None, "3"), TypeError, "trials='3': expected a whole"),
        (lambda c: WordPairsObjective(3), TypeError, "3: expected the path of a file"),
        (lambda c: AnalogiesObjective([3]), TypeError, "expected the path of a file"),
        (lambda c: MeanObjective(3), TypeError, "3: expected a list of objectives"),
        (lambda c: MeanObjective([near]), TypeError, "expected a list of objectives"),
        (lambda c: HeldOutObjective(c, window="x"), TypeError, "window='x'"),
        (lambda c: HeldOutObjective(c, centres=1.5), TypeError, "centres=1.5"),
        (lambda c: Whole(8, 4), ValueError, "Whole.*expected low <= high"),
        (
            lambda c: Whole(0, 4, log=True),
            ValueError,
            "above 0, for a logarithmic scale",
        ),
        (lambda c: Whole(1.5, 4), TypeError, "expected whole numbers"),
        (lambda c: Real(1, "4"), TypeError, "expected numbers"),
        (lambda c: Real(math.nan, 1), ValueError, "expected low <= high"),
        (lambda c: Choice(()), ValueError, "expected a tuple of one value or more"),
    ],
)
def test_wrong_arguments_are_refused(corpus, call, error, message):
    with pytest.raises(error, match=message):
        call(corpus)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_score_that_is_not_finite_fails_its_trial(corpus, value):
    """It would be the best, or the worst, of all scores."""
    result = tuner(corpus, lambda model: value).run(None, np.int64(1))
    assert [trial.outcome for trial in result.trials] == ["failed"]
    assert result.trials[0].reason == f"the objective returned {value}"


def test_a_full_disk_leaves_a_study_that_goes_on(corpus, tmp_path, monkeypatch):
    from optuna.storages.journal import JournalFileBackend

    file = tmp_path / "study"
    searching = tuner(corpus, study=file)
    searching.run(None, 1)

    def fill(self, logs):
        with file.open("a") as stream:
            stream.write('{"op_code":8,"worker')
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(JournalFileBackend, "append_logs", fill)
        with pytest.raises(OSError, match="No space left") as info:
            tuner(corpus, study=file)
    assert info.value.filename == str(file)
    assert len(searching.run(None, 3).trials) == 3  # it does not open the file again
    assert len(tuner(corpus, study=file).run(None, 3).trials) == 3


def test_a_torn_line_is_dropped(corpus, tmp_path):
    file = tmp_path / "study"
    before = scores(tuner(corpus, study=file).run(None, 2))
    with file.open("a") as stream:
        stream.write('{"op_code":5,"worker')
    result = tuner(corpus, study=file).run(None, 3)
    assert scores(result)[:2] == before and len(result.trials) == 3
    assert len(tuner(corpus, study=file).run(None, 3).trials) == 3


def test_range_of_a_study_may_change(corpus, tmp_path):
    file = tmp_path / "study"
    tuner(corpus, study=file).run(None, 2)
    narrow = {"vector_size": (5, 6), "epochs": (1, 2), "alpha": (0.02, 0.05)}
    result = tuner(corpus, study=file, space=narrow).run(None, 3)
    assert result.trials[2].parameters["vector_size"] in (5, 6)
    assert 0.02 <= result.trials[2].parameters["alpha"] <= 0.05


def test_files_that_are_no_study_are_refused(corpus, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("my notes\n")
    with pytest.raises(TypeError, match="3: expected the path of a study"):
        tuner(corpus, study=3)
    with pytest.raises(IsADirectoryError, match="is a folder; expected the name of"):
        tuner(corpus, study=tmp_path)
    with pytest.raises(ValueError, match="expected a study that an earlier search"):
        tuner(corpus, study=path)
    assert path.read_text() == "my notes\n"
    with pytest.raises(FileNotFoundError, match="no such folder"):
        tuner(corpus, study=tmp_path / "none" / "study")
    path.write_text('{"op_code":0}\n')
    with pytest.raises(ValueError, match="a damaged study"):
        tuner(corpus, study=path)


def test_a_search_ends_in_time(corpus, monkeypatch):
    run_trial, calls = search_module.run_trial, []

    def slow(*arguments, **settings):
        calls.append(settings)
        time.sleep(0.2)
        return run_trial(*arguments, **settings)

    monkeypatch.setattr(search_module, "run_trial", slow)
    result = tuner(corpus).run(1.0)
    assert len(calls) <= 1.0 / 0.2
    assert "time is over" in result.note or "fits" in result.note
    assert len(result.ranked) >= 1


def test_time_that_is_too_short_for_the_defaults(sentences):
    search = tuner(sentences * 20, epochs=1_000_000, space={"window": (2, 5)})
    result = search.run(0.5)
    assert result.best is None and result.default is None
    assert result.trials[0].outcome == "stopped"
    assert "the time was over after" in result.trials[0].reason
    assert result.gain is None and "stopped" in str(result)


def test_trials_that_are_too_long_are_skipped(corpus, monkeypatch):
    predict = search_module.Durations.predict
    monkeypatch.setattr(
        search_module.Durations, "predict", lambda self, p: 1e9 * predict(self, p)
    )
    result = tuner(corpus).run(100)
    assert [t.outcome for t in result.trials[1:]] == ["skipped"] * 25
    assert "no further trial fits" in result.note
    assert "25 candidates skipped" in str(result)


def test_bad_trials_are_pruned_at_half_of_their_epochs(corpus):
    scored = []

    def worse_and_worse(model):
        scored.append(len(model.loss_history) / model.parameters.epochs)
        return -float(len(scored))

    space = {"vector_size": (4, 8)}
    result = tuner(corpus, worse_and_worse, space=space, epochs=4).run(None, 8)
    assert [t.outcome for t in result.trials] == ["complete"] * 5 + ["pruned"] * 3
    assert scored[:3] == [0.5, 0.75, 1] and scored[-3:] == [0.5] * 3
    assert "pruned" in str(result)
    scored.clear()
    kept = tuner(corpus, worse_and_worse, space=space, epochs=4, prune=False)
    assert len(kept.run(None, 8).ranked) == 8 and scored == [1] * 8


def test_settings_that_fail_do_not_end_the_search(corpus):
    def fragile(model):
        return math.nan if model.parameters.vector_size < 16 else near(model)

    result = tuner(corpus, fragile, prune=False).run(None, 3)
    assert [t.outcome for t in result.trials] == ["complete", "failed", "failed"]
    assert "trial 2 failed: the objective returned nan" in str(result)
    assert result.parameters == {"min_count": 1, **result.trials[0].parameters}


def test_settings_that_do_not_fit_each_other_fail(corpus):
    both = {"architecture": ["skipgram", "cbow"], "cbow_exact": [True]}
    result = tuner(corpus, space=both).run(None, 8)
    failed = [t for t in result.trials if t.outcome == "failed"]
    assert failed and len(result.ranked) > 1
    assert {t.parameters["architecture"] for t in failed} == {"skipgram"}
    assert "only architecture='cbow'" in failed[0].reason
    with pytest.raises(ValueError, match="only architecture='cbow'"):
        tuner(corpus, space={"cbow_exact": [True]})


def test_other_errors_end_the_search(corpus):
    with pytest.raises(TypeError, match="the objective returned 'high'"):
        tuner(corpus, lambda model: "high").run(None, 2)
    with pytest.raises(TypeError, match="expected an Objective"):
        tuner(corpus, "pairs.tsv")
    with pytest.raises(TypeError, match=r"unknown to tune\(\): did you mean|pass"):
        tuner(corpus, size=100)
    with pytest.raises(ValueError, match="give at least one limit"):
        tuner(corpus).run(None)
    with pytest.raises(ValueError, match="it changes the vocabulary"):
        tuner(corpus, NextItemObjective(), space={"max_final_vocab": (3, 9)})


def test_architectures_have_their_own_rates(corpus):
    space = {"architecture": ["skipgram", "cbow"], "vector_size": (4, 16)}
    result = tuner(corpus, space=space).run(None, 6)
    used = {t.parameters["architecture"] for t in result.trials}
    assert used == {"skipgram", "cbow"} and result.parameters["min_count"] == 1


def test_corpus_is_read_once_and_warnings_come_once(tmp_path, sentences):
    path = tmp_path / "text.txt"
    path.write_text("\n".join(map(" ".join, sentences)))
    search = tuner(path, space={"vector_size": (4, 8)}, epochs=1, alpha=1e-3)
    path.unlink()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = search.run(None, 3)
    assert [w.category for w in caught] == [TrainingWarning]
    assert str(path) in str(result)


def test_bar_is_shown(corpus, capsys):
    tuner(corpus, progress=True).run(None, 2)
    text = capsys.readouterr().err
    assert "tune:" in text and "trial 2/2, best near" in text and "train:" not in text


def test_tune_is_a_short_form(corpus):
    result = tune(corpus, near, trials=2, time=None, space=SMALL_SPACE, **QUICK)
    assert len(result.trials) == 2 and str(result).count("Word2Vec(") == 1


@pytest.mark.parametrize(
    "first, second, message",
    [
        ({}, {"epochs": 2}, "epochs varied before, epochs=2 now; pass"),
        ({"epochs": 2}, {}, "epochs=2 before, epochs varies now; pass"),
        ({"epochs": 3}, {"epochs": 2}, "epochs=3 before, epochs=2 now; pass"),
    ],
)
def test_a_range_is_no_value_in_the_message(corpus, tmp_path, first, second, message):
    file = tmp_path / "study"
    settings = {"space": None, "vector_size": 8, "study": file}
    tuner(corpus, **settings, **first).run(None, 2)
    with pytest.raises(ValueError, match=message):
        tuner(corpus, **settings, **second)
